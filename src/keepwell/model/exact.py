"""Exact small things that a model is written in: weights, shares, durations, numbers.

Each reads what a person types, keeps it exactly (Fraction or Decimal, never a float), and shows it as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

LARGEST = Decimal(10) ** 18
"""Numbers in a model and in facts stay below this in magnitude, so that every sum fits DECIMAL(38,6)."""

LONGEST_DAYS = 36_600
"""A window of a hundred years reaches everything, and still begins on a day that a date can say."""

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"


@dataclass(frozen=True)
class Weight:
    """A node's weight among its siblings. `percent`: the siblings must sum to 100 ± 0.5; else it is relative."""

    value: Fraction
    percent: bool
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Duration:
    """A whole number of days (24-hour calendar days in the workspace's zone)."""

    days: int

    def __str__(self) -> str:
        return f"{self.days} day" if self.days == 1 else f"{self.days} days"

    @property
    def delta(self) -> timedelta:
        return timedelta(days=self.days)


def number(value: Any) -> Decimal:
    """The exact number that a person typed. Raises ValueError with a sentence."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, float)):
        raise ValueError(f"‘{_show(value)}’ is not a number")
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) >= LARGEST:
        raise ValueError(f"‘{_show(value)}’ is not a number below 10^18")
    return exact


def _weight(value: Any) -> Weight:
    if isinstance(value, Weight):
        return value
    if isinstance(value, str):
        return _weight_text(value.strip())
    given = number(value)
    if given < 0:
        raise ValueError(f"a weight cannot be negative, and ‘{value}’ is")
    return Weight(Fraction(given), False, _plain(given))


def _weight_text(text: str) -> Weight:
    if found := re.fullmatch(rf"({_NUMBER})\s*%", text):
        return Weight(Fraction(found[1]), True, text)
    if (found := re.fullmatch(r"([0-9]{1,15})\s*/\s*([0-9]{1,15})", text)) and int(found[2]) > 0:
        return Weight(Fraction(int(found[1]), int(found[2])), False, text)
    if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]+)?", text):
        return Weight(Fraction(text), False, text)
    raise ValueError(
        f"‘{text}’ is not a weight; write 25 % (of its siblings), a plain number, or a fraction such as 6/17"
    )


def _share(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    found = re.fullmatch(rf"({_NUMBER})\s*%", value.strip()) if isinstance(value, str) else None
    share = Fraction(found[1]) / 100 if found else Fraction(number(value))
    if not 0 <= share <= 1:
        raise ValueError(f"‘{_show(value)}’ is not a share between 0 % and 100 %")
    return share


def duration(value: Any) -> Duration:
    """The length of time that a person typed. Raises ValueError with a sentence."""
    if isinstance(value, Duration):
        return value
    found = re.fullmatch(r"(-?[0-9]{1,6})\s*(day|week|month|quarter|year|hour)s?(?:\s+ago)?", str(value).strip())
    if not found:
        raise ValueError(f"‘{_show(value)}’ is not a length of time; write for example 28 days or 4 weeks")
    count, unit = int(found[1]), found[2]
    if unit not in ("day", "week"):
        raise ValueError(f"‘{value}’ has no fixed number of days; write 30 days, 91 days or 365 days, or weeks")
    if count <= 0:
        raise ValueError(f"‘{value}’ must be at least one day; a window looks back from the day of the score")
    days = count * (7 if unit == "week" else 1)
    if days > LONGEST_DAYS:
        raise ValueError(f"‘{value}’ is longer than a hundred years")
    return Duration(days)


def _days(value: Any) -> Duration:
    """Like a duration, but 0 days is one (`grace: 0 days` switches a grace period off)."""
    if isinstance(value, str) and re.fullmatch(r"0\s*days?", value.strip()):
        return Duration(0)
    return duration(value)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


plain = _plain
shorten = _show

_TO_TEXT = PlainSerializer(str, return_type=str)
_NUMBER_SCHEMA = {"type": "number"}
_DURATION_SCHEMA = {
    "type": "string",
    "pattern": r"^[0-9]+ *(days?|weeks?)( +ago)?$",
    "examples": ["28 days", "4 weeks"],
}

Number = Annotated[Decimal, BeforeValidator(number), PlainSerializer(_plain), WithJsonSchema(_NUMBER_SCHEMA)]
Share = Annotated[
    Fraction,
    BeforeValidator(_share),
    _TO_TEXT,
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^[0-9.]+ *%$"}, {"type": "number", "minimum": 0, "maximum": 1}]}
    ),
]
Span = Annotated[Duration, BeforeValidator(duration), _TO_TEXT, WithJsonSchema(_DURATION_SCHEMA)]
Days = Annotated[Duration, BeforeValidator(_days), _TO_TEXT, WithJsonSchema(_DURATION_SCHEMA)]
NodeWeight = Annotated[
    Weight,
    BeforeValidator(_weight),
    _TO_TEXT,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^[0-9.]+ *%$|^[0-9]+ */ *[0-9]+$"},
            ],
            "examples": ["25 %", 2, "6/17"],
        }
    ),
]
