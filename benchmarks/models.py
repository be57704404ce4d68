"""Times our models beside PyTorch, scikit-learn and river: medians, ratios, share of the machine's own speed.

    python benchmarks/models.py [--turns N] [--threads 1 2] [--only online,small,large,vgg,…]

Each number of threads has a process of its own, since BLAS reads it at its import. There each library chooses
its own kernels: what the environment says of those is left out, and that is said. A ratio is the median over
the turns of the peer's time by ours in that turn: above 1 we are faster. "Of the product" is the rate of the
work's own multiplications and additions by that of a product of two square matrices of 1,024, of the same
type, which takes its turn with the others. Peers are imported where they are there; which ones were is said.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

WORKS = str(Path(__file__).with_name("model_works.py"))
THREADS = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")
# By these a machine's owner says which kernels NumPy's BLAS and PyTorch are to take.
KERNELS = (
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"),
    *("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS"),
)
OURS, PRODUCT = "almanac", "matrix product"
PEERS = {"torch": "PyTorch", "sklearn": "scikit-learn", "river": "river"}
# What is asked on one thread: (the work's name begins so, the peer) → at least so many times as fast.
ASKED = {
    ("online", "river"): 5.0,
    ("online", "sklearn, a row a call"): 300.0,
    ("online", "sklearn, without prediction"): 300.0,
    ("perceptron 24", "PyTorch"): 4.0,
    ("perceptron 784", "PyTorch"): 1.1,
    ("perceptron 784", "sklearn"): 1.8,
    ("VGG-7 on 7×24", "PyTorch"): 1.5,
    ("VGG-7 on 28×28", "PyTorch"): 0.75,
    ("LSTM, 16 units", "PyTorch"): 1.3,
    ("LSTM, 64 units", "PyTorch"): 0.85,
    ("spatial LSTM", "PyTorch"): 1.3,
}


def measure(n_threads: int, n_turns: int, only: str) -> dict[str, Any]:
    """Run all works in a process of its own with so many threads."""
    environment = {name: value for name, value in os.environ.items() if name not in KERNELS}
    environment |= {f"{name}_NUM_THREADS": str(n_threads) for name in THREADS}
    root = str(Path(__file__).parents[1])
    # -P, and this folder last: else this file would be the package that it times.
    folders = [root, environment.get("PYTHONPATH", ""), str(Path(__file__).parent)]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    command = [sys.executable, "-P", WORKS, str(n_threads), str(n_turns), only]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def find_asked(work: str, peer: str) -> float | None:
    """Return how many times as fast as a peer we are asked to be, where that is said."""
    return next(
        (times for (begin, name), times in ASKED.items() if name == peer and work.startswith(begin)), None
    )


def print_work(work: dict[str, Any], product_operations: float, *, alone: bool) -> None:
    """Print a work's table; ``alone``: on one thread, as is asked."""
    taken: dict[str, list[float]] = work["contenders"]
    products = taken.pop(PRODUCT)
    speed = product_operations / statistics.median(products) / 1e9
    print(f"\n{work['name']} ({work['kind']}; a matrix product reaches {speed:.0f} GFLOP/s)")
    print(f"  {'':32}{'µs a ' + work['unit']:>14}{'a second':>14}{'of the product':>16}{'ours faster':>13}")
    relative = work["operations"] / product_operations
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        share = relative * statistics.median(most / own for most, own in zip(products, seconds, strict=True))
        line = f"  {name:32}{median * 1e6:14,.2f}{1 / median:14,.0f}{share:16.1%}"
        if name != OURS:
            ratio = statistics.median(theirs / own for theirs, own in zip(seconds, taken[OURS], strict=True))
            asked = find_asked(work["name"], name) if alone else None
            line += f"{ratio:12,.2f}×" + (f"  asked: {asked:g}×" if asked else "")
        print(line)


def main() -> None:
    """Print a table a work, for each number of threads."""
    parser = argparse.ArgumentParser(description="Time our models beside their peers.")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--only",
        default="",
        help="online, small, large, vgg, vgg_large, lstm, lstm_large, spatial; with commas",
    )
    options = parser.parse_args()
    left_out = [f"{name}={os.environ[name]}" for name in KERNELS if name in os.environ]
    if left_out:
        print(f"Each library chooses its own kernels; left out: {', '.join(left_out)}.")
    for n_threads in options.threads:
        found = measure(n_threads, options.turns, options.only)
        versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
        threads = "1 thread" if n_threads == 1 else f"{n_threads} threads"
        print(f"\n== {threads}, medians of {options.turns} turns; {versions}")
        missing = [title for name, title in PEERS.items() if name not in found["versions"]]
        if missing:
            print(f"Not installed here, so not compared: {', '.join(missing)}.")
        for work in found["works"]:
            print_work(work, found["product_operations"], alone=n_threads == 1)


if __name__ == "__main__":
    main()
