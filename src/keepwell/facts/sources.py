"""Where tables come from: one small interface, whatever lies behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import ibis

from keepwell.facts.config import TableFile
from keepwell.facts.queries.query import Query

Entry = Callable[[str], TableFile]
"""How the table of this name is read, as far as the workspace file says."""
Rows = Callable[[Sequence[str]], ibis.Table]


def _row(index: int) -> str:
    return f"row {index + 1:,}"


@dataclass(frozen=True)
class Relation:
    """One table as its source holds it, before the model says what it means.

    `origin`: what messages call it. `schema`: all its columns. `scan`: a lazy table of some columns, in file order.
    `text`: every value is text whose kind is not known yet. `kinds`: kinds that the source itself knows of text.
    `costly`: the scan fetches from elsewhere, so only what the model needs is asked for. `place`: where a row stands,
    from its index counted from 0. `iso`: times that the source itself writes are ISO 8601, whatever its text holds.
    """

    origin: str
    schema: ibis.Schema
    scan: Rows
    text: bool = False
    costly: bool = False
    iso: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    place: Callable[[int], str] = _row

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.names)


class Source(Protocol):
    """A place where tables lie."""

    def relation(self, table: str, options: TableFile) -> Relation | None:
        """The table of this name; None where there is none. Raises FactsError where it is there and unusable."""

    def query(self, query: Query, entry: Entry) -> Relation:
        """What a query over the source's tables gives. Raises FactsError for tables or columns that are not there."""

    def names(self) -> list[str]:
        """What could be named, for «did you mean»."""
