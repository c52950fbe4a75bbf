"""What every check of a table is given, and how it says what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from keepwell.errors import Finding, Severity
from keepwell.facts import fetch
from keepwell.facts.feed import Feed
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import Moment

if TYPE_CHECKING:
    from keepwell.facts.facts import Facts

CODES = {
    "not-connected", "cannot-read", "memory", "two-files", "format", "sheet",
    "empty-file", "encoding", "delimiter", "rename", "thousands", "dates", "header", "empty",
    "missing-column", "kind", "unreadable", "overflow", "mixed",
    "no-time", "no-known", "future", "known-before", "stale-feed", "quiet-feed", "undeclared-time",
    "query", "query-syntax", "query-forbidden",
    "no-id", "same-for-all", "orphan", "circle", "alike", "no-map", "two-targets", "id-cycle", "unmatched", "freemail",
    "match", "unknown-system", "no-target", "ended-target", "duplicate-key", "duplicate-rows", "same-day",
    "out-of-range", "mixed-currency", "unexpected",
    "before-start", "ended-before-start", "no-start", "nobody-left", "nobody",
}  # fmt: skip
"""Every code that a finding about data can have. Each stands in docs/reference/findings.md."""

Findings = Iterator[Finding]


@dataclass(frozen=True)
class Look:
    """One feed under examination, as of a day.

    `shared`: several tables of the model read the file, so messages name the table. `compared`: the files whose rows
    were compared with each other already, shared by all looks of one check.
    """

    facts: Facts
    feed: Feed
    as_of: date
    shared: bool = False
    compared: set[str] = field(default_factory=set)

    def say(self, severity: Severity, code: str, message: str) -> Finding:
        message = f"table ‘{self.feed.name}’: {message}" if self.shared else message
        return Finding(self.feed.origin, None, severity, code, message)

    def warn(self, code: str, message: str) -> Finding:
        return self.say("warning", code, message)

    def whose(self, level: str) -> tuple[ir.Table, str]:
        """The feed's rows, and the column with the entity of the level that each was about when it happened."""
        columns = self.facts.model.whose(self.feed.name, level)
        if len(columns) == 1 and columns[0].system == level:
            return self.feed.rows, columns[0].column
        return self.facts.meant(self.feed.rows, self.feed.name, level, Moment(self.as_of, self.as_of)), OWNER

    @cached_property
    def count(self) -> int:
        """How many rows the feed has."""
        return int(one(self.feed.rows.aggregate(rows=self.feed.rows.count()))["rows"])


def one(table: ir.Table) -> dict[str, Any]:
    """The only row of a small result."""
    return fetch.rows(table)[0]


def few(table: ir.Table, column: str, limit: int = 3) -> list[Any]:
    """The first values of a column of a small, ordered result."""
    return [row[column] for row in fetch.rows(table.limit(limit))]
