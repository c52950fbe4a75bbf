"""Computing a table once that is read more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import ibis.expr.types as ir

from keepwell.facts.compute import Compute


class Keep:
    """Computes a table; what it returns stands for it until `drop`, else as long as the engine's connection.

    `reads` turns the engine's errors into sentences.
    """

    def __init__(self, compute: Compute, reads: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._compute, self._reads = compute, reads
        self._kept: list[ir.Table] = []

    def __call__(self, table: ir.Table) -> ir.Table:
        with self._reads():
            self._kept.append(self._compute.keep(table))
        return self._kept[-1]

    @contextmanager
    def apart(self) -> Iterator[Keep]:
        """One whose tables are dropped at the end of the block; what is to outlive it has to be kept by this one."""
        inner = Keep(self._compute, self._reads)
        try:
            yield inner
        finally:
            inner.drop()

    def drop(self) -> None:
        """Give back the memory of everything that was kept."""
        while self._kept:
            self._compute.drop(self._kept.pop())
