"""How long accounts stay, by the tier that they were in, and by when they came."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.evidence.known import Known
from keepwell.evidence.survival import Curve, aalen_johansen
from keepwell.workspace.courses import Courses
from keepwell.workspace.past import Past

FEWEST = 10
"""Of fewer accounts no curve is drawn."""
SHORTEST = 90
"""Nor where nobody was seen for so many days."""


def tiers(past: Past, courses: Courses, known: Known, day: date) -> dict[str, Curve]:
    """Tier on a day → how many had not left after how long from then on, as far as the last day knows."""
    rows = past.scores.filter(pc.equal(past.scores["day"], pa.scalar(day, pa.date32())))
    tier = dict(zip(rows["account"].to_pylist(), rows["tier"].to_pylist(), strict=True))
    marks = known.marks.only(known.marks.day == np.datetime64(day))
    named = np.array([tier.get(courses.accounts[place]) or "none" for place in marks.account.tolist()], np.str_)
    left, other = marks.left_within(np.inf), marks.ended_otherwise(np.inf)
    days = np.where(left, marks.after, marks.seen)
    groups = {str(name): named == name for name in np.unique(named)}
    return {
        name: aalen_johansen(days[own], left[own], other[own]) for name, own in groups.items() if own.sum() >= FEWEST
    }


def cohorts(lives: pa.Table, ends: pa.Table, first: date, last: date) -> dict[str, Curve]:
    """Quarter in which accounts began → how many had not left after how long, from their own beginning on.

    Those that began before the first day are one group, and followed from that day on. lives, ends: as of the last day.
    Whoever ends in another way than by the outcome did not leave, and no longer can. A life that ended before what
    ended it was known ended on its own day.
    """
    left: dict[str, date] = {}
    other: dict[str, date] = {}
    for row in ends.to_pylist():
        account, day, own = row["account"], row["day"], left if row["how"] is None else other
        # Whoever was back after another end goes on, and can still leave.
        if day >= first and not (row["how"] and row["back"]):
            own[account] = min(day, own.get(account, day))
    earlier = [row for row in ends.to_pylist() if row["day"] < first]
    gone = {row["account"] for row in earlier if row["back"] is None or row["back"] > first}
    groups: dict[str, list[tuple[int, bool, bool]]] = {}
    for row in lives.to_pylist():
        account, began, ended = row["account"], row["began"], row["ended"]
        origin = max(began or first, first)
        until = min(last, ended or last, other.get(account, last))
        if until < origin or (account in gone and origin == first):
            continue
        end = left.get(account)
        happened = end is not None and origin <= end <= last and end <= other.get(account, end)
        name = f"{began.year} Q{(began.month + 2) // 3}" if began and began >= first else f"before {first}"
        days = ((min(end, until) if happened and end else until) - origin).days
        groups.setdefault(name, []).append((days, happened, account in other and not happened))
    curves = {name: _curve(rows) for name, rows in sorted(groups.items(), key=_oldest) if len(rows) >= FEWEST}
    return {name: curve for name, curve in curves.items() if curve.longest >= SHORTEST}


def _oldest(item: tuple[str, list[tuple[int, bool, bool]]]) -> tuple[bool, str]:
    return not item[0].startswith("before"), item[0]


def _curve(rows: list[tuple[int, bool, bool]]) -> Curve:
    days, left, other = zip(*rows, strict=True)
    return aalen_johansen(np.array(days, np.float64), np.array(left, np.bool_), np.array(other, np.bool_))
