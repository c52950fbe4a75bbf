"""Walking forward: whatever is learned for a day is learned from what was known by its end, of days that were over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Sample, auc, levels
from keepwell.evidence.resampled import Numbers, Places, Rows
from keepwell.evidence.verdict import FEWEST

Fit = Callable[[NDArray[np.intp], Rows, NDArray[np.intp]], Numbers | None]
"""From places to learn from, who of them left, and the places to be told of: a number for each; None: nothing."""


@dataclass(frozen=True)
class Lesson:
    """What is told of some places of a grid, and what may be learned for it.

    wanted: the places. known: those to learn from. left: who of these was known to have left.
    """

    wanted: NDArray[np.intp]
    known: NDArray[np.intp]
    left: Rows


def walk(size: int, lessons: Sequence[Lesson], fit: Fit) -> Numbers:
    """By place of the grid, what was told of it; NaN where too little was known for that."""
    found = np.full(size, np.nan)
    for lesson in lessons:
        told = fit(lesson.known, lesson.left, lesson.wanted)
        if told is not None:
            found[lesson.wanted] = told
    return found


def directed(values: Numbers) -> Fit:
    """The values themselves, turned so that low is bad: as they were among those who had left and stayed until then."""

    def fit(known: NDArray[np.intp], left: Rows, wanted: NDArray[np.intp]) -> Numbers | None:
        there = ~np.isnan(values[known])
        own, who = values[known][there], left[there]
        if min(who.sum(), (~who).sum()) < FEWEST:
            return None
        area = auc(*levels(Sample(own, who, np.arange(len(own)))))
        return values[wanted] if area >= 0.5 else -values[wanted]

    return fit


def folds(left: Rows, cluster: Places, count: int, seed: int = 1) -> Iterator[Lesson]:
    """Every row is told once, from the rows of the other folds. Clusters stay together; each fold has its leavers."""
    clusters = int(cluster.max()) + 1 if len(cluster) else 0
    leaves = np.bincount(cluster, left, clusters) > 0
    mixed = np.random.default_rng(seed).permutation(clusters)
    fold = np.empty(clusters, np.int64)
    order = mixed[np.argsort(leaves[mixed], kind="stable")]
    fold[order] = np.arange(clusters) % count
    places = np.arange(len(left))
    for index in range(count):
        inside = fold[cluster] == index
        yield Lesson(places[inside], places[~inside], left[~inside])
