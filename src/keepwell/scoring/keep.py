"""Computing a table once that is read more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count

import ibis
import ibis.expr.types as ir

_NUMBERS = count()


class Keep:
    """Computes a table; what it returns stands for it until `drop`, else as long as the engine's connection.

    `reads` turns the engine's errors into sentences.
    """

    def __init__(self, backend: ibis.BaseBackend, reads: Callable[[], AbstractContextManager[None]]) -> None:
        self._backend, self._reads = backend, reads
        self._names: list[str] = []

    def __call__(self, table: ir.Table) -> ir.Table:
        name = f"keepwell_{next(_NUMBERS)}"
        with self._reads():
            found = self._backend.create_table(name, table, temp=True)
        self._names.append(name)
        return found

    @contextmanager
    def apart(self) -> Iterator[Keep]:
        """One whose tables are dropped at the end of the block; what is to outlive it has to be kept by this one."""
        inner = Keep(self._backend, self._reads)
        try:
            yield inner
        finally:
            inner.drop()

    def drop(self) -> None:
        """Give back the memory of everything that was kept."""
        while self._names:
            self._backend.drop_table(self._names.pop())


def keeper(backend: ibis.BaseBackend, reads: Callable[[], AbstractContextManager[None]] = nullcontext) -> Keep:
    """A `Keep` on this engine."""
    return Keep(backend, reads)
