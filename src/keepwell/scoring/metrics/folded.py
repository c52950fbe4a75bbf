"""Metrics of many days in one pass over a table: what came and what went, added up from day to day.

Each fact is counted once, on the first day that has it, and taken away once, on the first that has it no more, so the
cost is that of the facts and of the days that come out, not of their product. Sums are exact, so adding and taking
away leaves what adding alone would. A newest row only ever gives way to a newer one, and is the last of them to leave
a window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.facts import as_id
from keepwell.facts.feed import column_of
from keepwell.facts.moment import CLASS, DAY, KEY, LEARNED, ON, Days
from keepwell.model.ago import Ago
from keepwell.model.metrics import Aggregate, Count, CountDistinct, DaysSince, Last
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.about import about
from keepwell.scoring.metrics.aggregates import ABSENCE, counted, is_newest, newest_name, row_condition, sums_of
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.steps import Steps
from keepwell.scoring.metrics.stretches import Shape, Stretches, learned, stretches
from keepwell.scoring.metrics.sums import ADDED, made_of
from keepwell.scoring.terms import beside, both

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

    rows: the table as it is meant, for all days. key: the column that says which entity a row is about. agos: as of how
    many days ago the newest row is asked for.
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
        return stretches(self.days, list(dict.fromkeys([*newest, *(_shape(*pair) for pair in self.pairs)])))

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


def _shape(need: Need, metric: Aggregate) -> Shape:
    if isinstance(metric.over, FirstDays):
        raise TypeError("an entity's first days are no window that moves with the day")
    return metric.over, need.ago


def fold(folding: Folding, spine: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Id, @on and the columns of `aggregates.aggregates` for rows of `spine`; and @on with the feed's newest rows.

    `spine`: id, @on; those of whom the table has no row are left out.
    """
    with folding.keep.apart() as keep:
        found, feed = _fold(replace(folding, keep=keep), spine)
        return folding.keep(found), folding.keep(feed)


def _fold(folding: Folding, spine: ir.Table) -> tuple[ir.Table, ir.Table]:
    keep, steps = folding.keep, Steps(len(folding.days.on))
    ranks = _add(folding, steps)
    found = keep(steps.gathered())
    people = found.select("key").distinct().filter(ibis._.key.notnull())
    people = keep(people.mutate(id=as_id(people.key)))
    index = pa.table({ON: pa.array(folding.days.on, pa.date32()), "index": pa.array(range(steps.last), pa.int32())})
    asked = spine.inner_join(people, "id").inner_join(ibis.memtable(index), ON)
    there = steps.on_days(found, asked, keep)
    for rank, rows in ranks.items():
        there = beside(there, rows, ["key", rank])
    there = there.inner_join(people, "key").inner_join(ibis.memtable(index), "index")
    return _values(folding, there), _feed(folding, found, index)


def _add(folding: Folding, steps: Steps) -> dict[str, ir.Table]:
    """Every step of every metric; and of those that take one row's value, by its rank: key, rank, value and time."""
    _add_sums(folding, steps)
    ranks: dict[str, ir.Table] = {}
    for need, metric in folding.pairs:
        with about(need.metric):
            if isinstance(metric, CountDistinct):
                _add_distinct(folding, steps, need, metric)
            elif isinstance(metric, Last):
                ranks[f"{need.value}:rank"] = _add_last(folding, steps, need, metric)
    return ranks


def _add_sums(folding: Folding, steps: Steps) -> None:
    """The rows added up by class first, all metrics at once: a scan of the table, and then of far fewer rows."""
    rows, spec = folding.placed, folding.spec
    columns: dict[str, ir.Value] = {"newest": rows[spec.time].max()}
    shapes: dict[Shape, list[Need]] = {}
    for need, metric in folding.pairs:
        if isinstance(metric, (CountDistinct, Last)) or is_newest(metric):
            continue
        shapes.setdefault(_shape(need, metric), []).append(need)
        with about(need.metric):
            where = _where(folding, metric)
            own = sums_of(metric, spec, rows, where) if isinstance(metric, ADDED) else {}
            columns |= {f"{need.metric}:{part}": value for part, value in own.items()}
            if not own or metric.verb not in ABSENCE:
                seen = where if not own else both(where, counted(metric, spec, rows, folding.days))
                columns[f"{need.metric}:at"] = rows[spec.time].max(where=seen)
    rolled = folding.keep(rows.group_by(*folding.by, key=rows[KEY]).aggregate(**columns))
    for ago in folding.agos:
        found = folding.spans(rolled, (None, ago))
        steps.add(found, {}, {newest_name(ago): found.newest})
    for shape, needs in shapes.items():
        found = folding.spans(rolled, shape)
        parts = {f"{need.value}:{part}": value for need in needs for part, value in _parts(found, need.metric).items()}
        peaks = {name: value for name, value in parts.items() if name.endswith(":at")}
        steps.add(found, {name: value for name, value in parts.items() if name not in peaks}, peaks)


def _parts(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    """The columns `name:part` of the rows, by their parts."""
    start = f"{name}:"
    return {column.removeprefix(start): rows[column] for column in rows.columns if column.startswith(start)}


def _where(folding: Folding, metric: Aggregate) -> ir.BooleanValue | None:
    return row_condition(metric.where, folding.spec, folding.placed) if metric.where else None


def _add_distinct(folding: Folding, steps: Steps, need: Need, metric: CountDistinct) -> None:
    """Each value counts from its first row on until its last has left: a row adds only what those before it did not."""
    rows, spec = folding.placed, folding.spec
    column = column_of(rows, spec, metric.column or "")
    values = (
        rows.filter(both(_where(folding, metric), column.notnull()))
        .select(*folding.by, key=rows[KEY], value=column)
        .distinct()
    )
    found = folding.spans(values, _shape(need, metric))
    found = found.group_by("key", "value", "start").aggregate(end=found.end.max())
    each = ibis.window(group_by=[found.key, found.value], order_by=found.start, preceding=(None, 1))
    covered = found.end.max().over(each).fill_null(0)
    found = found.mutate(start=ibis.greatest(found.start, covered))
    steps.add(found.filter(found.start < found.end), {f"{need.value}:values": ibis.literal(1)}, {})


def _add_last(folding: Folding, steps: Steps, need: Need, metric: Last) -> ir.Table:
    """Rows ranked from the oldest to the newest: the highest rank of those that came is the newest of a day."""
    rows, spec = folding.placed, folding.spec
    column = column_of(rows, spec, metric.column or "")
    known = rows[spec.known] if spec.known else rows[folding.spec.time]
    narrow = rows.filter(both(_where(folding, metric), column.notnull())).select(
        *folding.by, key=rows[KEY], value=column, at=rows[folding.spec.time], known=known
    )
    order = [narrow["at"], narrow.known, narrow.value]
    best = ibis.window(group_by=[narrow[name] for name in ("key", *folding.by)], order_by=[v.desc() for v in order])
    narrow = narrow.mutate(place=ibis.row_number().over(best))
    narrow = narrow.filter(narrow.place == 0).drop("place")
    rank, order = f"{need.value}:rank", [narrow["at"], narrow.known, narrow.value]
    narrow = narrow.mutate(**{rank: ibis.row_number().over(group_by=narrow.key, order_by=order)})
    narrow = folding.keep(narrow)
    found = folding.spans(narrow, _shape(need, metric))
    steps.add(found, {}, {rank: found[rank]})
    return narrow.select("key", rank, **{need.value: narrow.value, f"{need.value}:at": narrow["at"]})


def _values(folding: Folding, there: ir.Table) -> ir.Table:
    columns: dict[str, ir.Value] = {newest_name(ago): there[newest_name(ago)] for ago in folding.agos}
    for need, metric in folding.pairs:
        if not is_newest(metric):
            columns |= _value(folding, there, need, metric)
    return there.select("id", ON, **columns)


def _value(folding: Folding, there: ir.Table, need: Need, metric: Aggregate) -> dict[str, ir.Value]:
    """The metric's columns, from what there is of it on each day."""
    parts = _parts(there, need.value)
    if isinstance(metric, CountDistinct):
        return {need.value: parts["values"].cast("int64")}
    if isinstance(metric, ADDED):
        value = made_of(metric, parts)
        value = value.cast("int64") if isinstance(metric, Count) else value
        return {need.value: value} | ({need.at: _inside(folding, there, need, metric)} if "at" in parts else {})
    at = _inside(folding, there, need, metric)
    if isinstance(metric, DaysSince):
        return {need.value: at}
    value = there[need.value]
    return {need.value: ibis.ifelse(at.notnull(), value, ibis.null(value.type())), need.at: at}


def _inside(folding: Folding, there: ir.Table, need: Need, metric: Aggregate) -> ir.TimestampValue:
    """The time of the newest row that came, where it is still in the window."""
    at = there[f"{need.value}:at"]
    over = metric.over
    if over is None or isinstance(over, FirstDays):
        return at
    inside = at >= folding.days.ago(need.ago).begins(there, over)
    return ibis.ifelse(inside, at, ibis.null(at.type()))


def _feed(folding: Folding, found: ir.Table, index: pa.Table) -> ir.Table:
    """Anybody's newest row, rows of nobody among them."""
    names = [newest_name(ago) for ago in folding.agos]
    came = found.group_by("index").aggregate(**{name: found[name].max() for name in names})
    days = beside(ibis.memtable(index), came, ["index"])
    so_far = ibis.cumulative_window(order_by=days["index"])
    return days.select(ON, **{name: days[name].max().over(so_far) for name in names})
