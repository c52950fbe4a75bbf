"""The days of a history: every day, or the ends of weeks (Sundays) or months, whatever the last day is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

Every = Literal["day", "week", "month"]

ONE = timedelta(days=1)


def days_between(first: date, last: date, every: Every) -> list[date]:
    """The days from the first to the last, both included where they are ends."""
    return [day for day in _all(first, last) if _ends(day, every)]


def _all(first: date, last: date) -> Iterator[date]:
    for index in range((last - first).days + 1):
        yield first + timedelta(days=index)


def _ends(day: date, every: Every) -> bool:
    if every == "week":
        return day.isoweekday() == 7
    return every == "day" or (day + ONE).month != day.month
