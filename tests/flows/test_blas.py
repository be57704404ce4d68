"""What BLAS is told before NumPy is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows.blas import settle_blas

THREADS = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1"}
WIDE = "fpu avx avx2 fma avx512f avx512dq avx512ifma avx512cd avx512bw avx512vl"


def say(vendor: str, family: str, flags: str) -> str:
    core = f"vendor_id\t: {vendor}\ncpu family\t: {family}\nmodel name\t: a: b\nflags\t\t: {flags}\n"
    return f"processor\t: 0\n{core}\nprocessor\t: 1\n{core}\n"


@pytest.mark.parametrize(
    ("said", "kernel"),
    [
        (say("AuthenticAMD", "26", WIDE), "SkylakeX"),
        (say("AuthenticAMD", "27", WIDE), "SkylakeX"),
        (say("AuthenticAMD", "25", WIDE), None),
        (say("GenuineIntel", "26", WIDE), None),
        (say("AuthenticAMD", "26", WIDE.replace("avx512vl", "")), None),
        (say("AuthenticAMD", "²", WIDE), None),
        ("Processor\t: AArch64 rev 4\nFeatures\t: fp asimd\n", None),
        ("", None),
        (None, None),
    ],
    ids=["family 26", "a later one", "a known family", "another vendor", "a part switched off", "no number",
         "another architecture", "an empty file", "no file"],
)  # fmt: skip
def test_only_a_processor_that_openblas_does_not_know_is_named(
    tmp_path: Path, said: str | None, kernel: str | None
) -> None:
    path = tmp_path / "cpuinfo"
    if said is not None:
        path.write_text(said, encoding="utf-8")
    environment = {"OPENBLAS_NUM_THREADS": "8", "HOME": "x"}
    settle_blas(environment, path)
    assert environment == {"HOME": "x"} | THREADS | ({"OPENBLAS_CORETYPE": kernel} if kernel else {})


def test_an_owners_own_kernel_stays(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(say("AuthenticAMD", "26", WIDE), encoding="utf-8")
    environment = {"OPENBLAS_CORETYPE": "Haswell"}
    settle_blas(environment, path)
    assert environment == THREADS | {"OPENBLAS_CORETYPE": "Haswell"}


def test_products_are_right_with_the_kernels_chosen_for_this_processor() -> None:
    """Whole numbers below 2²⁴ are exact in float32, in whatever order they are added."""
    work = (
        "import os; from flows.blas import settle_blas; settle_blas(os.environ)\n"
        "import numpy as np\n"
        "a, b = (np.random.default_rng(k).integers(-9, 9, (65, 65)) for k in (0, 1))\n"
        "for kind in (np.float32, np.float64):\n"
        "    assert (a.astype(kind) @ b.astype(kind) == a @ b).all()\n"
    )
    subprocess.run([sys.executable, "-c", work], check=True, cwd=Path(__file__).parents[2], timeout=60)
