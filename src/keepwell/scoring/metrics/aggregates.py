"""Metrics that read rows: one group-by per table, every metric an aggregate with its own filter."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from keepwell.facts.entities import BEGAN
from keepwell.facts.expressions import condition
from keepwell.facts.feed import column_of
from keepwell.facts.moment import TIME, When
from keepwell.model.ago import Ago
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Aggregate, CountDistinct, DaysSince, DaysUntil, First, Last, Nps, Open, Portion
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays
from keepwell.scoring.metrics.about import about
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.sums import ADDED, made_of, sums
from keepwell.scoring.terms import both, unknown

ABSENCE = ("count", "count_distinct", "sum", "open", "days_since")
"""Verbs whose answer rests on rows that are not there: they need a fresh feed and a connected account."""

APART = (Last, First, CountDistinct)
"""Verbs that do not share the table's one group-by: each ranks, or makes distinct, its own narrow rows."""


def newest_name(ago: Ago) -> str:
    """The column with the account's newest row as of so many days ago."""
    return f"newest@{ago}"


def aggregates(
    spec: Table, rows: ir.Table, wanted: list[tuple[Need, Aggregate]], moment: When, agos: list[Ago]
) -> dict[str, ir.Value]:
    """Column name → aggregate over visible `rows`, for every need, and for the newest row as of so many days ago."""
    found: dict[str, ir.Value] = {}
    for ago in agos:
        past = None if not ago else moment.ago(ago).happened(rows, rows[spec.time])
        found[newest_name(ago)] = rows[spec.time].max(where=past)
    for need, metric in wanted:
        if isinstance(metric, APART) or is_newest(metric):
            continue
        past = moment.ago(need.ago)
        with about(need.metric):
            where = window(spec, rows, metric, past, need.ago)
            found[need.value] = _value(metric, spec, rows, where, past)
            if metric.verb not in ABSENCE:
                found[need.at] = rows[spec.time].max(where=both(where, counted(metric, spec, rows, past)))
    return found


def is_newest(metric: Aggregate) -> bool:
    """Days since any row at all: the newest row is aggregated anyway."""
    return isinstance(metric, DaysSince) and metric.column is None and not metric.where and not metric.over


def apart(spec: Table, rows: ir.Table, need: Need, metric: Aggregate, key: str, moment: When) -> ir.Table:
    """`key` and the value of one metric of `APART`; keys without a row in the window are left out."""
    with about(need.metric):
        if isinstance(metric, CountDistinct):
            return _distinct(spec, rows, need, metric, key, moment)
        return _picked(spec, rows, need, metric, key, moment)


def _distinct(spec: Table, rows: ir.Table, need: Need, metric: Aggregate, key: str, moment: When) -> ir.Table:
    """How many different values each key has.

    Not an aggregate with DISTINCT and a filter: DuckDB then hashes every row, inside the window or not, which took
    eight times as long on a window of a tenth of the rows.
    """
    column = column_of(rows, spec, metric.column or "")
    where = both(window(spec, rows, metric, moment, need.ago), column.notnull())
    values = rows.filter(where).select(*moment.keys, key=rows[key], value=column).distinct()
    return values.group_by("key", *moment.keys).aggregate(**{need.value: values.count()})


def _picked(spec: Table, rows: ir.Table, need: Need, metric: Aggregate, key: str, moment: When) -> ir.Table:
    """One row per key: the newest (or oldest) row's value and its time.

    Ties: time, then known, then the value itself.
    """
    column = column_of(rows, spec, metric.column or "")
    where = both(window(spec, rows, metric, moment, need.ago), column.notnull())
    known = rows[spec.known] if spec.known else rows[spec.time]
    narrow = rows.filter(where).select(*moment.keys, key=rows[key], value=column, at=rows[spec.time], known=known)
    order = [narrow["at"], narrow.known, narrow.value]
    if isinstance(metric, Last):
        order = [column.desc() for column in order]
    each = ibis.window(group_by=[narrow[name] for name in ("key", *moment.keys)], order_by=order)
    ranked = narrow.mutate(rank=ibis.row_number().over(each))
    return ranked.filter(ranked["rank"] == 0).select(
        "key", *moment.keys, **{need.value: ranked.value, need.at: ranked["at"]}
    )


def window(spec: Table, rows: ir.Table, metric: Aggregate, moment: When, ago: Ago) -> ir.BooleanValue | None:
    """The condition for a row to count. NULL in `where` is no."""
    found = moment.happened(rows, rows[spec.time]) if ago else None
    if isinstance(metric.over, FirstDays):
        began = rows[BEGAN].date()
        day = rows[spec.time].date()
        found = both(found, (day >= began) & (day < began + ibis.interval(days=metric.over.days)))
    elif metric.over:
        found = both(found, rows[spec.time] >= moment.begins(rows, metric.over))
        if (end := moment.closes(rows, metric.over)) is not None:
            found = both(found, rows[spec.time] < end)
    return both(found, row_condition(metric.where, spec, rows)) if metric.where else found


def _value(metric: Aggregate, spec: Table, rows: ir.Table, where: ir.BooleanValue | None, moment: When) -> ir.Value:
    if isinstance(metric, ADDED):
        return made_of(metric, sums_of(metric, spec, rows, where))
    if isinstance(metric, Open):
        return rows.count(where=both(where, rows[metric.until].isnull()))
    column = column_of(rows, spec, metric.column) if metric.column else rows[spec.time]
    if isinstance(metric, (DaysSince, DaysUntil)):
        return _dates(metric, rows, column, where, moment)
    return getattr(column, metric.verb)(where=where)


def sums_of(
    metric: Aggregate, spec: Table, rows: ir.Table, where: ir.BooleanValue | None
) -> dict[str, ir.NumericScalar]:
    """The sums that the metric is made of; see `sums.sums`."""
    that = row_condition(metric.that, spec, rows) if isinstance(metric, Portion) else None
    return sums(metric, rows, lambda name: column_of(rows, spec, name), that, where)


def _dates(
    metric: Aggregate, rows: ir.Table, column: ir.Value, where: ir.BooleanValue | None, moment: When
) -> ir.Value:
    """The newest date before the end of the day, or the nearest from the day itself on."""
    if isinstance(metric, DaysSince):
        return column.max(where=both(where, moment.happened(rows, column)))
    return column.min(where=both(where, column >= moment.today(rows).cast(TIME)))


def counted(metric: Aggregate, spec: Table, rows: ir.Table, moment: When) -> ir.BooleanValue | None:
    """Which of the rows in the window the value is made of: its age is theirs."""
    weight = getattr(metric, "weight", None)
    if isinstance(metric, Portion):
        known = ~unknown(row_condition(metric.that, spec, rows))
        return known if weight is None else known & rows[weight].notnull()
    if metric.column is None:
        return None
    column = column_of(rows, spec, metric.column)
    if isinstance(metric, Nps):
        return column.between(0, 10)
    if isinstance(metric, DaysUntil):
        return column >= moment.today(rows).cast(TIME)
    return column.notnull() if weight is None else column.notnull() & rows[weight].notnull()


def row_condition(expression: Expression, spec: Table, rows: ir.Table) -> ir.BooleanValue:
    """Whether a condition holds of each row of the table."""
    return condition(expression, lambda name: column_of(rows, spec, name))
