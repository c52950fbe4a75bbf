"""Computing a table once that is read more than once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import ibis.expr.types as ir

from keepwell.facts.compute import Compute

Made = TypeVar("Made")


class Keep:
    """Computes a table; what it returns stands for it until `drop`, else as long as the engine's connection.

    `reads` turns the engine's errors into sentences. `shared`: who makes what is made `once`, where not this one.
    """

    def __init__(
        self,
        compute: Compute,
        reads: Callable[[], AbstractContextManager[None]] = nullcontext,
        shared: Keep | None = None,
        shares: bool = False,
    ) -> None:
        self._compute, self._reads, self._shared, self._shares = compute, reads, shared, shares
        self._kept: list[ir.Table] = []
        self._made: dict[Hashable, Any] = {}

    def __call__(self, table: ir.Table) -> ir.Table:
        with self._reads():
            self._kept.append(self._compute.keep(table))
        return self._kept[-1]

    @contextmanager
    def apart(self, shares: bool = False) -> Iterator[Keep]:
        """One whose tables are dropped at the end of the block; what is to outlive it has to be kept by this one.

        `shares`: what is made `once` by any that are apart below it is made by it, and so for all of them.
        """
        inner = Keep(self._compute, self._reads, self if self._shares else self._shared, shares)
        try:
            yield inner
        finally:
            inner.drop()

    def once(self, key: Hashable, make: Callable[[Keep], Made]) -> Made:
        """What `make` gives, with what keeps its tables; not made again under this key."""
        if self._shared is not None and not self._shares:
            return self._shared.once(key, make)
        if key not in self._made:
            self._made[key] = make(self)
        found: Made = self._made[key]
        return found

    def drop(self) -> None:
        """Give back the memory of everything that was kept."""
        self._made.clear()
        while self._kept:
            self._compute.drop(self._kept.pop())
