"""Accounts on days, as arrays: their points, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from keepwell.evidence.panel import CUT, Ahead, clusters, panel
from keepwell.evidence.ranking import Numbers
from keepwell.facts import fetch


@dataclass(frozen=True)
class Observed:
    """A row per day and account that had a score and had not left, by day and account.

    account: each row's place among all accounts, in the order of their ids. day: datetime64[D]. score: higher is
    healthier. left: whether it left in the horizon after the day. points: a column per measure, 0–100; NaN where the
    account has none. cluster: what varies together, numbered. names: the accounts' ids. fold: of a cross-section, which
    of its parts a row is in; None: the rows are of days that follow each other.
    """

    account: NDArray[np.int64]
    day: NDArray[np.datetime64]
    score: Numbers
    left: NDArray[np.bool_]
    points: Numbers
    cluster: NDArray[np.int64]
    names: tuple[str, ...] = ()
    fold: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.score)

    @property
    def turn(self) -> NDArray[Any]:
        """What is judged at one time, by weights that were learned from others: a day, or a fold."""
        return self.day if self.fold is None else self.fold

    @property
    def stratum(self) -> NDArray[np.int64]:
        """The turns, numbered."""
        found: NDArray[np.int64] = np.unique(self.turn, return_inverse=True)[1].astype(np.int64)
        return found

    def only(self, rows: NDArray[np.bool_]) -> Observed:
        """These rows."""
        same = ("names", "fold")
        columns = {field.name: getattr(self, field.name)[rows] for field in fields(self) if field.name not in same}
        return Observed(**columns, names=self.names, fold=None if self.fold is None else self.fold[rows])


def observed(
    scores: pa.Table,
    measures: pa.Table,
    ends: pa.Table,
    cuts: Sequence[date],
    ahead: Ahead,
    paths: Sequence[str],
    roots: Mapping[str, str],
) -> Observed:
    """The cut days with what is known of the ends (account, day, back).

    scores: account, day, score, of the cut days. measures: account, day, measure, points. paths: the measures that are
    wanted, in the order of the columns. roots: the account that stands for a group, for its others.
    """
    told = scores.select(["account", "day", "score"]).filter(pc.is_valid(scores["score"]))
    rows = fetch.arrow(panel(ibis.memtable(told), ibis.memtable(ends), cuts, ahead))
    on_day = pc.and_(pc.equal(rows["state"], "counted"), pc.equal(rows["as_of"], rows[CUT]))
    rows = rows.filter(on_day)
    names = sorted(pc.unique(scores["account"]).to_pylist())
    known = {name: place for place, name in enumerate(names)}
    return Observed(
        np.array([known[name] for name in rows["account"].to_pylist()], np.int64),
        rows[CUT].to_numpy().astype("datetime64[D]"),
        rows["score"].to_numpy().astype(np.float64),
        rows["left"].to_numpy(zero_copy_only=False).astype(np.bool_),
        matrix_of(rows, measures, "measure", "points", paths),
        clusters(rows["account"], roots),
        tuple(names),
    )


def matrix_of(rows: pa.Table, values: pa.Table, name: str, value: str, wanted: Sequence[str]) -> Numbers:
    """A column per wanted name with the value of each row's account and day; NaN where there is none.

    rows: account, cut. values: account, day, and the columns of the name and the value.
    """
    keys = rows.select(["account", CUT]).append_column("row", pa.array(np.arange(rows.num_rows)))
    own = values.filter(pc.and_(pc.is_valid(values[value]), pc.is_in(values[name], pa.array(wanted, pa.string()))))
    own = own.select(["account", "day", name, value]).rename_columns(["account", CUT, "name", "value"])
    both = own.join(keys, ["account", CUT], join_type="inner")
    found = np.full((rows.num_rows, len(wanted)), np.nan)
    column = pc.index_in(both["name"], pa.array(wanted, pa.string())).to_numpy()
    found[both["row"].to_numpy(), column] = both["value"].to_numpy().astype(np.float64)
    return found
