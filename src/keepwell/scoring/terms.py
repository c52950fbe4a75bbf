"""Small terms that several expressions are built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

EXACT = "decimal(38, 9)"
"""Doubles are added as fixed point with nine decimals, so that the order of adding does not matter."""


@dataclass(frozen=True)
class Range:
    """A number and what it could be: a step of the formula is applied to all three."""

    value: ir.NumericValue
    low: ir.NumericValue
    high: ir.NumericValue


def beside(left: ir.Table, right: ir.Table, keys: Sequence[str]) -> ir.Table:
    """`left` with the columns of `right` beside it, NULL where it has no row."""
    return left.left_join(right, list(keys)).drop(*(f"{key}_right" for key in keys))


def divide(total: ir.Value, by: ir.Value) -> ir.NumericValue:
    """The quotient as double; NULL where the divisor is zero."""
    return total.cast("float64") / by.cast("float64").nullif(0)


def both(left: ir.BooleanValue | None, right: ir.BooleanValue | None) -> ir.BooleanValue | None:
    """Three-valued «and», where None is no condition at all."""
    if left is None or right is None:
        return left if right is None else right
    return left & right


def unknown(value: ir.BooleanValue) -> ir.BooleanValue:
    """Whether a condition is neither true nor false.

    Not `value.isnull()`: Ibis 12 writes that of a negation as NOT (x) IS NULL, which engines read as NOT (x IS NULL).
    """
    return ibis.cases((value, False), (~value, False), else_=True)


def portion(
    rows: ir.Table, hits: ir.BooleanValue, weight: ir.Value | None, where: ir.BooleanValue | None
) -> ir.NumericValue:
    """The share of the rows that are a hit, of those of which it is known; with a weight, theirs of the weight."""
    return divide(*portion_sums(rows, hits, weight, where))


def portion_sums(
    rows: ir.Table, hits: ir.BooleanValue, weight: ir.Value | None, where: ir.BooleanValue | None
) -> tuple[ir.NumericScalar, ir.NumericScalar]:
    """What `portion` divides by each other."""
    if weight is None:
        return rows.count(where=both(where, hits)), rows.count(where=both(where, ~unknown(hits)))
    return weighted_sums(ibis.cases((hits, 1.0), (~hits, 0.0), else_=ibis.null("float64")), weight, where)


def weighted_mean(value: ir.Value, weight: ir.Value, where: ir.BooleanValue | None) -> ir.NumericValue:
    """Σ value × weight ÷ Σ weight over the rows that have both."""
    return divide(*weighted_sums(value, weight, where))


def weighted_sums(
    value: ir.Value, weight: ir.Value, where: ir.BooleanValue | None
) -> tuple[ir.NumericScalar, ir.NumericScalar]:
    """What `weighted_mean` divides by each other."""
    rows = both(where, value.notnull() & weight.notnull())
    product = value.cast("float64") * weight.cast("float64")
    return product.cast(EXACT).sum(where=rows), weight.cast(EXACT).sum(where=rows)
