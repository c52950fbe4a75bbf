"""How long ago the past is that a metric is held against: days, or months of the calendar, from a day back."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from keepwell.model.exact import Duration, duration
from keepwell.model.window import MONTHS, Calendar

MOST = {"month": 240, "quarter": 80, "year": 20}


@dataclass(frozen=True, order=True)
class Ago:
    """So many months of the calendar, then so many days. Neither: the day itself."""

    days: int = 0
    months: int = 0

    def __bool__(self) -> bool:
        return self != NOW

    def __add__(self, other: Ago) -> Ago:
        return Ago(self.days + other.days, self.months + other.months)

    def __str__(self) -> str:
        parts = [str(Calendar(self.months, "month"))] if self.months else []
        parts += [str(Duration(self.days))] if self.days or not parts else []
        return " and ".join(parts)

    def before(self, day: date) -> date:
        """The day that lies so far back.

        Months are counted from the end of the day, so the last day of a month goes to the last day of another, and the
        calendar month (quarter, year) that is over then is always as many earlier.
        """
        after = day + timedelta(days=1)
        months = after.year * 12 + after.month - 1 - self.months
        year, month = divmod(months, 12)
        there = date(year, month + 1, min(after.day, monthrange(year, month + 1)[1]))
        return there - timedelta(days=1 + self.days)


NOW = Ago()


def ago(value: Any) -> Ago:
    """How long ago the past is that a person typed. Raises ValueError with a sentence."""
    if isinstance(value, Ago):
        return value
    found = re.fullmatch(r"([0-9]{1,3})\s*(?:calendar\s+)?(month|quarter|year)s?(?:\s+ago)?", str(value).strip())
    if found is None:
        return Ago(duration(value).days)
    count, unit = int(found[1]), found[2]
    if not 1 <= count <= MOST[unit]:
        raise ValueError(f"‘{value}’ is not from 1 to {MOST[unit]} {unit}s ago")
    return Ago(months=count * MONTHS[unit])


Back = Annotated[
    Ago,
    BeforeValidator(ago),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9]+ *(days?|weeks?|(calendar +)?(months?|quarters?|years?))( +ago)?$",
            "examples": ["28 days ago", "1 quarter ago", "1 year ago"],
        }
    ),
]
