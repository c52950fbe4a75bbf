"""Feeds: a table of facts in canonical columns, and what of it was visible on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError, ModelError, did_you_mean
from keepwell.facts.calendar import CALENDAR
from keepwell.facts.expressions import condition, kind_of, settle, to_ibis
from keepwell.facts.moment import When, shows
from keepwell.model import Table
from keepwell.model.expressions import Expression

Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Feed:
    """A table of the model, read.

    `rows`: the needed columns as facts know them, with values out of range emptied, derived columns made and the
    table's filter applied. `plain`: the same columns before all that. `kinds`: column → number, text, time, yes_no, id.
    """

    name: str
    origin: str
    spec: Table
    plain: ir.Table
    rows: ir.Table
    kinds: Mapping[str, str]


def feed_of(name: str, origin: str, spec: Table, plain: ir.Table, kinds: Mapping[str, str]) -> Feed:
    """The feed of a table that was taken in. Raises ModelError where an expression does not fit its columns."""
    rows = dressed(plain, spec, name)
    derived = {column: kind_of(rows[column]) or "text" for column in spec.derived}
    return Feed(name, origin, spec, plain, rows, {**kinds, **derived})


def visible(rows: ir.Table, spec: Table, name: str, moment: When) -> ir.Table:
    """The rows that could be seen, with what changed later masked.

    A row without a time is never seen, nor one without `known` where the table has such a column. Masks come before
    ranges, formulas and the table's filter, so that none of them knows more than could be known.
    """
    rows = moment.spread(rows)
    for column in (spec.time, spec.known):
        if column in spec.derived:
            rows = _derived(rows, spec, name, column)
    if spec.time is not None:
        rows = rows.filter(moment.happened(rows, rows[spec.time]))
    if spec.known is not None:
        rows = rows.filter(moment.known(rows, rows[spec.known]))
    masks: dict[str, ir.Value] = {}
    for column, special in spec.columns.items():
        if special.is_ is None and (shown := shows(moment, special, column, rows)) is not None:
            masks[column] = _only(shown, rows[column])
    return dressed(rows.mutate(**masks) if masks else rows, spec, name, moment)


def _only(shown: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return ibis.ifelse(shown, value, ibis.null(value.type()))


def dressed(rows: ir.Table, spec: Table, name: str, moment: When | None = None) -> ir.Table:
    """What the table's declarations make of its rows: ranges, derived columns in the order of the file, the filter."""
    here = f"tables.{name}.columns"
    limited = {column: special.between for column, special in spec.columns.items() if special.between}
    rows = _inside(rows, {column: limited[column] for column in limited if column not in spec.derived}, here)
    for column in spec.derived:
        rows = _derived(rows, spec, name, column)
        if moment and (shown := shows(moment, spec.columns[column], column, rows)) is not None:
            rows = rows.mutate(**{column: _only(shown, rows[column])})
        rows = _inside(rows, {column: limited[column]} if column in limited else {}, here)
    if spec.where is not None:
        rows = rows.filter(compiled(condition, spec.where, rows, spec, f"tables.{name}.where"))
    return rows


def _derived(rows: ir.Table, spec: Table, name: str, column: str) -> ir.Table:
    """The rows with this derived column made."""
    here = f"tables.{name}.columns.{column}"
    return rows.mutate(**{column: settle(compiled(to_ibis, spec.derived[column], rows, spec, here))})


def _inside(rows: ir.Table, bounds: Mapping[str, Bounds], here: str) -> ir.Table:
    """The rows with values outside of their bounds emptied."""
    for column in bounds:
        if kind_of(rows[column]) != "number":
            raise ModelError(f"{here}.{column}: `between` needs a column of numbers.")
    kept = {column: _only(~out_of_range(rows[column], bound), rows[column]) for column, bound in bounds.items()}
    return rows.mutate(**kept) if kept else rows


def out_of_range(value: ir.Value, bounds: Bounds) -> ir.BooleanValue:
    """Whether the value lies outside of the bounds (lowest and highest allowed; None: no bound). No for NULL."""
    low, high = bounds
    outside = ibis.literal(False)
    if low is not None:
        outside = outside | (value < ibis.literal(low, "decimal(38,6)"))
    if high is not None:
        outside = outside | (value > ibis.literal(high, "decimal(38,6)"))
    return ibis.coalesce(outside, ibis.literal(False))


def column_of(rows: ir.Table, spec: Table, name: str) -> ir.Value:
    """A column as the model names it: the table's, else of its calendar."""
    if name in rows.columns:
        return rows[name]
    if name in CALENDAR and spec.time is not None:
        return CALENDAR[name](rows[spec.time])
    raise FactsError(f"there is no column ‘{name}’.{did_you_mean(name, rows.columns)}")


def compiled(
    compiler: Callable[..., ir.Value], expression: Expression, rows: ir.Table, spec: Table, here: str
) -> ir.Value:
    """An expression over the rows of a table, by `to_ibis` or `condition`. What is wrong with it is said of `here`."""
    try:
        return compiler(expression, lambda name: column_of(rows, spec, name))
    except (ModelError, FactsError) as problem:
        raise type(problem)(f"{here}: {problem.message}") from None
