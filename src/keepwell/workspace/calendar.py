"""The days of a history: every day, or the ends of weeks (Sundays), months, quarters or years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from keepwell.model.window import MONTHS

Every = Literal["day", "week", "month", "quarter", "year"]

ONE = timedelta(days=1)


def days_between(first: date, last: date, every: Every) -> list[date]:
    """The days from the first to the last, both included where they are ends."""
    return [day for day in _all(first, last) if _ends(day, every)]


def ends_between(first: date, last: date, every: Every) -> list[date]:
    """The same, and the last day whatever it is."""
    found = days_between(first, last, every)
    return found if found and found[-1] == last else [*found, last]


def _all(first: date, last: date) -> Iterator[date]:
    for index in range((last - first).days + 1):
        yield first + timedelta(days=index)


def _ends(day: date, every: Every) -> bool:
    if every == "week":
        return day.isoweekday() == 7
    after = day + ONE
    return every == "day" or (after.day == 1 and (after.month - 1) % MONTHS[every] == 0)
