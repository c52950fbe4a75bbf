"""The day that is spoken of, and what could be seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from keepwell.model import Column

TIME = "timestamp(6)"
"""The type of every time: naive, in the workspace's zone, to the microsecond."""


@dataclass(frozen=True)
class Moment:
    """A day, and what was known: facts that happened by the end of `as_of`, learned by the end of `known_by`.

    `scored`: the day of the score, where `as_of` is an earlier one that it looks back on; default: the same. Accounts
    are those of that day, so that a trend across a merge has both accounts on both sides.
    """

    as_of: date
    known_by: date
    scored: date | None = None

    @property
    def day(self) -> date:
        """The day whose accounts are meant."""
        return self.scored or self.as_of

    def ago(self, days: int) -> Moment:
        """An earlier day, with what is known now and the accounts of today."""
        return Moment(self.as_of - timedelta(days=days), self.known_by, self.day)

    def happened(self, value: ir.Value) -> ir.BooleanValue:
        return value < midnight(self.as_of + timedelta(days=1))

    def known(self, value: ir.Value) -> ir.BooleanValue:
        return value < midnight(self.known_by + timedelta(days=1))

    def shows(self, special: Column, column: str, rows: ir.Table) -> ir.BooleanValue | None:
        """Whether a changing column's value can be seen; None for one that does not change."""
        shown = self.happened(rows[column]) if special.happened else None
        if special.known is None:
            return shown
        learned = self.known(rows[special.known])
        return learned if shown is None else shown & learned


def midnight(day: date) -> ir.TimestampValue:
    """The first instant of a day."""
    return ibis.literal(datetime.combine(day, time.min), TIME)
