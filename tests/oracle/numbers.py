"""Exact numbers, and the one rounding there is."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from math import floor

Value = Fraction | str | bool | datetime | None
"""What a cell can hold; a day is its midnight, None is NULL."""

Given = int | Decimal | Fraction | str | bool | date | datetime | None
"""What a test may write for one."""


def rounded(number: Fraction, places: int) -> Fraction:
    """Half away from zero, as people round."""
    scale = 10**places
    units = floor(abs(number) * scale + Fraction(1, 2))
    return Fraction(units if number >= 0 else -units, scale)


def told(number: Fraction) -> Fraction:
    """A metric's number as it is kept: nine decimals, fewer where a double could not hold as many."""
    for places in (9, 6, 3):
        if abs(number) < Fraction(2**53, 10**places):
            return rounded(number, places)
    return number


def exact(given: Given) -> Value:
    """The same thing in the types that the oracle computes with."""
    match given:
        case bool() | str() | None | datetime():
            return given
        case date():
            return datetime.combine(given, time())
        case int() | Decimal() | Fraction():
            return Fraction(given)
