"""The day, or the days, that are spoken of, and what could be seen of them.

One day is a literal in a query; many days are a column of it, with every row standing once for each day. All that
depends on the day asks one of the two, so that each rule of time is written once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.model import Column
from keepwell.model.ago import NOW, Ago
from keepwell.model.window import Calendar, LastDays

TIME = "timestamp(6)"
"""The type of every time: naive, in the workspace's zone, to the microsecond."""

ON, KEY, DAY, CLASS, LEARNED = MANY = ("@on", "@key", "@day", "@class", "@learned")
"""Columns that many days add to rows, the day of the score first; data cannot have them: intake refuses such names."""

_UNITS = {"month": "M", "quarter": "Q", "year": "Y"}


class When(Protocol):
    """What was seen of a day: facts that happened by the end of `today`, and that were `known` by then.

    `keys`: the columns beside an entity's id by which rows of different days are told apart.
    """

    @property
    def keys(self) -> tuple[str, ...]: ...

    def spread(self, rows: ir.Table) -> ir.Table:
        """The rows, once for each day."""
        ...

    def today(self, rows: ir.Table) -> ir.DateValue:
        """The day that is looked at; rows of `spread`."""
        ...

    def ends(self, rows: ir.Table) -> ir.TimestampValue:
        """The first instant after it."""
        ...

    def happened(self, rows: ir.Table, value: ir.Value) -> ir.BooleanValue:
        """Whether a time lies before the end of the day."""
        return value < self.ends(rows)

    def known(self, rows: ir.Table, value: ir.Value) -> ir.BooleanValue:
        """Whether a time lies before the end of the day by which facts had to be known."""
        ...

    def begins(self, rows: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue:
        """The first instant of a window."""
        ...

    def closes(self, rows: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue | None:
        """The first instant after a window; None where that is the end of the day itself."""
        ...

    def ago(self, back: Ago) -> When:
        """An earlier day, with what is known now and the accounts of now."""
        ...

    def scored(self) -> When:
        """The day of the score, whichever day before it is looked at."""
        ...


@dataclass(frozen=True)
class Moment(When):
    """One day: facts that happened by the end of `as_of`, learned by the end of `known_by`.

    `of`: the day of the score, where `as_of` is an earlier one that it looks back on; default: the same. Accounts
    are those of that day, so that a trend across a merge has both accounts on both sides.
    """

    as_of: date
    known_by: date
    of: date | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return ()

    @property
    def day(self) -> date:
        """The day whose accounts are meant."""
        return self.of or self.as_of

    def spread(self, rows: ir.Table) -> ir.Table:
        return rows

    def today(self, _: ir.Table) -> ir.DateValue:
        return ibis.literal(self.as_of)

    def ends(self, _: ir.Table) -> ir.TimestampValue:
        return midnight(_after(self.as_of))

    def known(self, _: ir.Table, value: ir.Value) -> ir.BooleanValue:
        return value < midnight(_after(self.known_by))

    def begins(self, _: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue:
        return midnight(over.span(self.as_of)[0])

    def closes(self, _: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue | None:
        return None if isinstance(over, LastDays) else midnight(_after(over.span(self.as_of)[1]))

    def ago(self, back: Ago) -> Moment:
        return Moment(back.before(self.as_of), self.known_by, self.day)

    def scored(self) -> Moment:
        return Moment(self.day, self.known_by)


@dataclass(frozen=True)
class Days(When):
    """Many days, each with what was known by its own end, or all with what was known by the end of `known_by`.

    on: the days, earliest first, each once. back: how long before each of them is looked at. among: the days of which
    these are a stretch, and for all of which rows may be read at once; default: themselves.
    """

    on: tuple[date, ...]
    known_by: date | None = None
    back: Ago = NOW
    among: tuple[date, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (ON,)

    @property
    def moments(self) -> list[Moment]:
        """Each day alone."""
        return [Moment(day, self.known_by or day).ago(self.back) for day in self.on]

    @property
    def whole(self) -> Days:
        """All the days that these are among."""
        return replace(self, on=self.among or self.on, among=())

    @property
    def table(self) -> ir.Table:
        """One row per day: @on."""
        return ibis.memtable(pa.table({ON: pa.array(self.on, pa.date32())}))

    def spread(self, rows: ir.Table) -> ir.Table:
        return rows.cross_join(self.table)

    def today(self, rows: ir.Table) -> ir.DateValue:
        day = rows[ON]
        if self.back.months:  # see `Ago.before`: months are counted from the end of the day
            day = day + ibis.interval(days=1) - ibis.interval(months=self.back.months) - ibis.interval(days=1)
        return day - ibis.interval(days=self.back.days) if self.back.days else day

    def ends(self, rows: ir.Table) -> ir.TimestampValue:
        return _start(self.today(rows) + ibis.interval(days=1))

    def known(self, rows: ir.Table, value: ir.Value) -> ir.BooleanValue:
        if self.known_by is not None:
            return value < midnight(_after(self.known_by))
        return value < _start(rows[ON] + ibis.interval(days=1))

    def begins(self, rows: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue:
        if isinstance(over, LastDays):
            return _start(self.today(rows) - ibis.interval(days=over.days - 1))
        width = {f"{over.unit}s": over.count}
        return _start(self._unit(rows, over) - ibis.interval(**width))

    def closes(self, rows: ir.Table, over: LastDays | Calendar) -> ir.TimestampValue | None:
        return None if isinstance(over, LastDays) else _start(self._unit(rows, over))

    def _unit(self, rows: ir.Table, over: Calendar) -> ir.DateValue:
        """The first day of the month (quarter, year) in which the day after lies."""
        return (self.today(rows) + ibis.interval(days=1)).truncate(_UNITS[over.unit])

    def ago(self, back: Ago) -> Days:
        return replace(self, back=self.back + back)

    def scored(self) -> Days:
        return replace(self, back=NOW)


def shows(when: When, special: Column, column: str, rows: ir.Table) -> ir.BooleanValue | None:
    """Whether a changing column's value can be seen; None for one that does not change."""
    shown = when.happened(rows, rows[column]) if special.happened else None
    if special.known is None:
        return shown
    learned = when.known(rows, rows[special.known])
    return learned if shown is None else shown & learned


def midnight(day: date) -> ir.TimestampValue:
    """The first instant of a day."""
    return ibis.literal(datetime.combine(day, time.min), TIME)


def _start(day: ir.DateValue) -> ir.TimestampValue:
    return day.cast(TIME)


def _after(day: date) -> date:
    return day + timedelta(days=1)
