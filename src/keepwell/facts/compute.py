"""Where queries run: in the DuckDB of this process, or in the database or cluster that holds the facts."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import ibis.expr.types as ir

from keepwell.facts.reading import Diagnosis


class Compute(Protocol):
    """An engine. All tables of one computation live on it."""

    @property
    def backend(self) -> Any:
        """The Ibis backend."""
        ...

    @property
    def unnests(self) -> bool:
        """Whether lists unnested beside each other go in step, and that is the faster way to make rows of columns."""
        ...

    def keep(self, rows: ir.Table) -> ir.Table:
        """The rows computed now and held until `drop`, or as long as the engine is open."""
        ...

    def drop(self, rows: ir.Table) -> None:
        """Give back what a kept table takes."""
        ...

    def bring(self, rows: ir.Table) -> ir.Table:
        """The rows on this engine: themselves, or a copy of those that live on another one."""
        ...

    def reading(self, origin: str, diagnose: Diagnosis | None = None) -> AbstractContextManager[None]:
        """Around the execution of queries: what fails there becomes a FactsError about `origin`."""
        ...

    def close(self) -> None:
        """Forget everything that was kept."""
        ...
