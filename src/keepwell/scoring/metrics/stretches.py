"""On which of many days a fact counts: a stretch, from the first day that has it in its window to the last.

A window is a span of calendar days that moves forward with the day of the score, so the days that have one fact in it
follow each other, and which they are depends on the fact's own day alone. All of that is worked out here, day by day,
so that calendars and windows of any kind need no arithmetic in the engine.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pyarrow as pa

from keepwell.facts.moment import Days
from keepwell.model.ago import Ago
from keepwell.model.window import Calendar, LastDays

Shape = tuple[LastDays | Calendar | None, Ago]
"""A window, and how many days before the day of the score it ends."""


@dataclass(frozen=True)
class Stretches:
    """The stretches of every fact's day, for some shapes.

    earliest: days before it count like it. classes: @day, @class: days that all shapes treat alike are one class; days
    after the last window are none. spans: shape → @class, start, end: the indexes of the first scored day that has it,
    and of the first after it that has not; only those that any day has.
    """

    earliest: date
    classes: pa.Table
    spans: dict[Shape, pa.Table]


def stretches(days: Days, shapes: list[Shape]) -> Stretches:
    """Work them out for these days."""
    windows = [_windows(days, shape) for shape in shapes]
    earliest = min((firsts or lasts)[0] for firsts, lasts in windows) - timedelta(days=1)
    latest = max(lasts[-1] for _, lasts in windows)
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    fresh = count()
    found: dict[date, int] = {}
    for day in _every(earliest, latest):
        spans = tuple(_span(firsts, lasts, day) for firsts, lasts in windows)
        if spans not in numbers:
            numbers[spans] = next(fresh)
        found[day] = numbers[spans]
    classes = pa.table({"@day": pa.array(found, pa.date32()), "@class": pa.array(found.values(), pa.int32())})
    tables = {
        shape: _table([(number, *spans[index]) for spans, number in numbers.items()])
        for index, shape in enumerate(shapes)
    }
    return Stretches(earliest, classes, tables)


def learned(days: Days) -> pa.Table:
    """@day, @learned: for each day on which a fact may have become known, the first scored day that could know it."""
    first, last = days.on[0], days.on[-1]
    found = {day: bisect_left(days.on, day) for day in _every(first, last)}
    return pa.table({"@day": pa.array(found, pa.date32()), "@learned": pa.array(found.values(), pa.int32())})


def _windows(days: Days, shape: Shape) -> tuple[list[date], list[date]]:
    """The first and the last days of the windows of the scored days; no first ones where there is no window."""
    over, ago = shape
    ends = [moment.as_of for moment in days.ago(ago).moments]
    if over is None:
        return [], ends
    spans = [over.span(end) for end in ends]
    return [first for first, _ in spans], [last for _, last in spans]


def _span(firsts: list[date], lasts: list[date], day: date) -> tuple[int, int]:
    return bisect_left(lasts, day), bisect_right(firsts, day) if firsts else len(lasts)


def _table(rows: list[tuple[int, int, int]]) -> pa.Table:
    kept = [row for row in rows if row[1] < row[2]]
    columns = zip(*kept, strict=True) if kept else ((), (), ())
    return pa.table(dict(zip(("@class", "start", "end"), (pa.array(c, pa.int32()) for c in columns), strict=True)))


def _every(first: date, last: date) -> list[date]:
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]
