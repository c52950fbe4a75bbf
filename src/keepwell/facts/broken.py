"""Telling a broken source from quiet customers, by how many rows each day has. Nothing after a day speaks of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

Counts = Mapping[date, int]
"""How many rows of a table happened on each day; no entry: none."""

ONE, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
WEEKS, FEWEST_ROWS, FEWEST_DAYS = 8, 50, 28
"""A source is held against so many weeks at least, of so many rows each; its silences need so many days with rows."""


@dataclass(frozen=True)
class Broken:
    """A source that cannot be trusted, and why in words.

    code: gone (its table is there no more), lost (rows of the past have gone), silent (no row for longer than ever),
    thin (far fewer rows than in any week before); or waiting (its newest rows may still be on their way).
    """

    table: str
    code: Literal["gone", "lost", "silent", "thin", "waiting"]
    because: str

    def __str__(self) -> str:
        return f"{self.table} {self.because}"


@dataclass(frozen=True)
class Hole:
    """Days without a row, from the first to the last, after a silence of `longest` days at most in the year before.

    waiting: it has not come to an end, and may be a load that is late.
    """

    first: date
    last: date
    longest: int
    waiting: bool = False


def holes(counts: Counts, last: date, fresh: int | None, outages: Collection[date] = ()) -> Iterator[Hole]:
    """Silences up to a day that are too long: of `fresh` days, or where nothing is said longer than twice the longest.

    The last one, if it has not come to an end, is waited for as soon as it is longer than that. The longest is that of
    the year before; a source of fewer than 28 days has none to go by. `outages`: days that are known to have no row.
    """
    days = sorted(day for day, rows in counts.items() if rows and day <= last and day not in outages)
    for index, day in enumerate(days):
        then = days[index + 1] if index + 1 < len(days) else last + ONE
        silence = _silence(day, then, outages)
        if not silence:
            continue
        usual = [there for there in days[: index + 1] if there >= day - YEAR]
        longest = max((_silence(a, b, outages) for a, b in pairwise(usual)), default=0)
        over = silence - 2 * longest if len(usual) >= FEWEST_DAYS else 0
        if silence >= fresh if fresh is not None else over > 1:
            yield Hole(day + ONE, then - ONE, longest)
        elif over > 0 and then > last:
            yield Hole(day + ONE, last, longest, waiting=True)


def silent(table: str, found: Sequence[Hole], day: date, fresh: int | None) -> Broken | None:
    """What is to be said of a day that lies in one of a table's holes."""
    hole = next((hole for hole in found if hole.first <= day <= hole.last), None)
    if hole is None:
        return None
    said = f"has no row from {hole.first} to {hole.last}"
    if hole.waiting:
        return Broken(table, "waiting", f"{said} yet")
    if fresh is not None:
        return Broken(table, "silent", f"{said}; the model asks for rows younger than {_days(fresh)}")
    usual = f"its longest silence in a year was {_days(hole.longest)}" if hole.longest else "it had some on every day"
    return Broken(table, "silent", f"{said}; {usual}")


def thin(table: str, counts: Counts, day: date, share: float, outages: Collection[date] = ()) -> Broken | None:
    """Whether the last seven days have lost more than `share` of the rows of the poorest seven in the year before.

    Days that an outage touches are not compared. A source of fewer than eight weeks, or 50 rows in one, is not judged.
    """
    now = _week(counts, day, outages)
    if now is None or not (before := _weeks_before(counts, day, outages)):
        return None
    least, most = min(before), max(before)
    if least < FEWEST_ROWS or now >= (1 - share) * least:
        return None
    said = f"has {now:,} rows in the seven days to {day}; in the year before any seven days had {least:,} to {most:,}"
    return Broken(table, "thin", said)


def _weeks_before(counts: Counts, day: date, outages: Collection[date]) -> list[int]:
    """The rows of every seven days of the year before, none of them in the last seven; [] for less than eight weeks."""
    begun = max(min((d for d, rows in counts.items() if rows), default=day), day - YEAR) + WEEK
    found = [_week(counts, begun + ONE * index, outages) for index in range((day - WEEK - begun).days + 1)]
    there = [rows for rows in found if rows is not None]
    return there if len(there) >= 7 * (WEEKS - 1) else []


def lost(table: str, old: Counts, new: Counts, day: date, share: float) -> Broken | None:
    """Whether more than `share` of the rows that were there, of all or of the last 28 days, are there no more."""
    for span, said in ((None, "of what it had"), (timedelta(days=28), "of the last 28 days")):
        there = {d: rows for d, rows in old.items() if d <= day and (span is None or d > day - span)}
        had = sum(there.values())
        gone = {d: rows - new.get(d, 0) for d, rows in there.items() if rows > new.get(d, 0)}
        if had and sum(gone.values()) > share * had:
            fewer = sum(gone.values())
            return Broken(table, "lost", f"has lost {fewer:,} of {had:,} rows, {fewer / had:.0%} {said}")
    return None


def outage_days(spans: Sequence[tuple[date, date]]) -> frozenset[date]:
    """Every day of some stretches of days."""
    return frozenset(first + timedelta(days=index) for first, last in spans for index in range((last - first).days + 1))


def _week(counts: Counts, last: date, outages: Collection[date]) -> int | None:
    """The rows of the seven days up to a day; None where an outage touches them."""
    days = [last - timedelta(days=index) for index in range(7)]
    return None if any(day in outages for day in days) else sum(counts.get(day, 0) for day in days)


def _silence(from_: date, to: date, outages: Collection[date]) -> int:
    """The days between two, without those of outages."""
    days = (to - from_).days - 1
    return days - sum(from_ < day < to for day in outages) if outages else days


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
