"""The one place where numbers are rounded before they meet an edge.

Half away from zero. Metrics, points and the raw score keep 9 decimals; values inside the tree keep 12, so that the
sum over a group is exact fixed point whatever order an engine adds in.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

FINE = "decimal(18, 12)"
"""Values inside the tree: 0–100 with 12 decimals fits 64 bits."""

_PLAIN = 1e6
"""From here on a double has no ninth decimal to round."""


def nine(value: ir.NumericValue) -> ir.NumericValue:
    """A number as double with 9 decimals. NULL stays NULL."""
    number = value.cast("float64")
    return ibis.ifelse(number.abs() < _PLAIN, number.round(9), number)


def fine(value: ir.NumericValue) -> ir.NumericValue:
    """A value between 0 and 100 as fixed point with 12 decimals."""
    return value.cast(FINE)


def shown(value: ir.NumericValue, decimals: int) -> ir.NumericValue:
    """A score as people see it, as double. Through DECIMAL: 64.705 is not a double, and would round down as one."""
    return value.cast("decimal(18, 9)").round(decimals).cast("float64")
