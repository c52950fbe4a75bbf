"""Scores of cut days as arrays, with what became of them, and with what was known of that on each of the days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from keepwell.evidence.forward import Lesson
from keepwell.evidence.observed import matrix_of
from keepwell.evidence.panel import CUT, Ahead, clusters, panel
from keepwell.evidence.resampled import Numbers, Places, Rows
from keepwell.facts import fetch


@dataclass(frozen=True)
class Grid:
    """A row per day and account with a score, in this order.

    rows: account, day, score and words. day: datetime64[D]. cluster: numbered. left: whether it left in the horizon,
    left_on: its next end (NaT: none), both of rows that count. counts: that it had not left by the day or in the gap.
    """

    rows: pa.Table
    day: NDArray[np.datetime64]
    score: Numbers
    cluster: Places
    left: Rows
    left_on: NDArray[np.datetime64]
    counts: Rows

    def __len__(self) -> int:
        return len(self.score)

    @property
    def stratum(self) -> Places:
        """The days, numbered."""
        found: Places = np.unique(self.day, return_inverse=True)[1].astype(np.int64)
        return found

    def numbers(self, values: pa.Table, name: str, value: str, wanted: Sequence[str]) -> Numbers:
        """A column per wanted name with each row's value of it (account, day, name, value); NaN where there is none."""
        return matrix_of(self.rows.rename_columns(_cut_for_day(self.rows)), values, name, value, wanted)

    def words(self, values: pa.Table, metric: str) -> list[str | None]:
        """Each row's word of a metric (account, day, metric, number, text); numbers as they are written."""
        own = values.filter(pc.equal(values["metric"], metric))
        text = pc.coalesce(own["text"], pc.cast(own["number"], pa.string())).combine_chunks().dictionary_encode()
        names = text.dictionary.to_pylist()
        coded = own.select(["account", "day", "metric"]).append_column("code", pa.array(text.indices))
        codes = self.numbers(coded, "metric", "code", [metric])[:, 0]
        return [None if np.isnan(code) else names[int(code)] for code in codes]

    def column(self, name: str) -> list[Any]:
        """A column of the rows."""
        found: list[Any] = self.rows[name].to_pylist()
        return found


def _cut_for_day(rows: pa.Table) -> list[str]:
    return [CUT if name == "day" else name for name in rows.column_names]


def grid(scores: pa.Table, ends: pa.Table, days: Sequence[date], ahead: Ahead, roots: Mapping[str, str]) -> Grid:
    """The scores (account, day, score, words) of the days. roots: the account that stands for a group, for its others.

    ends: as of `panel`; accounts that are not among them stayed.
    """
    known = scores.filter(pc.is_valid(scores["score"])).sort_by([("day", "ascending"), ("account", "ascending")])
    states = _states(known, ends, days, ahead)
    left, counts = np.zeros(known.num_rows, np.bool_), np.zeros(known.num_rows, np.bool_)
    left_on = np.full(known.num_rows, np.datetime64("NaT"), "datetime64[D]")
    place, which = states["place"].to_numpy(), pc.equal(states["state"], "counted").to_numpy(zero_copy_only=False)
    counts[place] = which
    left[place] = which & states["left"].to_numpy(zero_copy_only=False).astype(np.bool_)
    left_on[place] = states["left_on"].to_numpy().astype("datetime64[D]")
    cluster = clusters(known["account"], roots)
    day = known["day"].to_numpy().astype("datetime64[D]")
    return Grid(known, day, known["score"].to_numpy().astype(np.float64), cluster, left, left_on, counts)


def _states(known: pa.Table, ends: pa.Table, days: Sequence[date], ahead: Ahead) -> pa.Table:
    own = known.select(["account", "day", "score"]).append_column("place", pa.array(np.arange(known.num_rows)))
    found = fetch.arrow(panel(ibis.memtable(own), ibis.memtable(ends), days, ahead))
    return found.filter(pc.equal(found["as_of"], found[CUT]))


def lessons(grid: Grid, ahead: Ahead, ends_by: Callable[[date], pa.Table]) -> Iterator[Lesson]:
    """For each day the days whose horizon was over by then, with the ends as they were known then, and no others."""
    days = [day.item() for day in np.unique(grid.day)]
    for day in days:
        over = [other for other in days if other + timedelta(days=ahead.gap + ahead.horizon) <= day]
        if not over:
            continue
        states = _states(grid.rows, ends_by(day), over, ahead)
        states = states.filter(pc.equal(states["state"], "counted"))
        wanted = np.flatnonzero((grid.day == np.datetime64(day, "D")) & grid.counts)
        left = states["left"].to_numpy(zero_copy_only=False).astype(np.bool_)
        yield Lesson(wanted, states["place"].to_numpy().astype(np.intp), left)


def before(grid: Grid) -> Numbers:
    """By row, the account's score on the day before among those of the grid; NaN where it has none."""
    days = np.unique(grid.day)
    account = grid.rows["account"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    place = np.searchsorted(days, grid.day)
    table = np.full((len(days) + 1, int(account.max(initial=-1)) + 1), np.nan)
    table[place + 1, account] = grid.score
    found: Numbers = table[place, account]
    return found
