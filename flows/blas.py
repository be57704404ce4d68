"""How NumPy's BLAS is to compute: on one thread, and with the kernels that the processor has.

BLAS reads its settings from the environment when NumPy is first imported. One thread gives the same bytes on
every run. OpenBLAS chooses its kernels by the processor's model, and releases that do not know AMD's family
26 give it those for AVX2, though it has AVX-512: its products then take about twice as long. An owner's own
``OPENBLAS_CORETYPE`` stays. Only Linux says in a file what a processor has; elsewhere OpenBLAS chooses.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
KERNEL = "OPENBLAS_CORETYPE"
PROCESSOR = Path("/proc/cpuinfo")
WIDE = "SkylakeX"  # the kernels for AVX-512, which are not only for that processor
WIDE_NEEDS = {"avx2", "fma", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
FIRST_UNKNOWN_FAMILY = 26  # of AMD's; those before are known


def settle_blas(environment: MutableMapping[str, str], processor: Path = PROCESSOR) -> None:
    """Write into an environment how BLAS is to compute, for this process or for one to be started."""
    environment.update(dict.fromkeys(THREADS, "1"))
    kernel = find_kernel(processor)
    if kernel:
        environment.setdefault(KERNEL, kernel)


def find_kernel(processor: Path = PROCESSOR) -> str | None:
    """Return the kernels to ask OpenBLAS for, or ``None`` where it finds them by itself, or nobody knows."""
    try:
        first = processor.read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return None
    says = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())
    }
    family = says.get("cpu family", "")
    unknown = (
        says.get("vendor_id") == "AuthenticAMD" and family.isdecimal() and int(family) >= FIRST_UNKNOWN_FAMILY
    )
    return WIDE if unknown and set(says.get("flags", "").split()) >= WIDE_NEEDS else None
