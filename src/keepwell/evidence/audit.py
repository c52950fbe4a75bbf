"""A score of any make held against who left: what it singled out, when, and whom it called healthy.

scores, ends ──▶ panel (evidence/panel.py) ──▶ sample ──▶ ranking, shares, verdict
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.evidence.doubts import Doubt, doubts
from keepwell.evidence.panel import CUT, Ahead, before, clusters, panel, returns, words_of
from keepwell.evidence.ranking import Numbers, Ranking, Sample, auc, levels, rank
from keepwell.evidence.rates import Interval, share
from keepwell.evidence.verdict import Verdict, verdict
from keepwell.facts import fetch

FIFTHS = (0.2, 0.4, 0.6, 0.8)
ALONE = 300
"""So many replicates for the interval of a single measure."""
LEADS = (1, 30, 60, 90, 180)
"""So many days before an account left its score is looked at."""


@dataclass(frozen=True)
class Asked:
    """What is to be found out.

    last: the last day of which it is known who left. capacity: how many accounts a team can call at each cut. healthy:
    scores from this on are; None: those above four fifths of all. names: what the levels of a score in words are
    called, worst first; the score is then the place in this list. dense: there are scores of other days than the cuts
    as well, so that it can be said how long before an end it showed.
    """

    last: date
    ahead: Ahead
    capacity: int = 50
    healthy: float | None = None
    names: Sequence[str] = ()
    dense: bool = True


@dataclass(frozen=True)
class Band:
    """Scores from `low` to `high`: how many accounts at the cuts, and of them who left."""

    low: float
    high: float
    accounts: int
    left: int
    share: Interval


@dataclass(frozen=True)
class Group:
    """Accounts at the cuts with the same word, such as a tier: how many, and of them who left."""

    name: str | None
    accounts: int
    left: int
    share: Interval


@dataclass(frozen=True)
class Alone:
    """A measure as if it were the whole score: how many accounts have points at the cuts, and how well they rank."""

    measure: str
    accounts: int
    auc: Interval


@dataclass(frozen=True)
class Called:
    """The accounts with the lowest scores of each cut, `capacity` of them: how many, who left, and of all who left.

    Of accounts with the score at which the capacity ends, as many as fit are counted, each with its share.
    """

    accounts: int
    left: float
    share: float
    lift: float | None
    reached: float | None


@dataclass(frozen=True)
class Lead:
    """So many days before accounts left: how many had a score then, and how many of them one of the lowest fifth."""

    days: int
    scored: int
    low: int
    share: Interval


@dataclass(frozen=True)
class Cut:
    """One of the days: accounts, who left, and the area under the ROC curve; None where either is nobody."""

    day: date
    accounts: int
    left: int
    auc: float | None


@dataclass(frozen=True)
class Missed:
    """An account that was healthy at a cut and left in its horizon."""

    account: str
    as_of: date
    score: float
    left_on: date


@dataclass(frozen=True)
class Audit:
    """Everything. gone: rows of accounts that had left by the cut; leaving: of those that left within the gap."""

    cuts: list[Cut]
    accounts: int
    left: int
    gone: int
    leaving: int
    ranking: Ranking
    verdict: Verdict
    bands: list[Band] = field(default_factory=list)
    called: Called | None = None
    leads: list[Lead] = field(default_factory=list)
    healthy: float | None = None
    missed: list[Missed] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    by: dict[str, list[Group]] = field(default_factory=dict)
    alone: list[Alone] = field(default_factory=list)


def audit(
    scores: ir.Table,
    ends: ir.Table,
    asked: Asked,
    measures: pa.Table | None = None,
    roots: Mapping[str, str] | None = None,
) -> Audit:
    """Hold the scores (account, day, score) against the ends (account, day, and perhaps back; see `panel`).

    Other columns of the scores are words, such as tier: who left is counted by each. Accounts without a score count
    there alone. measures: account, day, measure, points: each is held against the ends as if it were the score.
    roots: the account that stands for a group of those that leave together, by each other account of it.
    """
    roots = roots or {}
    first = fetch.arrow(scores.aggregate(first=scores.day.min()))["first"][0].as_py()
    cuts = asked.ahead.cuts(first, asked.last) if first else []
    ends = ends if "back" in ends.columns else returns(ends)
    rows = fetch.arrow(panel(scores, ends, cuts, asked.ahead))
    counted = rows.filter(pc.equal(rows["state"], "counted"))
    kept = counted.filter(pc.is_valid(counted["score"]))
    told = pc.unique(kept[CUT])  # days on which nobody has a score, as before the data begin, are none
    counted = counted.filter(pc.is_in(counted[CUT], told))
    sample = _sample(kept, roots)
    ranking = rank(sample)
    found = Audit(
        cuts=[_cut(day, _on(kept, day)) for day in sorted(told.to_pylist())],
        accounts=len(pc.unique(kept["account"])),
        left=int(sample.left.sum()),
        gone=pc.sum(pc.equal(rows["state"], "gone")).as_py() or 0,
        leaving=pc.sum(pc.equal(rows["state"], "leaving")).as_py() or 0,
        ranking=ranking,
        verdict=verdict(sample, ranking.auc),
        doubts=list(doubts(scores.filter(scores.score.notnull()), ends, sample, asked.ahead)) if asked.dense else [],
        by={name: list(_by(counted, name)) for name in words_of(scores)},
        alone=[] if measures is None else sorted(_alone(kept, measures, roots), key=_best_first),
    )
    return _with_bands(found, kept, sample, asked, scores, ends) if kept.num_rows else found


def _with_bands(found: Audit, kept: pa.Table, sample: Sample, asked: Asked, scores: ir.Table, ends: ir.Table) -> Audit:
    """With what speaks of high and low scores."""
    edges = np.arange(len(asked.names) - 1) if asked.names else np.unique(np.quantile(sample.score, FIFTHS))
    place = np.searchsorted(edges, sample.score)
    bands = [_band(sample, place == index) for index in np.unique(place)]
    healthy = bands[-1].low if asked.healthy is None else asked.healthy
    leads = []
    for days in LEADS if asked.dense else ():
        then = _floats(fetch.arrow(before(scores, ends, days, asked.ahead))["score"])
        low = int((then <= bands[0].high).sum())
        leads.append(Lead(days, len(then), low, share(low, len(then))))
    wrong = kept.filter(pa.array(sample.left & (sample.score >= healthy)))
    wrong = wrong.sort_by([("score", "descending"), ("left_on", "ascending"), ("account", "ascending")])
    missed = [Missed(**row) for row in wrong.select(["account", "as_of", "score", "left_on"]).to_pylist()]
    called = _called(kept, asked.capacity)
    return replace(found, bands=bands, called=called, leads=leads, healthy=float(healthy), missed=missed)


def _by(rows: pa.Table, column: str) -> Iterator[Group]:
    counts = rows.group_by(column).aggregate([("left", "sum"), ("left", "count")]).to_pylist()
    for row in sorted(counts, key=lambda row: row[column] or ""):
        left, accounts = int(row["left_sum"] or 0), row["left_count"]
        yield Group(row[column], accounts, left, share(left, accounts))


def _best_first(one: Alone) -> tuple[float, str]:
    return -(one.auc.value or 0.0), one.measure


def _alone(rows: pa.Table, measures: pa.Table, roots: Mapping[str, str]) -> Iterator[Alone]:
    told = measures.filter(pc.is_valid(measures["points"])).select(["account", "day", "measure", "points"])
    told = told.rename_columns(["account", CUT, "measure", "score"])
    both = told.join(rows.select(["account", CUT, "left"]), ["account", CUT], join_type="inner")
    both = both.sort_by([("measure", "ascending"), ("account", "ascending"), (CUT, "ascending")])  # joins keep no order
    for measure in pc.unique(both["measure"]).to_pylist():
        sample = _sample(both.filter(pc.equal(both["measure"], measure)), roots)
        yield Alone(measure, len(sample.score), rank(sample, ALONE).auc)


def _on(rows: pa.Table, day: date) -> pa.Table:
    return rows.filter(pc.equal(rows[CUT], pa.scalar(day, pa.date32())))


def _floats(column: pa.ChunkedArray) -> Numbers:
    found: Numbers = column.to_numpy().astype(np.float64)
    return found


def _sample(rows: pa.Table, roots: Mapping[str, str] | None = None) -> Sample:
    left = rows["left"].to_numpy().astype(np.bool_)
    return Sample(_floats(rows["score"]), left, clusters(rows["account"], roots or {}))


def _cut(day: date, rows: pa.Table) -> Cut:
    left, stayed = levels(_sample(rows))
    area = auc(left, stayed)
    return Cut(day, rows.num_rows, int(left.sum()), None if np.isnan(area) else area)


def _band(sample: Sample, rows: Any) -> Band:
    scores, left = sample.score[rows], int(sample.left[rows].sum())
    return Band(float(scores.min()), float(scores.max()), len(scores), left, share(left, len(scores)))


def _called(rows: pa.Table, capacity: int) -> Called:
    called, reached = 0, 0.0
    for day in pc.unique(rows[CUT]).to_pylist():
        own = _sample(_on(rows, day))
        edge = np.sort(own.score)[min(capacity, len(own.score)) - 1]
        under, at = own.left[own.score < edge], own.left[own.score == edge]
        room = min(capacity, len(own.score)) - len(under)
        called += len(under) + room
        reached += float(under.sum() + room * at.mean())
    total, part = int(pc.sum(rows["left"]).as_py() or 0), reached / called
    lift = part / (total / rows.num_rows) if total else None
    return Called(called, reached, part, lift, reached / total if total else None)
