"""Scores beside what became of the accounts: cut days a horizon apart, and at each the newest score that was known.

Horizons do not overlap, so that nobody's leaving is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

CUT = "cut"


@dataclass(frozen=True)
class Ahead:
    """How far a score looks: to the end of a day `horizon` days after those of the `gap`, which nobody counts."""

    horizon: int = 90
    gap: int = 0

    def cuts(self, first: date, last: date) -> list[date]:
        """The days from `first` on whose horizons end by `last`, earliest first; the last of them ends just then."""
        step, day = timedelta(days=self.horizon), last - timedelta(days=self.gap + self.horizon)
        found = []
        while day >= first:
            found.append(day)
            day -= step
        return found[::-1]


def panel(scores: ir.Table, ends: ir.Table, cuts: Sequence[date], ahead: Ahead) -> ir.Table:
    """One row per cut and account with a score in the horizon before: cut, account, as_of, score, left_on, left, state.

    scores: account, day, score, and words of which there is one for each account and day; they stand beside it.
    ends: account, day, back (when it came back; NULL: it did not), how (NULL: the outcome; else another way to end).
    as_of: the day of its newest score by the cut (of two on one day the lower counts). left_on: the first time that it
    had the outcome after the cut, NULL where it had not or had ended in another way before; left: whether that lies in
    the horizon. So whoever ends in another way did not leave, and what leaves is a share of all: the cumulative
    incidence, in which competing ends are no cases (Wolbers et al. 2009, Epidemiology 20, 555–561). state: `gone` where
    it had ended by the cut, in whatever way, and was not back, `leaving` where it ends in the gap, else `counted`.
    """
    days = ibis.memtable(pa.table({CUT: pa.array(cuts, pa.date32())}))
    near = scores.inner_join(
        days, [scores.day <= days[CUT], scores.day > days[CUT] - ibis.interval(days=ahead.horizon)]
    )
    words = words_of(scores)
    rows = _newest(near, [CUT, "account"], words)
    ended = rows.left_join(ends.rename(end="day"), "account")
    rows = ended.group_by(CUT, "account", "as_of", "score", *words).aggregate(
        gone=((ended.end <= ended[CUT]) & (ended.back > ended[CUT]).fill_null(True)).any().fill_null(False),
        next=ended.end.min(where=ended.end > ended[CUT]),
        left_on=ended.end.min(where=(ended.end > ended[CUT]) & ended.how.isnull()),
    )
    rows = rows.mutate(left_on=ibis.ifelse(rows.next < rows.left_on, ibis.null("date"), rows.left_on))
    after = rows.left_on.delta(rows[CUT], unit="day")
    leaving = (rows.next.delta(rows[CUT], unit="day") <= ahead.gap).fill_null(False)
    state = ibis.cases((rows.gone, "gone"), (leaving, "leaving"), else_="counted")
    left = (after <= ahead.gap + ahead.horizon).fill_null(False)
    return rows.mutate(left=left, state=state).drop("gone", "next").order_by(CUT, "account")


def returns(ends: ir.Table) -> ir.Table:
    """The ends (account, day) with `back`, where nothing says it: whoever ends again was back at once. No `how`."""
    again = ends.day.lead().over(group_by="account", order_by="day")
    back = ibis.ifelse(again.isnull(), ibis.null("date"), ends.day)
    return ends.mutate(back=back, how=ibis.null("string"))


def before(scores: ir.Table, ends: ir.Table, days: int, ahead: Ahead) -> ir.Table:
    """account, left_on, as_of, score: of each end the newest score at least `days` before, not older by a horizon."""
    both = scores.inner_join(ends.rename(left_on="day"), "account")
    until = both.left_on - ibis.interval(days=days)
    near = both.filter(both.day <= until, both.day > until - ibis.interval(days=ahead.horizon))
    return _newest(near, ["account", "left_on"], [])


def words_of(scores: ir.Table) -> list[str]:
    """The columns of scores beside account, day and score."""
    return [name for name in scores.columns if name not in ("account", "day", "score")]


def _newest(near: ir.Table, keys: list[str], words: Sequence[str]) -> ir.Table:
    """The keys, as_of (their newest day), score (the lowest of that day) and words."""
    newest = near.group_by(*keys).aggregate(as_of=near.day.max())
    both = near.inner_join(newest, keys)
    both = both.filter(both.day == both.as_of)
    told = {name: both[name].max() for name in words}
    return both.group_by(*keys, "as_of").aggregate(score=both.score.min(), **told)


def clusters(accounts: pa.ChunkedArray, roots: Mapping[str, str]) -> NDArray[np.int64]:
    """What varies together, numbered by row: an account, or the group that a root stands for."""
    names = accounts.combine_chunks()
    if roots:
        names = pa.array([roots.get(name, name) for name in names.to_pylist()], pa.string())
    found: NDArray[np.int64] = names.dictionary_encode().indices.to_numpy().astype(np.int64)
    return found
