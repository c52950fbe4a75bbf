"""The one place where numbers are rounded before they meet an edge.

Half away from zero. Metrics, points and the raw score keep 9 decimals; values inside the tree keep 12, so that the
sum over a group is exact fixed point whatever order an engine adds in.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

FINE = "decimal(18, 12)"
"""Values inside the tree: 0–100 with 12 decimals fits 64 bits."""

_EXACT = 2.0**53
"""The whole numbers up to here are doubles; so a double below 2^53 ÷ 10^d can be rounded to d decimals."""


def nine(value: ir.NumericValue) -> ir.NumericValue:
    """A number as double with 9 decimals, or with as many (6, 3, 0) as a double of its size can hold.

    NULL stays NULL, and what is no number (infinite, not a number) becomes NULL.
    """
    number = value.cast("float64")
    if value.type().is_integer():  # there is nothing to round, and finding that out for every value takes its time
        return number
    size = number.abs()
    steps = [(size < _EXACT / 10**decimals, number.round(decimals)) for decimals in (9, 6, 3)]
    finite = (size <= 1e300, number)
    return ibis.cases(*steps, finite, else_=ibis.null("float64"))


def settled(value: ir.Value) -> ir.Value:
    """A computed value as it is stored: doubles rounded, everything else as it is."""
    return nine(value) if value.type().is_floating() else value


def fine(value: ir.NumericValue) -> ir.NumericValue:
    """A value between 0 and 100 as fixed point with 12 decimals."""
    return value.cast(FINE)


def shown(value: ir.NumericValue, decimals: int) -> ir.NumericValue:
    """A score as people see it, as double. Through DECIMAL: 64.705 is not a double, and would round down as one."""
    return value.cast("decimal(18, 9)").round(decimals).cast("float64")
