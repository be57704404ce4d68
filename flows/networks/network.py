"""The form that the work of a network has, whichever network it is.

A work is one module ``flows/networks/<name>.py`` that ends in a ``NETWORK``, and one line in
``flows/networks/networks.py``; modules that it alone uses begin with its name. It hands over errors, row by
row, of the *same scored rows* for three: the simple baseline, the classical model of the same question, and
the network. All that is said of them (shares, intervals, verdict, headline, card, the table and its picture)
is made of these in one place, ``flows.networks.result``; a work says nothing by itself.

    NAME = "season_vgg"  # the module's own name, and that of models/season_vgg.npz and .json

    def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
        maps = make_week_maps(materials.subject)
        if len(maps.weeks) < ENOUGH:
            return lack("It takes 104 whole weeks; there are 31.")
        split = split_by_time(len(maps.weeks))
        …  # settings (few) and the number of epochs chosen on split.validation, never on split.test
        said = …  # (n_scored, n_classes) probabilities of split.test, looked at once
        classical = weekly.say_all(weekly.teach(maps.x, truth, split).model, …)  # the same rows
        answers = Answers(said, classical, shares, control, scored, shuffled)
        tried = try_classes(weeks, answers, baseline_name=…, rows="weeks", blocks=number_quarters(weeks))
        return NetworkDone(tried, Facts(…), pack_taught(taught, HEAD), beliefs=())

    NETWORK = Network(NAME, season.QUESTION, "VGG-7 on week maps", season.MODEL_NAME, HOW,
                      needs="two years of whole weeks", estimate=lambda materials: …, run=run_work)

A ``models.net.Net`` that names classes is chosen and taught by ``flows.networks.teaching.teach``, the control
too, by ``flows.work.classified.shuffle_labels``; its file is written and read there. A net that is taught in
another way has a function of its own that reads its file again, and a test that it then answers the same.

``tell(done, of)`` is called after each epoch (``train_until_worse(…, tell=tell)`` does it); with several
candidates or a control, give one line of progress: ``tell(done_so_far, all_at_most)``. It also stops the run
when its owner does. ``estimate(materials)`` is in seconds on a small machine of 2026, and is quick: from
``len(materials.subject.covered)``; 0 where it is seen at once that something else is lacking, which is then
said whatever time is left. On the sample (five years) a run ends within 25 seconds on one core.

Errors are never negative. Squared errors (of a count, or summed over class probabilities, Brier's) are
compared by the root of their mean. What is compared as it is (nats of a week under a distribution of
counts; an energy score) has ``root=False`` and says its ``unit``.

A picture of its own is a ``Belief`` (a table of numbers, without a word of the owner's), drawn by a module
``pipeline/charts/<belief's name>.py``; its line goes into ``flows.networks.beliefs``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from flows.work.classified import square_errors
from flows.work.materials import Materials
from flows.work.result import Belief, Span
from models.early_stopping import Tell
from models.types import Array


class Control(NamedTuple):
    """Errors (n_scored,) of the network taught, and asked, with shuffled labels; its baseline's by those.

    What has no labels says which counts were ``shuffled``, and beside what it is weighed: something that on
    these cannot be beaten but by chance.
    """

    network: Array
    baseline: Array
    shuffled: str = ""  # "the counts shuffled among all days"
    baseline_name: str = ""  # "the mean of all days before", where it is not the scored rows' baseline


class Tried(NamedTuple):
    """The errors of three on the same scored rows, which lie in the order of time."""

    days: Array  # (n_scored,) datetime64[D]: the day, or the Monday of the week
    baseline: Array  # (n_scored,) never negative
    classical: Array
    network: Array
    baseline_name: str  # "always December to February", "the weekday's eight-week mean"
    rows: str  # "weeks", "days"
    blocks: Array | None = None  # (n_scored,) few long stretches, where neighbouring weeks are alike
    control: Control | None = None
    root: bool = True  # squared errors, compared by the root of their mean; else errors as they are
    unit: str = ""  # "nats a week", where they are compared as they are


class Facts(NamedTuple):
    """What the model card says of a network beside its scores; every text is whole sentences."""

    n_learned: int
    learned_nouns: tuple[str, str]  # ("whole week", "whole weeks")
    learned: Span  # ``span_days`` of the rows before the scored ones
    looks_at: str  # "A week’s counts against the year before."
    features: Sequence[str]  # the names of the columns
    label: str  # "the quarter of the year in which the week’s Thursday lies, by the calendar alone."
    chosen: str  # ``flows.work.card.say_choice(…)``
    file: str  # "weights; no word."
    not_for: str = ""  # beside what no model may be used for


class NetworkDone(NamedTuple):
    """What a work came to; ``too_little`` says what the archive lacks, and all else is then empty."""

    tried: Tried | None
    facts: Facts | None
    saved: bytes | None  # ``models.saving.pack_model(…)``
    beliefs: tuple[Belief, ...] = ()
    too_little: str | None = None


class Run(Protocol):
    """What does the work."""

    def __call__(self, materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone: ...


class Network(NamedTuple):
    """One network's work, in words, and how to do it."""

    name: str
    question: str  # the classical work's, word for word
    network_name: str  # "VGG-7 on week maps"
    classical_name: str  # "softmax on week maps"
    how: str  # whole sentences: the net, what is left open, what an error is, what the control can find
    needs: str  # "two years of whole weeks": at least, in words
    estimate: Callable[[Materials], float]  # seconds
    run: Run


class Answers(NamedTuple):
    """Probabilities (n_scored, n_classes) of the scored rows, by four."""

    network: Array
    classical: Array
    baseline: Array
    control: Array  # the network taught in the same way on shuffled labels
    truth: Array  # (n_scored,) the classes
    shuffled: Array  # (n_scored,) those that the control was asked about


def lack(too_little: str) -> NetworkDone:
    """Return what a work gives where the archive has too little for it; a whole sentence."""
    return NetworkDone(None, None, None, too_little=too_little)


def try_classes(
    days: Array, answers: Answers, *, baseline_name: str, rows: str, blocks: Array | None = None
) -> Tried:
    """Return the errors of those that name classes: Brier's, the squared differences summed."""
    network, classical, baseline = (square_errors(said, answers.truth) for said in answers[:3])
    blind, usual = (square_errors(said, answers.shuffled) for said in (answers.control, answers.baseline))
    return Tried(days, baseline, classical, network, baseline_name, rows, blocks, Control(blind, usual))
