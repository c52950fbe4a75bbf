"""Signs that a history of scores is not what was known on its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from keepwell.evidence.panel import Ahead, before
from keepwell.evidence.ranking import Sample, auc, levels
from keepwell.facts import fetch

MANY = 0.95
"""So large a share of accounts whose score never changes is no accident."""
FEW = 10
"""Of fewer accounts nothing is said."""
UNSCORED = 0.1
NEAR, FAR, JUMP, SURE = 1, 30, 0.2, 0.8


@dataclass(frozen=True)
class Doubt:
    """code: one-day, unchanging, unscored, after-end or late.

    count, of: accounts (rows for after-end, a day for one-day). near, far: areas under the ROC curve, for late.
    """

    code: str
    count: int = 0
    of: int = 0
    near: float | None = None
    far: float | None = None


def doubts(scores: ir.Table, ends: ir.Table, sample: Sample, ahead: Ahead) -> Iterator[Doubt]:
    """Each sign that is there."""
    own = scores.group_by("account").aggregate(days=scores.day.nunique(), values=scores.score.nunique())
    long = own.days >= 3
    counts = own.aggregate(
        accounts=own.count(),
        days=own.days.max(),
        long=own.count(where=long),
        same=own.count(where=long & (own["values"] == 1)),
    )
    found = fetch.rows(counts)[0]
    if found["days"] == 1:
        yield Doubt("one-day", 1, found["accounts"])
    elif found["long"] >= FEW and found["same"] >= MANY * found["long"]:
        yield Doubt("unchanging", found["same"], found["long"])
    yield from _around_ends(scores, ends)
    yield from _late(scores, ends, sample, ahead)


def _around_ends(scores: ir.Table, ends: ir.Table) -> Iterator[Doubt]:
    seen = ends.filter(ends.day > scores.day.min().as_scalar())
    last = seen.group_by("account").aggregate(end=seen.day.max())
    both = last.left_join(scores, "account")
    each = both.group_by("account").aggregate(
        known=both.day.count(where=both.day <= both.end), later=both.day.count(where=both.day > both.end)
    )
    counts = each.aggregate(
        accounts=each.count(), unscored=each.count(where=each.known == 0), later=ibis.coalesce(each.later.sum(), 0)
    )
    found = fetch.rows(counts)[0]
    if found["unscored"] > UNSCORED * found["accounts"]:
        yield Doubt("unscored", found["unscored"], found["accounts"])
    if found["later"]:
        yield Doubt("after-end", found["later"])


def _late(scores: ir.Table, ends: ir.Table, sample: Sample, ahead: Ahead) -> Iterator[Doubt]:
    """A score that tells on the eve of the end and not a month before may have been entered once it was known."""
    stayed = sample.score[~sample.left]
    areas = []
    for days in (NEAR, FAR):
        then = fetch.arrow(before(scores, ends, days, ahead))["score"].to_numpy().astype(np.float64)
        if min(len(then), len(stayed)) < FEW:
            return
        both = np.concatenate([then, stayed])
        areas.append(auc(*levels(Sample(both, np.arange(len(both)) < len(then), np.arange(len(both))))))
    if areas[0] >= SURE and areas[0] - areas[1] >= JUMP:
        yield Doubt("late", near=areas[0], far=areas[1])
