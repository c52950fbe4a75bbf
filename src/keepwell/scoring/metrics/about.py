"""Which metric a mistake is in: what cannot be computed is found deep in an expression that knows no names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.errors import ModelError


@contextmanager
def about(metric: str) -> Iterator[None]:
    """Around building one metric: its name and place go before what is wrong with it."""
    try:
        yield
    except ModelError as problem:
        if problem.findings or problem.path:
            raise
        raise ModelError(f"metrics.{metric}: {problem.message}", path=("metrics", metric)) from None
