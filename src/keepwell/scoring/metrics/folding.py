"""Some metrics of one table over many days: which rows any of the days has, and from when to when each counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.facts.moment import CLASS, DAY, KEY, LEARNED, ON, Days
from keepwell.model.ago import Ago
from keepwell.model.metrics import Aggregate, CountDistinct, DaysSince, Last
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.stretches import Shape, Stretches, learned, stretches
from keepwell.scoring.metrics.sums import ADDED

Pairs = list[tuple[Need, Aggregate]]


def folds(spec: Table, metric: Aggregate) -> bool:
    """Whether the metric can be had so: its rows are the same on all days, and what has left can be told."""
    if isinstance(metric.over, FirstDays) or spec.changing(metric.names):
        return False
    if isinstance(metric, (*ADDED, CountDistinct, Last)):
        return True
    return isinstance(metric, DaysSince) and metric.column is None


@dataclass(frozen=True)
class Folding:
    """Some metrics of one table over many days.

    rows: the table as it is meant, for all days. key: the column that says which entity a row is about. days: those
    for which rows are read at once. agos: as of how many days ago the newest row is asked for.
    """

    spec: Table
    rows: ir.Table
    key: str
    days: Days
    pairs: Pairs
    agos: list[Ago]
    keep: Keep

    @cached_property
    def stretches(self) -> Stretches:
        newest: list[Shape] = [(None, ago) for ago in self.agos]
        return stretches(self.days, list(dict.fromkeys([*newest, *(shape_of(*pair) for pair in self.pairs)])))

    @cached_property
    def index(self) -> ir.Table:
        """@on, index: each day and its place."""
        on, places = pa.array(self.days.on, pa.date32()), pa.array(range(len(self.days.on)), pa.int32())
        return ibis.memtable(pa.table({ON: on, "index": places}))

    @property
    def by(self) -> list[str]:
        """Columns that say from when to when a row counts: the class of its day, and when it was learned if later."""
        return [CLASS, LEARNED] if self.spec.known is not None and self.days.known_by is None else [CLASS]

    @cached_property
    def placed(self) -> ir.Table:
        """The rows that any day has, with @key and these columns."""
        found = self.rows.filter(self.rows[self.spec.time].notnull())
        found = _looked_up(found, found[self.spec.time], self.stretches.earliest, self.stretches.classes)
        if LEARNED in self.by:
            found = _looked_up(found, found[self.spec.known], self.days.on[0], learned(self.days))
        elif self.spec.known is not None:
            found = found.filter(self.days.known(found, found[self.spec.known]))
        return found.mutate(**{KEY: found[self.key]})

    def spans(self, rows: ir.Table, shape: Shape) -> ir.Table:
        """Rows with the columns `by` that count at all, with start and end: indexes of days."""
        found = rows.inner_join(ibis.memtable(self.stretches.spans[shape]), CLASS)
        if LEARNED in self.by:
            found = found.mutate(start=ibis.greatest(found.start, found[LEARNED]))
        return found.filter(found.start < found.end)


def _looked_up(rows: ir.Table, at: ir.TimestampValue, earliest: date, by_day: pa.Table) -> ir.Table:
    """The rows with what a table says of their day, those of earlier days as if of the earliest that it has."""
    day = ibis.greatest(at.date(), ibis.literal(earliest))
    return rows.mutate(**{DAY: day}).inner_join(ibis.memtable(by_day), DAY).drop(DAY)


def shape_of(need: Need, metric: Aggregate) -> Shape:
    """The metric's window and how many days ago it is looked at. Raises TypeError where it does not move."""
    if isinstance(metric.over, FirstDays):
        raise TypeError("an entity's first days are no window that moves with the day")
    return metric.over, need.ago


def parts_of(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    """The columns `name:part` of the rows, by their parts."""
    start = f"{name}:"
    return {column.removeprefix(start): rows[column] for column in rows.columns if column.startswith(start)}
