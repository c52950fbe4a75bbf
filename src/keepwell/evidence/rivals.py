"""What a score has to be better than: plain signs, another score, and the ceiling, on the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keepwell.evidence.ranking import Sample, auc, levels
from keepwell.evidence.rates import Interval
from keepwell.evidence.resampled import REPLICATES, Numbers, Places, Rows, areas, interval, spread, tally
from keepwell.evidence.verdict import FEWEST

SCORE = "score"


@dataclass(frozen=True)
class Rival:
    """Something beside the score, and how well both rank the rows that it speaks of.

    kind: score, challenger, baseline or file. scores: how many rows it speaks of, `left` of them left. auc: over
    pairs of the same day. own: the score's on these rows. ahead: by how much the score's is higher, with the interval
    of the difference: both are of the same replicates. over: its area in each stratum by number, None where there is
    no pair.
    """

    name: str
    kind: str
    scores: int
    left: int
    auc: Interval
    own: Interval
    ahead: Interval
    over: list[float | None] = field(default_factory=list)


def rivals(
    score: Numbers,
    others: Mapping[tuple[str, str], Numbers],
    left: Rows,
    cluster: Places,
    stratum: Places,
    replicates: int = REPLICATES,
) -> list[Rival]:
    """The score, then each of the others (by kind and name) in their order. Their numbers: low is bad; NaN: nothing.

    stratum: pairs are of one stratum, such as a day. Where fewer than `FEWEST` left or stayed, no figure is given.
    """
    clusters = int(cluster.max()) + 1 if len(cluster) else 0
    tallies, counts = [], []
    for values in (score, *others.values()):
        rows = ~np.isnan(values)
        own = left[rows], cluster[rows], clusters, stratum[rows]
        counts.append((int(rows.sum()), int(left[rows].sum())))
        tallies += [tally(score[rows], *own), tally(values[rows], *own)]
    spreads = spread(tallies, clusters, replicates)
    values = np.array([float(areas(*one.whole, one.begins)[0]) for one in tallies])
    names = [(SCORE, SCORE), *others]
    over = [_over(one, left, stratum) for one in (score, *others.values())]
    return list(_told(names, counts, values, spreads, over))


def _over(values: Numbers, left: Rows, stratum: Places) -> list[float | None]:
    """The area in each stratum."""
    found: list[float | None] = []
    for one in range(int(stratum.max()) + 1 if len(stratum) else 0):
        rows = (stratum == one) & ~np.isnan(values)
        area = auc(*levels(Sample(values[rows], left[rows], np.arange(int(rows.sum())))))
        found.append(None if np.isnan(area) else area)
    return found


def _told(
    names: list[tuple[str, str]], counts: list[tuple[int, int]], values: Numbers, spreads: Numbers, over: list[Any]
) -> Iterator[Rival]:
    nothing = Interval(None, None, None)
    for index, ((kind, name), (rows, left)) in enumerate(zip(names, counts, strict=True)):
        own, other = 2 * index, 2 * index + 1
        if min(left, rows - left) < FEWEST:
            yield Rival(name, kind, rows, left, nothing, nothing, nothing)
            continue
        yield Rival(
            name,
            kind,
            rows,
            left,
            interval(values[other], spreads[other]),
            interval(values[own], spreads[own]),
            interval(values[own] - values[other], spreads[own] - spreads[other]),
            over[index],
        )
