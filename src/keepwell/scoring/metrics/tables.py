"""Metrics over one table joined to their level: aggregates, what silence means, ages, days."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts, as_id, fetch
from keepwell.facts.entities import BEGAN, ID
from keepwell.facts.expressions import condition
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import TIME, Moment
from keepwell.model.metrics import Aggregate, DaysSince, DaysUntil
from keepwell.model.model import Model
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.aggregates import ABSENCE, APART, aggregates, apart, newest_name
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.states import Feed, settle
from keepwell.scoring.rounding import settled

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
    moment: Moment
    ago: int
    keep: Keep

    @property
    def spec(self) -> Table:
        return self.model.tables[self.table]

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
        rows = self.facts.seen(self.table, self.moment.ago(self.ago).as_of, self.moment.known_by)
        if self.for_all:
            return rows.mutate(**{_ALL: ibis.literal(_ALL)})
        return rows if self.plain else self.facts.owned(rows, self.table, self.level, self.moment)


def join_table(view: TableView, wide: ir.Table, pairs: Pairs) -> ir.Table:
    """`wide` with value, state and age of every metric in `pairs`."""
    if not view.facts.has(view.table):
        return wide.mutate(**_nothing(view, wide, pairs))
    found = view.keep(_aggregated(view, pairs))
    feeds = _feeds(view, found, pairs)
    joined = _joined(view, wide, found)
    columns: dict[str, ir.Value] = {}
    for need, metric in pairs:
        columns |= _settled(view, joined, need, metric, feeds[need.ago])
    return joined.mutate(**columns).drop(*(newest_name(ago) for ago in feeds))


def _joined(view: TableView, wide: ir.Table, found: ir.Table) -> ir.Table:
    if view.for_all:  # a cross join, written as the equi-join that every backend keeps as it is
        return wide.mutate(**{_ALL: ibis.literal(_ALL)}).left_join(found, [(_ALL, "id")]).drop(_ALL, "id_right")
    return wide.left_join(found.filter(found.id.notnull()), "id").drop("id_right")


def _aggregated(view: TableView, pairs: Pairs) -> ir.Table:
    """Id and the aggregates; rows of nobody have a NULL id and still say that the feed lives."""
    spec, key = view.spec, view.key
    rows = view.rows()
    if any(isinstance(metric.over, FirstDays) for _, metric in pairs):
        rows = _with_beginnings(view, rows)
    grouped = rows.group_by(key=rows[key]).aggregate(**aggregates(spec, rows, pairs, view.moment))
    for need, metric in pairs:
        if isinstance(metric, APART):
            one = apart(spec, rows, need, metric, key, view.moment.ago(need.ago))
            grouped = grouped.left_join(one, "key").drop("key_right")
    return grouped.mutate(id=as_id(grouped.key)).drop("key")


def _with_beginnings(view: TableView, rows: ir.Table) -> ir.Table:
    """The rows with the day on which their entity's life began."""
    lives = view.facts.entity(view.level, view.moment.as_of, view.moment.known_by, view.moment.day)
    began = lives.select(ID, BEGAN)
    both = rows.mutate(**{ID: as_id(rows[view.key])}).left_join(began, ID)
    return both.drop(ID, f"{ID}_right")


def _feeds(view: TableView, found: ir.Table, pairs: Pairs) -> dict[int, Feed]:
    """How fresh the feed is on each day: one small query, so that silence can be told from a broken feed."""
    names = {ago: newest_name(ago) for ago in sorted({need.ago for need, _ in pairs})}
    with view.facts.reads():
        row = fetch.rows(found.aggregate(**{name: found[name].max() for name in names.values()}))[0]
    return {ago: Feed(row[name]) for ago, name in names.items()}


def _settled(view: TableView, joined: ir.Table, need: Need, metric: Aggregate, feed: Feed) -> dict[str, ir.Value]:
    newest = joined[newest_name(need.ago)]
    fresh = feed.fresh(view.spec, metric, view.moment.ago(need.ago).as_of)
    found = joined[need.value] if need.value in joined.columns else newest
    value, state = settle(metric, feed, fresh, found, _connected(view, joined, newest, need.ago))
    if view.for_all and feed.newest is not None and not fresh:  # here the feed's age is the value's own
        value, state = ibis.null(value.type()), ibis.literal("stale_feed")
    age = joined[need.at] if need.at in joined.columns and not view.for_all else newest
    number = settled(_days(metric, value, view.moment.ago(need.ago)))
    return {need.value: number, need.state: state, need.at: age.cast(TIME)}


def _connected(view: TableView, joined: ir.Table, newest: ir.TimestampValue, ago: int) -> ir.BooleanValue:
    """Ever had a visible row, or `connected_if` holds of the attributes on that day (unknown: does not)."""
    said = view.spec.connected_if
    if said is None or view.level != "account":
        return newest.notnull()
    return newest.notnull() | condition(said, lambda name: joined[Need(name, ago).value]).fill_null(False)


def _days(metric: Aggregate, value: ir.Value, moment: Moment) -> ir.Value:
    """A date becomes days from it, or to it, on the day."""
    day = ibis.literal(moment.as_of)
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
