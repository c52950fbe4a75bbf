"""Timing and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

THREADS = 2


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def alternating(left: Callable[[], float], right: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Medians of two sides that take turns, so that noise of the machine meets both."""
    pairs = [(left(), right()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def peak_gib() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def in_process_of_its_own(module: str, *arguments: str) -> None:
    """Run a benchmark's part where nothing before it has used memory."""
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)
