"""Numbers and lists as people read them in findings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any


def many(count: int, noun: str) -> str:
    """1 row, 1,234 rows."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def share(part: int, whole: int) -> str:
    """12.3 %, or «under 0.1 %» where it would round to nothing."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return "over 99.9 %" if 99.9 < percent < 100 else f"{percent:.1f} %"


def rows_of(part: int, whole: int) -> str:
    """1,234 rows (3.4 %)."""
    return f"{many(part, 'row')} ({share(part, whole)})"


def such_as(values: Iterable[Any]) -> str:
    """, such as ‘A’ and ‘B’; empty for no values."""
    shown = [f"‘{plain(value)}’" for value in values]
    return f", such as {' and '.join([', '.join(shown[:-1]), shown[-1]] if shown[1:] else shown)}" if shown else ""


def plain(value: Any) -> str:
    """A value without trailing zeros, and no longer than a line bears."""
    if isinstance(value, Decimal):
        value = format(value, "f").rstrip("0").rstrip(".") if value % 1 else format(value.to_integral_value(), "f")
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
