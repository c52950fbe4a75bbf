"""The simulated period. Days count from 0 on its first day; days before it are negative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from keepwell.demo.draw import Floats, Ints

END = date(2026, 6, 30)
"""The last simulated day, pinned: the demo never reads a clock, so two runs can be compared."""


@dataclass(frozen=True)
class Span:
    """Whole calendar months up to END."""

    start: date
    months: int

    @classmethod
    def of(cls, months: int) -> Span:
        first = END.year * 12 + END.month - months
        return cls(date(first // 12, first % 12 + 1, 1), months)

    @property
    def days(self) -> int:
        return (END - self.start).days + 1

    @property
    def last(self) -> int:
        """The last day."""
        return self.days - 1

    @property
    def weeks(self) -> int:
        """Weeks begun; the last may be short."""
        return -(-self.days // 7)

    def week_shares(self) -> Floats:
        """The part of each week that lies in the period: 1, but for the last."""
        shares = np.ones(self.weeks)
        shares[-1] = (self.days - 7 * (self.weeks - 1)) / 7
        return shares

    def week(self, day: Ints) -> Ints:
        """The week a day lies in; days outside take the nearest week."""
        return np.clip(day // 7, 0, self.weeks - 1)

    def at(self, share: float) -> int:
        """The day when this share of the period is over."""
        return int(share * self.days)

    def on(self, day: int) -> date:
        """The calendar date of a day."""
        return self.start + timedelta(days=day)

    def month_starts(self) -> Ints:
        """The first day of every month, and of the month after the last."""
        months = np.datetime64(self.start, "M") + np.arange(self.months + 1)
        return np.asarray((months.astype("datetime64[D]") - np.datetime64(self.start)).astype(np.int64))

    def add_months(self, day: Ints, months: Ints) -> Ints:
        """The same day of a later (or earlier) month; the day of the month must not lie beyond the 28th."""
        dates = np.datetime64(self.start) + day
        month = dates.astype("datetime64[M]")
        moved = (month + months).astype("datetime64[D]") + (dates - month.astype("datetime64[D]"))
        return np.asarray((moved - np.datetime64(self.start)).astype(np.int64))

    def day_of_month(self, day: Ints) -> Ints:
        """0 for the first."""
        dates = np.datetime64(self.start) + day
        return np.asarray((dates - dates.astype("datetime64[M]")).astype(np.int64))

    def month_of_year(self, day: Ints) -> Ints:
        """0 for January … 11 for December."""
        return np.asarray((np.datetime64(self.start) + day).astype("datetime64[M]").astype(np.int64) % 12)
