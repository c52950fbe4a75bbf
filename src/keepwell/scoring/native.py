"""A score's own points, where they are not 0 to 100: what the file says in them, and what people see of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import ibis.expr.types as ir

from keepwell.scoring.rounding import nine, shown


@dataclass(frozen=True)
class Native:
    """A scale from `low` to `high`; everything is computed as 0–100."""

    low: Decimal
    high: Decimal

    @property
    def plain(self) -> bool:
        """Whether these are points of 100 already."""
        return self.low == 0 and self.high == 100

    def of_hundred(self, points: Decimal) -> float:
        """Where native points lie between 0 and 100."""
        return float(self.share(Fraction(points) - Fraction(self.low)))

    def share(self, step: Fraction) -> Fraction:
        """A difference of native points as one of 100."""
        return step * 100 / (Fraction(self.high) - Fraction(self.low))

    def shown(self, value: ir.NumericValue) -> ir.NumericValue:
        """A value of 0–100 in native points, with nine decimals."""
        if self.plain:
            return value
        return nine(value * (float(self.high) - float(self.low)) / 100 + float(self.low))

    def rounded(self, value: ir.NumericValue, decimals: int) -> ir.NumericValue:
        """A value of 0–100, rounded as it is shown in native points."""
        return self.hundred(shown(self.shown(value), decimals))

    def hundred(self, value: ir.NumericValue) -> ir.NumericValue:
        """A value in native points as one of 0–100, with nine decimals."""
        if self.plain:
            return value
        return nine((value - float(self.low)) * 100 / (float(self.high) - float(self.low)))
