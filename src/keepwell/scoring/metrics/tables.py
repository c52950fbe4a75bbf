"""Metrics over one table joined to their level: aggregates, what silence means, ages, days."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts, as_id
from keepwell.facts.config import Outage
from keepwell.facts.entities import BEGAN, ID
from keepwell.facts.expressions import condition
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import ON, TIME, Days, When
from keepwell.model.ago import Ago
from keepwell.model.metrics import Aggregate, DaysSince, DaysUntil
from keepwell.model.model import Model
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.aggregates import ABSENCE, APART, aggregates, apart, newest_name
from keepwell.scoring.metrics.folded import Folded, fold
from keepwell.scoring.metrics.folding import Folding, folds
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.states import feed_of, settle
from keepwell.scoring.rounding import settled
from keepwell.scoring.terms import beside

Pairs = list[tuple[Need, Aggregate]]

_ALL = "@all"
"""The key, and its only value, of rows that are about everybody."""


@dataclass(frozen=True)
class TableView:
    """One table as one level reads it: changing columns as they were `ago` days before the moment."""

    model: Model
    facts: Facts
    level: str
    table: str
    moment: When
    ago: Ago
    keep: Keep

    @property
    def spec(self) -> Table:
        return self.model.tables[self.table]

    @property
    def outages(self) -> tuple[Outage, ...]:
        return self.facts.config.table(self.table).outages

    @property
    def for_all(self) -> bool:
        """Whether the table names no entity: each metric is then one value, the same for every entity."""
        return self.model.holds_for_all(self.table)

    @property
    def plain(self) -> str | None:
        """The one column that says itself which entity a row is about; None where that has to be found out."""
        columns = self.model.whose(self.table, self.level)
        return columns[0].column if len(columns) == 1 and self.model.entities[self.level].ids is None else None

    @property
    def key(self) -> str:
        """The column that says which entity a row is about."""
        return _ALL if self.for_all else self.plain or OWNER

    def rows(self) -> ir.Table:
        """The visible rows, with that column."""
        rows = self.with_all(self.facts.seen(self.table, self.moment.ago(self.ago)))
        if self.for_all or self.plain:
            return rows
        return self.facts.owned(rows, self.table, self.level, self.moment)

    def with_all(self, rows: ir.Table) -> ir.Table:
        """The rows, with the key of everybody where they are about everybody."""
        return rows.mutate(**{_ALL: ibis.literal(_ALL)}) if self.for_all else rows


def join_table(view: TableView, wide: ir.Table, pairs: Pairs) -> ir.Table:
    """`wide` with value, state and age of every metric in `pairs`."""
    if not view.facts.has(view.table):
        return wide.mutate(**_nothing(view, wide, pairs))
    agos = sorted({need.ago for need, _ in pairs})
    folded, rest = _divided(view, pairs)
    joined = _folded(view, view.moment, wide, folded, agos) if folded and isinstance(view.moment, Days) else wide
    if rest:
        found = view.keep(_aggregated(view, rest, [] if folded else agos))
        joined = _joined(view, joined, found)
        joined = joined if folded else _with_feeds(view, joined, found, agos)
    columns: dict[str, ir.Value] = {}
    for need, metric in pairs:
        columns |= _settled(view, joined, need, metric)
    return joined.mutate(**columns).drop(*(name(ago) for name in (newest_name, _feed_name) for ago in agos))


def _joined(view: TableView, wide: ir.Table, found: ir.Table) -> ir.Table:
    if view.for_all:  # a cross join, written as the equi-join that every backend keeps as it is
        named = found.rename({_ALL: "id"})
        return beside(wide.mutate(**{_ALL: ibis.literal(_ALL)}), named, [_ALL, *view.moment.keys]).drop(_ALL)
    return beside(wide, found.filter(found.id.notnull()), ["id", *view.moment.keys])


def _divided(view: TableView, pairs: Pairs) -> tuple[Pairs, Pairs]:
    """The metrics that can be folded over many days, and those whose rows are read once for each."""
    named = view.spec.where.names if view.spec.where else ()
    if not isinstance(view.moment, Days) or view.spec.changing(named) or not (view.plain or view.for_all):
        return [], pairs
    folded = [pair for pair in pairs if folds(view.spec, pair[1])]
    return folded, [pair for pair in pairs if pair not in folded]


def _folded(view: TableView, days: Days, wide: ir.Table, pairs: Pairs, agos: list[Ago]) -> ir.Table:
    """`wide` with the aggregates of many days and the newest rows of the feed."""
    rows = view.with_all(view.facts.feed(view.table).rows)

    def read(keep: Keep) -> Folded:
        return fold(Folding(view.spec, rows, view.key, days.whole, pairs, agos, keep))

    of = (view.level, view.table, days.whole, *(need for need, _ in pairs), *agos)
    folded = view.keep.once(of, read)
    spine = days.table.mutate(id=ibis.literal(_ALL)) if view.for_all else wide.select("id", ON)
    named = folded.feed.rename({_feed_name(ago): newest_name(ago) for ago in agos})
    return beside(_joined(view, wide, folded.on(days.on, spine, view.keep)), named, [ON])


def _aggregated(view: TableView, pairs: Pairs, agos: list[Ago]) -> ir.Table:
    """Id and the aggregates; rows of nobody have a NULL id and still say that the feed lives."""
    spec, key = view.spec, view.key
    rows = view.rows()
    if any(isinstance(metric.over, FirstDays) for _, metric in pairs):
        rows = _with_beginnings(view, rows)
    keys = ["key", *view.moment.keys]
    grouped = rows.group_by(*view.moment.keys, key=rows[key]).aggregate(
        **aggregates(spec, rows, pairs, view.moment, agos)
    )
    for need, metric in pairs:
        if isinstance(metric, APART):
            one = apart(spec, rows, need, metric, key, view.moment.ago(need.ago))
            grouped = beside(grouped, one, keys)
    return grouped.mutate(id=as_id(grouped.key)).drop("key")


def _with_beginnings(view: TableView, rows: ir.Table) -> ir.Table:
    """The rows with the day on which their entity's life began."""
    keys = [ID, *view.moment.keys]
    began = view.facts.entity(view.level, view.moment).select(*keys, BEGAN)
    return beside(rows.mutate(**{ID: as_id(rows[view.key])}), began, keys).drop(ID)


def _feed_name(ago: Ago) -> str:
    """The column with anybody's newest row as of so many days ago."""
    return f"feed@{ago}"


def _with_feeds(view: TableView, joined: ir.Table, found: ir.Table, agos: list[Ago]) -> ir.Table:
    """How fresh the feed is on each day, beside every entity, so that silence can be told from a broken feed."""
    newest = {_feed_name(ago): found[newest_name(ago)].max() for ago in agos}
    if not view.moment.keys:
        return joined.cross_join(found.aggregate(**newest))
    return beside(joined, found.group_by(*view.moment.keys).aggregate(**newest), view.moment.keys)


def _settled(view: TableView, joined: ir.Table, need: Need, metric: Aggregate) -> dict[str, ir.Value]:
    newest, then = joined[newest_name(need.ago)], view.moment.ago(need.ago)
    feed = feed_of(view.spec, metric, joined, joined[_feed_name(need.ago)], then, view.outages)
    found = joined[need.value] if need.value in joined.columns else newest
    value, state = settle(metric, feed, found, _connected(view, joined, newest, need.ago))
    if view.for_all:  # here the feed's age is the value's own
        old = feed.there & ~feed.fresh
        value, state = ibis.ifelse(old, ibis.null(value.type()), value), ibis.ifelse(old, "stale_feed", state)
    age = joined[need.at] if need.at in joined.columns and not view.for_all else newest
    number = settled(_days(metric, value, joined, then))
    return {need.value: number, need.state: state, need.at: age.cast(TIME)}


def _connected(view: TableView, joined: ir.Table, newest: ir.TimestampValue, ago: Ago) -> ir.BooleanValue:
    """Ever had a visible row, or `connected_if` holds of the attributes on that day (unknown: does not)."""
    said = view.spec.connected_if
    if said is None or view.level != "account":
        return newest.notnull()
    return newest.notnull() | condition(said, lambda name: joined[Need(name, ago).value]).fill_null(False)


def _days(metric: Aggregate, value: ir.Value, joined: ir.Table, moment: When) -> ir.Value:
    """A date becomes days from it, or to it, on the day."""
    day = moment.today(joined)
    if isinstance(metric, DaysSince):
        return day.delta(value.date(), unit="day")
    if isinstance(metric, DaysUntil):
        return value.date().delta(day, unit="day")
    return value


def _nothing(view: TableView, wide: ir.Table, pairs: Pairs) -> dict[str, ir.Value]:
    """The table is not there: like one without a row, nobody is connected but whom `connected_if` names."""
    columns: dict[str, ir.Value] = {}
    for need, metric in pairs:
        named = _connected(view, wide, ibis.null(TIME), need.ago)
        broken = ibis.ifelse(named, "stale_feed", "not_connected")
        columns |= {
            need.value: ibis.null("float64"),
            need.state: broken if metric.verb in ABSENCE else ibis.literal("not_connected"),
            need.at: ibis.null(TIME),
        }
    return columns
