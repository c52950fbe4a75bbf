"""Windows: which days of facts a metric reads, as of a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from keepwell.model.exact import Duration, duration

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"month": 30, "quarter": 91, "year": 365}
"""Days that are offered instead of a month, quarter or year."""

LEAP, FOUR_YEARS = date(2028, 1, 1), 1461
"""Days over which calendars are compared: a leap year and the three after it."""


@dataclass(frozen=True)
class Calendar:
    """The last `count` calendar months (quarters, years) that are over at the end of the day."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} calendar {self.unit}{'' if self.count == 1 else 's'}"

    def span(self, day: date) -> tuple[date, date]:
        """Its first and its last day. The month that ends with the day itself is over."""
        width = MONTHS[self.unit]
        after = day + timedelta(days=1)
        index = (after.year * 12 + after.month - 1) // width * width
        return _first(index - self.count * width), _first(index) - timedelta(days=1)

    def back(self, days: int) -> list[int]:
        """How many months (quarters, years) earlier the span is that many days before; every number that occurs."""
        starts = [self.span(LEAP + timedelta(days=day))[0] for day in range(-days, FOUR_YEARS)]
        months = [start.year * 12 + start.month for start in starts]
        return sorted(
            {(after - before) // MONTHS[self.unit] for before, after in zip(months, months[days:], strict=False)}
        )


@dataclass(frozen=True)
class FirstDays:
    """The first days of the entity's life."""

    days: int

    def __str__(self) -> str:
        return f"first {Duration(self.days)}"


@dataclass(frozen=True)
class LastDays:
    """The days up to and including the day of the score."""

    days: int

    def __str__(self) -> str:
        return str(Duration(self.days))

    def span(self, day: date) -> tuple[date, date]:
        """Its first and its last day."""
        return day - timedelta(days=self.days - 1), day


def _first(index: int) -> date:
    """The first day of a month, counted from the year 0."""
    return date(index // 12, index % 12 + 1, 1)


def _window(value: Any) -> Calendar | FirstDays | LastDays:
    if isinstance(value, (Calendar, FirstDays, LastDays)):
        return value
    text = str(value).strip()
    if found := re.fullmatch(r"(?:last\s+)?([0-9]{1,3})\s+calendar\s+(month|quarter|year)s?", text):
        if not 1 <= int(found[1]) <= 240:
            raise ValueError(f"‘{text}’ is no window; from 1 to 240 calendar months, quarters or years can be read")
        return Calendar(int(found[1]), found[2])
    found = re.fullmatch(r"(?:last\s+)?([0-9]{1,3})\s*(month|quarter|year)s?", text)
    if found and 1 <= int(found[1]) <= 240:
        days = f"{int(found[1]) * DAYS[found[2]]} days"
        raise ValueError(f"‘{text}’ has no fixed number of days; write {Calendar(int(found[1]), found[2])}, or {days}")
    if found := re.fullmatch(r"first\s+(.+)", text):
        return FirstDays(duration(found[1]).days)
    return LastDays(duration(value).days)


Window = Annotated[
    Calendar | FirstDays | LastDays,
    BeforeValidator(_window),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(first +)?[0-9]+ *(days?|weeks?)$|^(last +)?[0-9]+ +calendar +(month|quarter|year)s?$",
            "examples": ["28 days", "4 weeks", "1 calendar month", "first 90 days"],
        }
    ),
]
