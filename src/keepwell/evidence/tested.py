"""Forecasts of the past against what happened: how well they rank, and whether their numbers are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from keepwell.evidence.calibration import Bin, brier, brier_of_rate, calibration, expected_error, expected_error_band
from keepwell.evidence.ranking import Ranking, Sample, auc, levels, rank
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import Verdict, verdict
from keepwell.evidence.walk import Tested


@dataclass(frozen=True)
class Cut:
    """A day on which a forecast would have been made: how many were expected to leave, and how many did.

    fitted: how many that had left it was fitted to. auc: None where nobody left or nobody stayed.
    """

    day: date
    fitted: int
    accounts: int
    expected: float
    left: int
    auc: float | None


@dataclass(frozen=True)
class Record:
    """All of them together.

    error: the expected calibration error; error_band: what it is of perfect probabilities, by chance, accounts that
    leave as one thrown as one. unseen: accounts of which it is not known whether they left.
    """

    cuts: list[Cut]
    ranking: Ranking
    verdict: Verdict
    brier: float
    brier_of_rate: float
    error: float
    error_band: Interval
    bins: list[Bin]
    unseen: int


def record(tested: Sequence[Tested]) -> Record:
    """The forecasts of cuts whose time is over, of which there is at least one."""
    chance, left, group = (
        np.concatenate([getattr(one, name) for one in tested]) for name in ("chance", "left", "group")
    )
    cut = np.repeat(np.arange(len(tested)), [len(one.chance) for one in tested])
    thrown = np.unique(np.column_stack([cut, group]), axis=0, return_inverse=True)[1]
    sample = Sample(-chance, left, np.unique(group, return_inverse=True)[1])
    ranking = rank(sample)
    return Record(
        cuts=[_cut(one) for one in tested],
        ranking=ranking,
        verdict=verdict(sample, ranking.auc),
        brier=brier(chance, left),
        brier_of_rate=brier_of_rate(left),
        error=expected_error(chance, left),
        error_band=expected_error_band(chance, cluster=thrown),
        bins=calibration(chance, left),
        unseen=sum(one.unseen for one in tested),
    )


def _cut(one: Tested) -> Cut:
    area = auc(*levels(Sample(-one.chance, one.left, np.arange(len(one.chance)))))
    return Cut(
        day=one.day.astype(date),
        fitted=one.leavers,
        accounts=len(one.chance),
        expected=float(one.chance.sum()),
        left=int(one.left.sum()),
        auc=None if np.isnan(area) else area,
    )
