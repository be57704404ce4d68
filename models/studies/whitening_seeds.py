"""The net that whitens inside, five times, beside the same net without: is the difference more than chance?

Both are 784–256–128–10 with ReLU, dropout, Adam and a rate that falls by a cosine, 15 epochs in batches of
128, as in the study ``whitening``; one has ZCA whitening in groups before each ReLU. Each of five seeds draws
the weights, the order of the pictures and the dropout of a pair of them. All pictures to learn from are
learned, and the net of the last epoch is asked of the test: nothing is chosen. The interval is one of seeds,
on the same test pictures.

References: those of ``models.studies.whitening``.
"""

from __future__ import annotations

import numpy as np

from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.studies.whitening import N_EPOCHS, PUBLISHED, SOURCE, Plan, learn
from models.types import Array

N_SEEDS = 5
PLANS = {
    "whitened": Plan(keep_probability=0.8, falls=True),
    "plain": Plan(whitened=False, keep_probability=0.8, falls=True),
}
T_95 = 2.776  # Student's, of four degrees of freedom, two-sided


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach five pairs, with the seeds from ``seed`` on.

    Arrays: ``whitened`` and ``plain (5, epochs)``, the share of test pictures named right after each epoch.
    """
    images = data.images("fashion_mnist")
    done, of = 0, N_SEEDS * len(PLANS) * N_EPOCHS
    runs: dict[str, list[list[float]]] = {name: [] for name in PLANS}
    for number in range(N_SEEDS):
        for name, plan in PLANS.items():
            runs[name].append([])
            for _, right in learn(images, plan, seed=seed + number):
                runs[name][-1].append(right)
                done += 1
                tell(done, of)
    arrays = {name: np.array(rights) for name, rights in runs.items()}
    last = {name: 100 * rights[:, -1] for name, rights in arrays.items()}
    gain = last["whitened"] - last["plain"]
    low, high = find_interval(gain)
    figures = []
    for name, what in (("whitened", "whitened in groups"), ("plain", "the same net without")):
        published, text = (PUBLISHED, "89.51 %") if name == "whitened" else (None, "")
        mean = float(last[name].mean())
        figures += [
            Figure(f"right on the test, {what}, mean of five seeds", published, text, mean, "%"),
            Figure(f"lowest of the five, {what}", None, "", float(last[name].min()), "%"),
            Figure(f"highest of the five, {what}", None, "", float(last[name].max()), "%"),
        ]
    means = {name: float(rights.mean()) for name, rights in last.items()}
    verdict = "more" if low > 0 else "fewer" if high < 0 else ""
    return StudyResult(
        "whitening_seeds",
        "Whitened inside or not: five seeds",
        SOURCE,
        (
            *figures,
            Figure("what whitening adds, mean of five pairs", None, "", float(gain.mean()), "points"),
            Figure("its 95 % interval, from", None, "", low, "points"),
            Figure("its 95 % interval, to", None, "", high, "points"),
        ),
        arrays,
        (
            f"The net that whitens inside names {means['whitened']:.2f} clothes in 100, the same net without "
            f"{means['plain']:.2f}.",
            f"By five pairs that is {abs(float(gain.mean())):.2f} points {verdict}, on these test pictures."
            if verdict
            else "By five pairs that difference may be chance.",
        ),
    )  # fmt: skip


def find_interval(gains: Array) -> tuple[float, float]:
    """Return the 95 % interval of a mean of five, by Student's t."""
    half = T_95 * float(gains.std(ddof=1)) / np.sqrt(len(gains))
    return float(gains.mean() - half), float(gains.mean() + half)
