"""Which way does it go? Clips of three frames, by a convolutional LSTM that guesses its gradient at each.

In a clip a bright bar goes one place to the left or to the right a frame, over noise: no frame alone says
which. The cell has an interface behind the first and the second frame and moves after every frame; one affine
layer reads its last maps. Squared error and 18 epochs, as in the article, whose clips were never published.
Beside it stand, from the same weights, the same net with the true gradient through all three frames, and one
that gets the last frame's own gradient alone, as if all guesses were 0: what the guesses are worth is seen
there. After each epoch they are laid beside the true gradients. While most clips are still wrong these hang
on the label, which an interface sees; what error is left later hangs on frames to come, which it does not.

References: M. Jaderberg et al. 2017, *Decoupled Neural Interfaces using Synthetic Gradients*, arXiv
1608.05343; X. Shi et al. 2015, *Convolutional LSTM Network*, arXiv 1506.04214.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.losses import squared_loss
from models.objective import make_objective
from models.optimizers import Adam
from models.recurrent.conv_lstm import begin_memory, conv_lstm_step
from models.recurrent.lstm import Memory
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.systems.decoupled_conv_lstm import (
    DecoupledClips,
    guess_gradient,
    make_decoupled_objective,
    make_joint_clips,
    run_clips,
    train_at_once,
)
from models.training import train
from models.tree import map_tree, pack
from models.types import Array, Pullback

SOURCE = "article on a convolutional LSTM with decoupled interfaces in NumPy: private clips, 18 epochs"
PUBLISHED_FIRST, PUBLISHED_LAST = 0.39, 0.011
NOT_THEIRS = "the article’s clips were never published; ours are made with a seed"
CASES = ("decoupled", "joint", "last frame alone")
N_CLIPS, N_NEW, N_FRAMES, N_SIDE = 240, 1000, 3, 8
LONG, NOISE = 3, 0.3  # places that the bar is high; the background's spread
N_CHANNELS, N_NARROW = 4, 16
RATE, N_BATCH, N_EPOCHS = 2e-3, 10, 18
N_SHOWN = 3  # clips of each way


class Clips(NamedTuple):
    """Clips and which way their bar goes."""

    x: Array  # (n, 3, 8, 8, 1) float32
    y: Array  # (n, 1) float32: 1 to the right, 0 to the left


class Run(NamedTuple):
    """One case."""

    cost: Array  # (N_EPOCHS,), the mean squared error of an epoch's steps
    far: Array  # (N_EPOCHS, 2), how far each frame's guesses are from the true gradients, as a share of these
    said: Array  # (n_new,)
    new_cost: float


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Learn which way the bar goes, with guessed gradients, with true ones, with the last frame's alone.

    Arrays: ``case`` (3,), ``cost (3, n_epochs)``, ``far (n_epochs, 2)`` of the decoupled case by frame;
    ``clips (n, 3, 8, 8)``, ``way (n,)`` (1: right) and ``said (n,)`` of new clips, half of them to the left.
    """
    rng = np.random.default_rng(seed)
    clips, new = make_clips(N_CLIPS, rng=rng), make_clips(N_NEW, rng=rng)
    runs = {}
    for number, case in enumerate(CASES, 1):
        runs[case] = run_case(case, clips, new, seed=seed)
        tell(number, len(CASES))
    guessed, true, last = (runs[case] for case in CASES)
    right = {
        case: 100 * float(np.mean((run.said > 0.5) == (new.y[:, 0] > 0.5))) for case, run in runs.items()
    }
    shown = np.concatenate([np.flatnonzero(new.y[:, 0] == way)[:N_SHOWN] for way in (0, 1)])
    nearest = int(guessed.far[:, 1].argmin())
    near = float(guessed.far[nearest, 1])
    figures = (
        Figure(
            "cost in the first epoch", PUBLISHED_FIRST, "0.39", float(guessed.cost[0]), "", False, NOT_THEIRS
        ),
        Figure(
            f"cost in epoch {N_EPOCHS}",
            PUBLISHED_LAST,
            "0.011",
            float(guessed.cost[-1]),
            "",
            False,
            NOT_THEIRS,
        ),
        Figure(f"cost in epoch {N_EPOCHS}, true gradient", None, "", float(true.cost[-1])),
        Figure("cost of new clips", None, "", guessed.new_cost),
        Figure("cost of new clips, true gradient", None, "", true.new_cost),
        Figure("cost of new clips, last frame’s gradient alone", None, "", last.new_cost),
        Figure("right on new clips", None, "", right["decoupled"], "%"),
        Figure("right on new clips, true gradient", None, "", right["joint"], "%"),
        Figure("right on new clips, last frame’s gradient alone", None, "", right["last frame alone"], "%"),
        Figure(
            "guess behind the second frame off by, of the true gradient, nearest", None, "", 100 * near, "%"
        ),
    )
    return StudyResult(
        "decoupled_conv_lstm",
        "Clips by guessed gradients",
        SOURCE,
        figures,
        {
            "case": np.array(CASES), "cost": np.array([run.cost for run in runs.values()]),
            "far": guessed.far, "clips": new.x[shown, :, :, :, 0], "way": new.y[shown, 0].astype(int),
            "said": guessed.said[shown],
        },
        (
            f"In {N_EPOCHS} epochs the cost falls from {guessed.cost[0]:.2f} to {guessed.cost[-1]:.3f}; no "
            "gradient goes further back than one frame.",
            f"Of 100 new clips {right['decoupled']:.1f} are named right; with the true gradient, "
            f"{right['joint']:.1f}; with the last frame’s alone, {right['last frame alone']:.1f}.",
            f"Behind the second frame the guesses come within {100 * near:.0f} % of the true gradients, in "
            f"epoch {nearest + 1}; in the last they are {100 * guessed.far[-1, 1]:.0f} % away.",
        ),
    )  # fmt: skip


def make_clips(n: int, *, rng: np.random.Generator) -> Clips:
    """Return ``n`` clips of a bar that goes left or right, one place a frame, at a height of its own."""
    way = np.arange(n) % 2
    column, row = rng.integers(2, N_SIDE - 2, n), rng.integers(0, N_SIDE - LONG + 1, n)
    x = NOISE * rng.normal(size=(n, N_FRAMES, N_SIDE, N_SIDE, 1))
    for t in range(N_FRAMES):
        for k in range(LONG):
            x[np.arange(n), t, row + k, column + (t - 1) * (2 * way - 1), 0] += 1
    return Clips(x.astype(np.float32), way[:, None].astype(np.float32))


def run_case(case: str, clips: Clips, new: Clips, *, seed: int) -> Run:
    """Train one case; one seed gives the same initial weights and batches to both."""
    rng = np.random.default_rng(seed)
    net = make_joint_clips(N_CHANNELS, 1, 1, n_narrow=N_NARROW)
    flat, p = pack(net.init(rng, clips.x.shape[1:], dtype=clips.x.dtype)[0], clips.x.dtype)
    schedule = keep_constant(RATE)
    rows = {"x": clips.x, "target": clips.y}
    batches = take_batches(rows, N_BATCH, rng=rng, n_epochs=N_EPOCHS)
    with_context = ({**batch, "context": batch["target"]} for batch in batches)
    if case == "decoupled":
        steps = train_at_once(flat, p, with_context, loss=squared_loss, schedule=schedule)
    elif case == "joint":
        objective = make_objective(net, squared_loss)
        steps = train(objective, flat, p, batches, optimizer=Adam(flat), schedule=schedule)
    else:
        steps = train(pull_last, flat, p, with_context, optimizer=Adam(flat), schedule=schedule)
    every = count_batches(len(clips.y), N_BATCH)
    cost, far = np.zeros(N_EPOCHS), np.zeros((N_EPOCHS, N_FRAMES - 1))
    for step in steps:
        epoch, last = divmod(step.number, every)
        cost[epoch] += step.loss / every
        if case == "decoupled" and last == every - 1:
            far[epoch] = compare_guesses(p, clips)
    said = run_clips(p, x=new.x)[0]
    return Run(cost, far, said[:, 0], float(squared_loss(said, target=new.y)[0]))


def pull_last(parameters: DecoupledClips, **batch: Array) -> tuple[Array, Pullback]:
    """Return the squared error, and what its last frame alone says: interfaces that stay guess 0."""
    value, borrow = make_decoupled_objective(squared_loss)(parameters, **batch)

    def pull(d_loss: float, out: DecoupledClips | None = None) -> tuple[DecoupledClips]:
        (dp,) = borrow(d_loss, out)
        map_tree(lambda leaf: leaf.fill(0), dp.interfaces)
        return (dp,)

    return value, pull


def compare_guesses(p: DecoupledClips, clips: Clips) -> list[float]:
    """Return how far each frame's guesses are from the true gradients, over the size of these."""
    n, n_frames, *maps, _ = clips.x.shape
    state, pulls, guesses = begin_memory((n, *maps, N_CHANNELS), clips.x.dtype), [], []
    for t in range(n_frames):
        state, pull = conv_lstm_step(p.cell, state, clips.x[:, t])
        pulls.append(pull)
        if t < n_frames - 1:
            guesses.append(guess_gradient(p.interfaces[t], state=state, context=clips.y)[0])
    said = state.hidden.reshape(n, -1) @ p.head.weight + p.head.bias
    dh = squared_loss(said, target=clips.y)[1](float(n))[0] @ p.head.weight.T
    passed = Memory(dh.reshape(state.hidden.shape), np.zeros_like(state.cell))
    shares = []
    for guess, pull in zip(guesses[::-1], pulls[:0:-1], strict=True):
        _, passed, _ = pull(passed)
        off = sum(np.square(a - b).sum() for a, b in zip(guess, passed, strict=True))
        shares.append(float(np.sqrt(off / sum(np.square(b).sum() for b in passed))))
    return shares[::-1]
