"""Metrics that are made of sums over rows: of each its sums, and the value that they make.

Sums of many days can be told from one another by adding what came and taking away what went, without reading a row
twice; the value is made of them in one place all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from keepwell.model.metrics import Aggregate, Count, Mean, Nps, Portion, Sum
from keepwell.scoring.terms import both, divide, portion_sums, weighted_sums

ADDED = (Count, Sum, Mean, Portion, Nps)

Read = Callable[[str], ir.Value]
"""A column of the rows by its name."""


def sums(
    metric: Aggregate, rows: ir.Table, read: Read, that: ir.BooleanValue | None, where: ir.BooleanValue | None
) -> dict[str, ir.NumericScalar]:
    """The sums over the rows of `where`, by name, each exact. `that`: the condition of a share."""
    column = read(metric.column) if metric.column else None
    weight = read(metric.weight) if isinstance(metric, (Mean, Portion)) and metric.weight else None
    if isinstance(metric, Portion) and that is not None:
        hits, known = portion_sums(rows, that, weight, where)
        return {"hits": hits, "known": known}
    if column is None:
        return {"rows": rows.count(where=where)}
    if isinstance(metric, Nps):
        return _answers(column, where)
    if weight is not None:
        total, weights = weighted_sums(column, weight, where)
        return {"total": total, "rows": weights}
    return {"total": column.sum(where=where), "rows": column.count(where=where)}


def made_of(metric: Aggregate, found: Mapping[str, ir.NumericValue]) -> ir.NumericValue:
    """The metric's value from its sums; NULL where no row counts, and 0 for a count of none."""
    if isinstance(metric, Portion):
        return divide(found["hits"], found["known"])
    if isinstance(metric, Nps):
        return divide((found["promoters"] - found["detractors"]) * 100, found["answers"])
    if isinstance(metric, Mean):
        return divide(found["total"], found["rows"])
    if isinstance(metric, Sum):
        return ibis.ifelse(found["rows"] > 0, found["total"], ibis.null(found["total"].type()))
    return found["rows"]


def _answers(column: ir.Value, where: ir.BooleanValue | None) -> dict[str, ir.NumericScalar]:
    """9 and 10 promote, 0 to 6 detract; what is no answer at all is left out."""
    return {
        "promoters": column.count(where=both(where, column.between(9, 10))),
        "detractors": column.count(where=both(where, (column >= 0) & (column < 7))),
        "answers": column.count(where=both(where, column.between(0, 10))),
    }
