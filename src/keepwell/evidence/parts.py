"""Scores in parts, such as by the time to the renewal: who left of each, what they paid, and the ranking within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.evidence.rates import Interval, share
from keepwell.evidence.resampled import (
    REPLICATES,
    Numbers,
    Places,
    Rows,
    areas,
    drawn,
    interval,
    ratio,
    spread,
    tally,
)
from keepwell.evidence.verdict import FEWEST

NOTHING = Interval(None, None, None)


@dataclass(frozen=True)
class Part:
    """Scores of one kind: how many, and of them who left.

    value: what their accounts paid per year, with what of it left (None: nobody's is known). auc: within the part; no
    figure where fewer than `FEWEST` left or stayed.
    """

    name: str
    scores: int
    left: int
    share: Interval
    auc: Interval
    value: float | None = None
    value_left: float | None = None
    value_share: Interval = NOTHING


@dataclass(frozen=True)
class Parts:
    """The parts in their order, and the area over pairs of one part: what the score knows beyond the part."""

    parts: list[Part]
    within: Interval


@dataclass(frozen=True)
class Held:
    """Rows that count, one per day and account. value: what the account paid per year, NaN where it is not known."""

    score: Numbers
    left: Rows
    cluster: Places
    value: Numbers

    @property
    def clusters(self) -> int:
        """How many there are."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    def only(self, rows: Rows) -> Held:
        """These rows."""
        return Held(self.score[rows], self.left[rows], self.cluster[rows], self.value[rows])


def parts(held: Held, place: Places, names: Sequence[str], replicates: int = REPLICATES) -> Parts:
    """By the place of each row among the names; parts without a row are left out. A place below 0 is of none."""
    there = [index for index in range(len(names)) if (place == index).any()]
    known = held.only(place >= 0)
    own = [held.only(place == index) for index in there]
    tallies = [tally(one.score, one.left, one.cluster, held.clusters) for one in own]
    whole = tally(known.score, known.left, known.cluster, held.clusters, place[place >= 0])
    spreads = spread([*tallies, whole], held.clusters, replicates)
    found = [float(areas(*one.whole, one.begins)[0]) for one in (*tallies, whole)]
    revenue = _revenue(own, held.clusters, replicates)
    told = [
        _part(names[index], one, found[i], spreads[i], revenue[i])
        for i, (index, one) in enumerate(zip(there, own, strict=True))
    ]
    enough = min(known.left.sum(), (~known.left).sum()) >= FEWEST
    return Parts(told, interval(found[-1], spreads[-1]) if enough else NOTHING)


def _part(name: str, one: Held, area: float, spreads: Numbers, revenue: Interval) -> Part:
    left, of = int(one.left.sum()), len(one.left)
    auc = interval(area, spreads) if min(left, of - left) >= FEWEST else NOTHING
    paid = None if np.isnan(one.value).all() else float(np.nansum(one.value))
    gone = None if paid is None else float(np.nansum(one.value[one.left]))
    return Part(name, of, left, share(left, of), auc, paid, gone, revenue)


def _revenue(own: Sequence[Held], clusters: int, replicates: int) -> list[Interval]:
    """The share of revenue that left, part by part, with the interval of a bootstrap over clusters."""
    paid = [np.nan_to_num(one.value) for one in own]
    sums = [
        [np.bincount(one.cluster, value * who, clusters) for who in (one.left, np.ones(len(value)))]
        for one, value in zip(own, paid, strict=True)
    ]
    if not sums:
        return []
    gone, all_ = np.array(sums).transpose(1, 0, 2)
    found = ratio(gone.sum(axis=1), all_.sum(axis=1))
    batches = [ratio(gone @ weights, all_ @ weights) for weights in drawn(clusters, replicates)]
    spreads = np.concatenate(batches, axis=1)
    return [interval(float(value), spreads[index]) for index, value in enumerate(found)]


def by_revenue(held: Held, replicates: int = REPLICATES) -> Interval:
    """The area where every pair weighs as much as the revenue of both: of one euro that left and one that stayed.

    Accounts of unknown revenue do not count.
    """
    rows = held.only(held.value > 0)
    if min(rows.left.sum(), (~rows.left).sum()) < FEWEST:
        return NOTHING
    own = tally(rows.score, rows.left, rows.cluster, held.clusters, weight=rows.value)
    return interval(float(areas(*own.whole, own.begins)[0]), spread([own], held.clusters, replicates)[0])


def tenths(score: Numbers) -> tuple[Places, list[str]]:
    """The place of each score among ten parts of about the same size, and their names; equal scores stand together."""
    edges = np.unique(np.quantile(score, np.arange(1, 10) / 10)) if len(score) else np.zeros(0)
    place = np.searchsorted(edges, score).astype(np.int64)
    bounds = [score[place == index] for index in range(len(edges) + 1)]
    return place, [f"{own.min():.4g}–{own.max():.4g}" if len(own) else "" for own in bounds]
