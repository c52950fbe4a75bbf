"""What each metric adds on the day on which a fact comes into its window, and takes away when it leaves."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from keepwell.facts.feed import column_of
from keepwell.facts.moment import KEY
from keepwell.model.metrics import Aggregate, CountDistinct, Last
from keepwell.scoring.metrics.about import about
from keepwell.scoring.metrics.aggregates import ABSENCE, counted, is_newest, newest_name, row_condition, sums_of
from keepwell.scoring.metrics.folding import Folding, parts_of, shape_of
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.steps import Steps
from keepwell.scoring.metrics.stretches import Shape
from keepwell.scoring.metrics.sums import ADDED
from keepwell.scoring.terms import both


def add_all(folding: Folding, steps: Steps) -> dict[str, ir.Table]:
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
        shapes.setdefault(shape_of(need, metric), []).append(need)
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
        own = {need.value: parts_of(found, need.metric) for need in needs}
        parts = {f"{name}:{part}": value for name, values in own.items() for part, value in values.items()}
        peaks = {name: value for name, value in parts.items() if name.endswith(":at")}
        steps.add(found, {name: value for name, value in parts.items() if name not in peaks}, peaks)


def _where(folding: Folding, metric: Aggregate) -> ir.BooleanValue | None:
    return row_condition(metric.where, folding.spec, folding.placed) if metric.where else None


def _add_distinct(folding: Folding, steps: Steps, need: Need, metric: CountDistinct) -> None:
    """Each value counts from its first row on until its last has left: a row adds only what those before it did not."""
    rows, spec = folding.placed, folding.spec
    column = column_of(rows, spec, metric.column or "")
    known = rows.filter(both(_where(folding, metric), column.notnull()))
    values = known.select(*folding.by, key=rows[KEY], value=column)
    found = folding.spans(values, shape_of(need, metric))
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
    found = folding.spans(narrow, shape_of(need, metric))
    steps.add(found, {}, {rank: found[rank]})
    return narrow.select("key", rank, **{need.value: narrow.value, f"{need.value}:at": narrow["at"]})
