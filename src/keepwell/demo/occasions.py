"""When things happen to accounts: at a rate, or at a rhythm; and when the company learns of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.columns import DAY, NO_TIME
from keepwell.demo.draw import NEVER, Flags, Floats, Ints
from keepwell.demo.span import Span

LATE_SHARE = 0.03
"""Share of rows of any feed that arrive days or weeks after the rest."""
LATE_DAYS = (3, 21)


@dataclass(frozen=True)
class Stay:
    """From which day to which day (exclusive; NEVER for those still there) each account is a customer."""

    started: Ints
    until: Ints

    def here(self, account: Ints, day: Ints) -> Flags:
        return np.asarray((day >= self.started[account]) & (day < self.until[account]))


@dataclass(frozen=True)
class Occasions:
    """One entry per event: whose, and on which day."""

    account: Ints
    day: Ints

    def __len__(self) -> int:
        return len(self.account)

    def keep(self, which: Flags) -> Occasions:
        return Occasions(self.account[which], self.day[which])


def at_rate(rng: np.random.Generator, span: Span, stay: Stay, weekly: Floats) -> Occasions:
    """Poisson events; `weekly` is week × account. Sorted by week, then account."""
    counts = rng.poisson(np.minimum(weekly, 200.0))
    week, account = np.nonzero(counts)
    times = counts[week, account]
    week, account = np.repeat(week, times), np.repeat(account, times)
    day = 7 * week + rng.integers(7, size=len(week))
    return _inside(span, stay, Occasions(account, day))


def at_rhythm(rng: np.random.Generator, span: Span, stay: Stay, every: Floats, who: Flags) -> Occasions:
    """Regular events, `every` so many days with a tenth of jitter, for the accounts in `who`."""
    rounds = int(span.days / max(every.min(initial=span.days), 1.0)) + 2
    first = np.maximum(stay.started, 0) + rng.uniform(0, 1, len(every)) * every
    jitter = 0.1 * every[:, None] * rng.standard_normal((len(every), rounds))
    day = (first[:, None] + np.arange(rounds) * every[:, None] + jitter).astype(np.int64)
    account, at = np.nonzero(np.broadcast_to(who[:, None], day.shape))
    return _inside(span, stay, Occasions(account, day[account, at]))


def _inside(span: Span, stay: Stay, found: Occasions) -> Occasions:
    return found.keep((found.day >= 0) & (found.day < span.days) & stay.here(found.account, found.day))


def at_work(rng: np.random.Generator, day: Ints) -> Ints:
    """Seconds: a time between 8 and 18 o'clock of the day."""
    return day * DAY + 8 * 3600 + (rng.beta(2.0, 2.2, len(day)) * 36_000).astype(np.int64)


def by_night(rng: np.random.Generator, span: Span, seconds: Ints) -> Ints:
    """When nightly loads bring rows in: at three the next morning, a few days or weeks later. NO_TIME stays."""
    late = rng.random(len(seconds)) < LATE_SHARE
    behind = np.where(late, rng.integers(*LATE_DAYS, size=len(seconds)), 0)
    loaded = (seconds // DAY + 1 + behind) * DAY + 3 * 3600 + 600
    return np.where((seconds < NO_TIME) & (loaded <= end(span)), loaded, NO_TIME)


def end(span: Span) -> int:
    """The last second of the period: what becomes known later is in no file."""
    return span.days * DAY - 1


def until_end(span: Span, seconds: Ints) -> Ints:
    """Times after the period have not happened yet."""
    return np.where(seconds <= end(span), seconds, NO_TIME)


def days_until_end(span: Span, days: Ints) -> Ints:
    """Days after the period have not happened yet."""
    return np.where(days <= span.last, days, NEVER)
