"""`history --table changes`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from keepwell.cli.blocks import Block
from keepwell.scoring.change import Change, Part
from keepwell.scoring.words import signed
from keepwell.workspace.changes import Interval

ROWS = pa.schema(
    [("as_of", pa.date32()), ("account_id", pa.string()), ("since", pa.date32())]
    + [(name, pa.string()) for name in ("kind", "measure", "label", "detail")]
    + [("points", pa.float64())]
)

FIRST, LAST = ("model", "variant"), ("late facts", "adjustments", "overrides")
"""Causes that are no part of the score, before and after those that are."""


def rows(interval: Interval) -> pa.Table:
    """One row per account and part, whose points sum to what its score moved by; in the columns `ROWS`."""
    found = [_row(interval, id_, part) for id_, change in interval.changes.items() for part in change.parts]
    return pa.Table.from_pylist(found, schema=ROWS)


def _row(interval: Interval, account: str, part: Part) -> dict[str, Any]:
    said = {name: getattr(part, name) for name in ("kind", "measure", "label", "detail", "points")}
    return {"as_of": interval.as_of, "account_id": account, "since": interval.since, **said}


def portfolio(intervals: Sequence[Interval], parts: Sequence[str]) -> Block:
    """A line per interval: the mean score of those who have one on both days, and what of it each cause moved.

    parts: the parts at the top of the score, in the order of the file.
    """
    sums = [_sums(interval) for interval in intervals]
    causes = [cause for cause in (*FIRST, *parts, *LAST) if any(cause in found for found in sums)]
    named = [cause.replace("_", " ") for cause in causes]
    columns = ["since", "as of", "came", "left", "accounts", "before", *named, "after"]
    lines = [_line(interval, found, causes) for interval, found in zip(intervals, sums, strict=True)]
    said = "Mean scores of the accounts that have one on both days, and the points by which each cause moved them."
    return Block("What moved the scores", [said], columns, lines, 2)


def _both(interval: Interval) -> list[Change]:
    return [one for one in interval.changes.values() if one.before is not None and one.after is not None]


def _sums(interval: Interval) -> dict[str, float]:
    """Cause → the points of all accounts. A measure's steps go to the part at the top that it stands under."""
    found: dict[str, float] = defaultdict(float)
    for change in _both(interval):
        for part in change.parts:
            cause = part.measure.split("/")[1] if part.measure and part.kind != "late facts" else part.kind
            found[cause] += part.points
    return dict(found)


def _line(interval: Interval, sums: dict[str, float], causes: Sequence[str]) -> tuple[str, ...]:
    both = _both(interval)
    n = len(both)
    came = sum(one.before is None and one.after is not None for one in interval.changes.values())
    left = sum(one.after is None and one.before is not None for one in interval.changes.values())
    counts = (f"{came:,}", f"{left:,}", f"{n:,}")
    if not n:
        return str(interval.since), str(interval.as_of), *counts, *[""] * (len(causes) + 2)
    ends = [sum(values) / n for values in ([one.before or 0.0 for one in both], [one.after or 0.0 for one in both])]
    moved = (signed(sums.get(cause, 0.0) / n, 2) for cause in causes)
    return str(interval.since), str(interval.as_of), *counts, f"{ends[0]:.2f}", *moved, f"{ends[1]:.2f}"
