"""The past of a workspace as matrices, an account by a day, and what was known by each day of what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from keepwell.evidence.known import Known
from keepwell.evidence.landmarks import STEP, Landmarks, terms
from keepwell.evidence.ranking import Numbers
from keepwell.workspace.past import Past

TREND = 90 // STEP
TENURE = "tenure_days"

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Courses:
    """Matrices with a row per account, by id, and a column per day, `STEP` days apart.

    here: it lived on that day. score: NaN none. dims: one matrix per part at the top of the score, 0–100, NaN where
    nothing counts. All others as in `Landmarks`.
    """

    accounts: list[str]
    days: list[date]
    here: Flags
    score: Numbers
    parts: tuple[str, ...]
    dims: Numbers
    trend: Numbers
    tenure: Numbers
    renewal: Numbers
    term: Numbers

    @property
    def on(self) -> NDArray[np.datetime64]:
        """The days."""
        return np.array(self.days, "datetime64[D]")


class _Places:
    """Where the rows of tables with account and day stand in the matrices."""

    def __init__(self, scores: pa.Table, days: Sequence[date]) -> None:
        self.accounts: list[str] = sorted(pc.unique(scores["account"]).to_pylist())
        self.days = list(days)
        self.shape = (len(self.accounts), len(self.days))

    def of(self, table: pa.Table) -> NDArray[np.int64]:
        """The place of each row, counted along the rows of the matrix."""
        row = pc.index_in(table["account"], pa.array(self.accounts, pa.string())).to_numpy()
        column = pc.index_in(table["day"], pa.array(self.days, pa.date32())).to_numpy()
        return np.asarray(row.astype(np.int64) * self.shape[1] + column.astype(np.int64))

    def matrix(self, table: pa.Table, column: str) -> Numbers:
        """The column's values, NaN where there is none."""
        found = np.full(self.shape, np.nan)
        found.ravel()[self.of(table)] = floats(table[column])
        return found


def courses(past: Past, days: Sequence[date], left_out: Sequence[str], renewal: str | None) -> Courses:
    """The days, earliest first. left_out: paths of measures that do not count. renewal: a metric of `Past.metrics`."""
    places = _Places(past.scores, days)
    here = np.zeros(places.shape, np.bool_)
    here.ravel()[places.of(past.scores)] = True
    parts, dims, whole = _dims(places, past.measures, left_out)
    trend = np.full(places.shape, np.nan)
    trend[:, TREND:] = whole[:, TREND:] - whole[:, :-TREND]
    ends = places.matrix(_of(past.metrics, renewal or ""), "number")
    tenure = places.matrix(_of(past.metrics, TENURE), "number")
    score = places.matrix(past.scores, "score")
    return Courses(
        places.accounts, places.days, here, score, parts, dims, trend, tenure, ends, _terms(ends, np.array(days))
    )


def _of(metrics: pa.Table, name: str) -> pa.Table:
    return metrics.filter(pc.equal(metrics["metric"], name))


def _dims(places: _Places, measures: pa.Table, left_out: Sequence[str]) -> tuple[tuple[str, ...], Numbers, Numbers]:
    """Names and matrices of the parts at the top, each the mean of its measures by their weights, and the mean of all.

    Where none of them has a weight of its own they count alike.
    """
    without = pc.is_in(measures["measure"], pa.array(left_out, pa.string()))
    rows = measures.filter(pc.and_not(pc.is_valid(measures["points"]), without))
    paths = sorted(pc.unique(rows["measure"]).to_pylist())
    path = pc.index_in(rows["measure"], pa.array(paths, pa.string())).to_numpy().astype(np.int64)
    tops = [name.split("/")[1] for name in paths]
    parts = tuple(dict.fromkeys(tops))
    place = places.of(rows)
    # Rows come in any order, and sums of doubles go by it in their last digits.
    order = np.argsort(place * max(len(paths), 1) + path)
    place, points = place[order], floats(rows["points"])[order]
    top = np.array([parts.index(name) for name in tops], np.int64)[path[order]]
    weight = np.maximum(np.nan_to_num(floats(rows["weight"])[order]), 1e-9)
    size = places.shape[0] * places.shape[1]

    def summed(which: NDArray[np.int64], count: int, worth: Numbers) -> Numbers:
        sums = np.bincount(which, worth, count * size).astype(np.float64)
        return sums.reshape(count, *places.shape)

    def mean(which: NDArray[np.int64], count: int) -> Numbers:
        weights = summed(which, count, weight)
        means = summed(which, count, weight * points) / np.maximum(weights, 1e-12)
        return np.where(weights > 0, means, np.nan)

    return parts, mean(top * size + place, len(parts)), mean(place, 1)[0]


def _terms(renewal: Numbers, days: NDArray[Any]) -> Numbers:
    """How long contracts run, from the ends that had been seen by each day."""
    on = days.astype("datetime64[D]").astype(np.float64)
    largest = np.fmax.accumulate(renewal, axis=1)
    found, before, last = np.full(renewal.shape, np.nan), np.full(len(renewal), np.nan), np.full(len(renewal), np.nan)
    for column in range(renewal.shape[1]):
        end = on[column] + renewal[:, column]
        moved = ~np.isnan(end) & ~np.isnan(last) & (end > last)
        before = np.where(moved, end - last, before)
        last = np.where(np.isnan(end), last, end)
        found[:, column] = terms(renewal[:, column], before, largest[:, column])
    return found


def known(courses: Courses, ends: pa.Table, lives: pa.Table, day: date, first: date, roots: Mapping[str, str]) -> Known:
    """What was known on one of the days: landmarks from the first day on, with what had become of their accounts.

    ends: account, day, back, how, and lives: account, ended (NULL: not), both as known on that day. roots: the account
    that stands for a group, for its others. An account that had left by a landmark and was not back is no longer at
    risk, however it ended, and whoever ends in another way than by the outcome is censored there. A life that ends
    without the outcome is censored there; one whose outcome is known later, with nobody back in between, is left on
    the day it ended, for until then it was there.
    """
    on = courses.on
    after, other, gone = _next_ends(courses, ends)
    told = (np.datetime64(day) - on).astype(np.float64)
    until = _ended(courses, lives)[:, None] - on.astype(np.float64)
    after, other = (
        np.where(_by_then(courses, days, until) & (days <= told), np.minimum(days, until), days)
        for days in (after, other)
    )
    seen = np.minimum(told, other)
    seen = np.where(until > 0, np.minimum(seen, until), seen)
    span = (on >= np.datetime64(first)) & (on <= np.datetime64(day))
    column, account = np.nonzero((courses.here & ~gone & span).T)
    own = (account, column)
    after, other = (np.where(np.isinf(days), np.nan, days) for days in (after, other))
    dims = np.moveaxis(courses.dims, 0, -1)[own]
    values = (item[own] for item in (courses.trend, courses.tenure, courses.renewal, courses.term, after, seen, other))
    return Known(
        np.datetime64(day), Landmarks(account.astype(np.int64), on[column], dims, *values), _groups(courses, roots)
    )


def _next_ends(courses: Courses, ends: pa.Table) -> tuple[Numbers, Numbers, Flags]:
    """Days from each landmark to the next outcome and to the next other end, +∞ where that is not the first of both.

    Then, whether the account had ended by the landmark and was not back.
    """
    row, when = _rows(courses, ends), ends["day"].to_numpy().astype("datetime64[D]")
    back = ends["back"].to_numpy().astype("datetime64[D]")
    outcome = pc.is_null(ends["how"]).to_numpy(zero_copy_only=False)
    when, back, outcome, row = when[row >= 0], back[row >= 0], outcome[row >= 0], row[row >= 0]
    after, gone = np.full(courses.here.shape, np.inf), np.zeros(courses.here.shape, np.bool_)
    other = after.copy()
    for place, at in enumerate(courses.on):
        later = when > at
        for days, which in ((after, later & outcome), (other, later & ~outcome)):
            np.minimum.at(days[:, place], row[which], (when[which] - at).astype(np.float64))
        away = ~later & (np.isnat(back) | (back > at))
        gone[row[away], place] = True
    return np.where(other < after, np.inf, after), np.where(other < after, other, np.inf), gone


def _groups(courses: Courses, roots: Mapping[str, str]) -> NDArray[np.int64]:
    """By place, the number of each account's group: the first place in it, which another group does not change."""
    tops = np.array([roots.get(account, account) for account in courses.accounts], np.str_)
    _, first, own = np.unique(tops, return_index=True, return_inverse=True)
    return first[own].astype(np.int64)


def _by_then(courses: Courses, after: Numbers, until: Numbers) -> Flags:
    """Whether the life that ends `until` days from a landmark ended by the outcome `after` days from it.

    It did not where the account was there again by then.
    """
    on = courses.on.astype(np.float64)
    again = np.where(courses.here & (until <= 0), on, np.inf).min(axis=1, initial=np.inf)[:, None]
    return np.asarray((until > 0) & (until <= after) & (on + after <= again))


def _rows(courses: Courses, table: pa.Table) -> NDArray[np.int64]:
    """The row of each account, −1 for one that was never scored."""
    found = pc.index_in(table["account"], pa.array(courses.accounts, pa.string())).fill_null(-1)
    return np.asarray(found.to_numpy().astype(np.int64))


def _ended(courses: Courses, lives: pa.Table) -> Numbers:
    """The day on which each account's life ended, as a number; +∞ where it goes on."""
    found = np.full(len(courses.accounts), np.inf)
    row, ended = _rows(courses, lives), lives["ended"].to_numpy().astype("datetime64[D]")
    told = (row >= 0) & ~np.isnat(ended)
    found[row[told]] = ended[told].astype(np.float64)
    return found


def floats(column: Any) -> Numbers:
    """A column as numbers, NaN for NULL."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
