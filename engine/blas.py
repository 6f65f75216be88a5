"""The linear algebra library under NumPy: how many threads it gets, and which kernels it runs.

Importing this module loads no NumPy, which reads the environment once, when it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
KERNEL_VARIABLE = "OPENBLAS_CORETYPE"

_CPUINFO = Path("/proc/cpuinfo")
_AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
"""What the kernels named after Intel's Skylake-X need."""

_NAMES = {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS", "flexiblas": "FlexiBLAS"}


def set_up(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set the library up for this machine, where the user has not; to be called before NumPy is imported."""
    leave_a_core(environment)
    try:
        choose_kernels(environment, _CPUINFO.read_text())
    except OSError:
        return  # only Linux has that file


def choose_kernels(environment: MutableMapping[str, str], cpuinfo: str) -> None:
    """Choose the kernels for AVX-512 on processors of AMD that have it, unless the user has chosen some.

    OpenBLAS takes recent ones for older ones with AVX2 only, which costs some 40 % of the speed of a product
    of large matrices: 212 instead of 371 GFLOP/s for 256x784 by 784x512 in float32.

    Args:
        environment: where the choice is written to.
        cpuinfo: what Linux says about the processor.
    """
    said: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        said.setdefault(name.strip(), value.strip())
    amd = said.get("vendor_id") == "AuthenticAMD"
    if amd and set(said.get("flags", "").split()) >= _AVX512:
        environment.setdefault(KERNEL_VARIABLE, "SkylakeX")


def leave_a_core(environment: MutableMapping[str, str] = os.environ) -> None:
    """Leave one core to the window, unless the user has chosen the number of threads.

    With as many threads as cores and one core busy otherwise, throughput falls 10- to 30-fold: threads of
    OpenBLAS spin while they wait for each other.
    """
    if any(name in environment for name in THREAD_VARIABLES):
        return
    for name in THREAD_VARIABLES:
        environment[name] = str(max(1, _cores() - 1))


def describe() -> str:
    """Return which library computes NumPy's products, as "OpenBLAS 0.3.31 SkylakeX, 1 thread".

    Results are the same bit for bit only where this is.
    """
    import numpy
    from threadpoolctl import threadpool_info

    libraries = [entry for entry in threadpool_info() if entry["user_api"] == "blas"]
    if not libraries:
        build: Any = numpy.show_config(mode="dicts")
        return str(build["Build Dependencies"]["blas"]["name"])
    # Once SciPy is loaded there is a library of its own beside NumPy's.
    library = max(libraries, key=lambda entry: _belongs_to_numpy(entry["filepath"]))
    name = _NAMES.get(library["internal_api"], library["internal_api"])
    words = [name, library["version"], library.get("architecture")]
    threads = library["num_threads"]
    return f"{' '.join(filter(None, words))}, {threads} thread{'s' if threads != 1 else ''}"


def _belongs_to_numpy(library: str) -> bool:
    return any(part.startswith("numpy") for part in Path(library).parts)


def _cores() -> int:
    """Return how many cores this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
