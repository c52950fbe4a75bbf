"""What each verb makes of rows: which rows it reads, the value they give, and the newest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from keepwell.model.metrics import Aggregate, Mean, Nps, Open, Portion
from keepwell.model.window import FirstDays
from tests.oracle.expressions import truth
from tests.oracle.facts import DAY, Row, before, end_of, moment
from tests.oracle.numbers import Value

ZERO_WHEN_EMPTY = ("count", "count_distinct", "sum", "open")
"""Verbs for which no rows are a zero, unless the metric says otherwise."""


@dataclass(frozen=True)
class Reader:
    """A metric over rows as of a day. `time` and `known` name the rows' columns; entities of a level have neither."""

    metric: Aggregate
    as_of: date
    time: str | None = None
    known: str | None = None
    began: date | None = None

    @property
    def column(self) -> str | None:
        """The column whose value is read, if one is: `days_since: logins` reads the rows' own time."""
        return self.metric.column or (self.time if self.metric.verb == "days_since" else None)

    def counts(self, row: Row) -> bool:
        """Whether a row lies in the window [end − over, end) of the day, meets `where`, and has what is read."""
        if not self._inside(row):
            return False
        if self.metric.where is not None and truth(self.metric.where, row) is not True:
            return False
        return self._has(row)

    def _inside(self, row: Row) -> bool:
        """Whether the row lies in the window: days back, whole calendar months, or the first days of the life."""
        over = self.metric.over
        if over is None:
            return True
        when = moment(row, self.time)
        if isinstance(over, FirstDays):
            return self.began is not None and 0 <= (when.date() - self.began).days < over.days
        first, last = over.span(self.as_of)
        return end_of(first) - DAY <= when < end_of(last)

    def _has(self, row: Row) -> bool:
        value = row[self.column] if self.column else None
        match self.metric:
            case Open(until=until):
                return not before(row[until], end_of(self.as_of))
            case Nps():
                return isinstance(value, Fraction) and 0 <= value <= 10
            case Mean(weight=str() as weight):
                return value is not None and row[weight] is not None
            case Portion(that=that, weight=weight):
                return truth(that, row) is not None and (weight is None or row[weight] is not None)
        if self.metric.verb == "days_since":
            return before(value, end_of(self.as_of))
        if self.metric.verb == "days_until":
            return value is not None and not before(value, end_of(self.as_of) - DAY)
        return self.column is None or value is not None

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics of a level below that are read."""
        named = [self.metric.column, getattr(self.metric, "weight", None)]
        conditions = [self.metric.where, getattr(self.metric, "that", None)]
        names = [name for condition in conditions if condition is not None for name in condition.names]
        return tuple(dict.fromkeys([name for name in named if name is not None] + names))

    def undecided(self, row: Row) -> bool:
        """Whether an entity may count for all that is known: its `where` is unknown, or what is read is missing."""
        inside = True if self.metric.where is None else truth(self.metric.where, row)
        return inside is None or (inside and not self._has(row))

    def value(self, rows: Sequence[Row]) -> Value:
        """Of rows that count, at least one; None where their weights sum to zero."""
        values: list[Any] = [row[self.column] for row in rows] if self.column else []
        match self.metric:
            case Mean(weight=str() as weight):
                return _weighted_mean(values, [row[weight] for row in rows])
            case Portion(that=that, weight=str() as weight):
                return _weighted_mean(
                    [Fraction(truth(that, row) is True) for row in rows], [row[weight] for row in rows]
                )
            case Portion(that=that):
                return Fraction(sum(truth(that, row) is True for row in rows), len(rows))
        return _VERBS[self.metric.verb](self, rows, values)

    def ranked(self, rows: Sequence[Row]) -> list[Row]:
        """By time, then by when it was known, then by value."""

        def rank(row: Row) -> Any:
            return row[self.time or ""], row[self.known or self.time or ""], row[self.column or ""]

        return sorted(rows, key=rank)

    def days(self, values: Sequence[Any]) -> list[int]:
        """Days from the day of the score to each."""
        return [(value.date() - self.as_of).days for value in values]

    def at(self, rows: Sequence[Row]) -> datetime | None:
        """The time of the newest row that a value stands on."""
        if self.time is None or not rows:
            return None
        stands_on = self.ranked(rows)[:1] if self.metric.verb == "first" else rows
        return max(moment(row, self.time) for row in stands_on)


_VERBS: dict[str, Callable[[Reader, Sequence[Row], list[Any]], Value]] = {
    "count": lambda _, rows, __: Fraction(len(rows)),
    "open": lambda _, rows, __: Fraction(len(rows)),
    "count_distinct": lambda _, __, values: Fraction(len(set(values))),
    "sum": lambda _, __, values: sum(values, Fraction()),
    "mean": lambda _, __, values: sum(values, Fraction()) / len(values),
    "min": lambda _, __, values: min(values),
    "max": lambda _, __, values: max(values),
    "last": lambda reader, rows, _: reader.ranked(rows)[-1][reader.column or ""],
    "first": lambda reader, rows, _: reader.ranked(rows)[0][reader.column or ""],
    "days_since": lambda reader, _, values: Fraction(-max(reader.days(values))),
    "days_until": lambda reader, _, values: Fraction(min(reader.days(values))),
    "nps": lambda _, __, values: 100 * (_portion(values, 9, 10) - _portion(values, 0, 6)),
}


def _portion(values: Sequence[Any], low: int, high: int) -> Fraction:
    return Fraction(sum(low <= value <= high for value in values), len(values))


def _weighted_mean(values: Sequence[Any], weights: Sequence[Any]) -> Fraction | None:
    total = sum(weights, Fraction())
    products = (value * weight for value, weight in zip(values, weights, strict=True))
    return None if total == 0 else sum(products, Fraction()) / total
