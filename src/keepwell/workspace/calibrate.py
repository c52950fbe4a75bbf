"""Weights for a workspace's score out of who left: fitted on what was known, judged on days that came after.

cut days ──▶ points as known then ─┐
ends known by each day ────────────┴─▶ weights of that day ──▶ its scores ──▶ held against who left after it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa

from keepwell.errors import UsageError
from keepwell.evidence.firmness import Calibrated
from keepwell.evidence.grid import grid
from keepwell.evidence.missing import Worth, worth
from keepwell.evidence.observed import Observed, matrix_of
from keepwell.evidence.pairs import Pair, pair
from keepwell.evidence.panel import Ahead
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import Belief
from keepwell.model.graph import tables_of
from keepwell.model.model import Model
from keepwell.model.weights import STEP, metrics_at
from keepwell.scoring.score import score_name
from keepwell.workspace.backtest import leaked, leaking
from keepwell.workspace.groups import roots
from keepwell.workspace.past import assumed, cut_days, ends, otherwise, outcome_name, with_outcome
from keepwell.workspace.terms import Terms
from keepwell.workspace.weighing import NONE, Walked, Weighing, bands_of, observed_by, prior, rows_of
from keepwell.workspace.workspace import Workspace

HELPS, KEEP, TOO_LITTLE = "helps", "keep yours", "too little data"


@dataclass(frozen=True)
class Weight:
    """A part's share of what is weighed: before, as the experts have it, after (as written), and its interval.

    low, high: where it lies at `weights.SURE`.
    """

    part: str
    before: float
    expert: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class Fold:
    """A day that was scored with the weights of what was known on it, or a fold of one with those of the other folds.

    accounts: how many, and left: who of them left. learned: from how many that had left by then, or in the others.
    width: how far from the expert's the weights were allowed to lie.
    """

    day: date
    accounts: int
    left: int
    learned: int
    width: float


@dataclass(frozen=True)
class Missing:
    """A part that some accounts lack: the tables that it is read from, and what it is worth to those who have it.

    lack: accounts on the newest day to which it applies, without data. without, with_: areas under the ROC curve; gain:
    the difference. All of those who have it, on days that were not fitted on; None where too few of them left.
    expected: gain × lack, 0 where the gain cannot be shown.
    """

    part: str
    tables: tuple[str, ...]
    lack: int
    without: float | None
    with_: float | None
    gain: Interval
    expected: float


@dataclass(frozen=True)
class Calibration:
    """What came of it.

    model: the model with the new weights. said: helps, keep yours or too little data, by `change`: the areas under the
    ROC curve of the old and the new weights on the days of `folds`, none of which was fitted on. width: how far from
    the expert's the weights were allowed to lie, in the end, and days: how many said so (0: it is the usual). left: how
    many left in all. scales: path → condition and points (of 100) of each step that was fitted. left_out, assumed,
    otherwise: see `backtest.Backtested`. cross_section: one day, in folds, and nothing that is said speaks of what
    comes after it.
    """

    model: Model
    score: str
    outcome: str
    last: date
    weights: tuple[Weight, ...]
    width: float
    days: int
    left: int
    folds: tuple[Fold, ...]
    change: Pair
    said: str
    missing: tuple[Missing, ...]
    scales: dict[str, tuple[tuple[str, Decimal], ...]]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]
    otherwise: dict[str, int]
    cross_section: bool = False


def calibrated(
    workspace: Workspace, ahead: Ahead, last: date, score: str | None, outcome: str | None, adjacent: bool, terms: Terms
) -> Calibration:
    """Weigh the parts anew by what became of the accounts by the last day.

    adjacent: outcome-adjacent measures are weighed as well; else they keep their weights. Raises UsageError for a score
    without weights or terms that cannot be met, ModelError where the model has no such outcome.
    """
    model = workspace.loaded.model
    name, named = score_name(model, score), outcome_name(workspace, outcome)
    became, cuts = ends(workspace, named, last), cut_days(workspace, ahead, last)
    search = Weighing(workspace, name, named, ahead, adjacent, roots(workspace, last), terms)
    walked = search.walked(cuts)
    rows = grid(walked.past.scores, became, cuts, ahead, search.roots)
    if not adjacent and (near := leaking(walked.past, rows, model, name, named)):
        search = replace(search, also=leaked(near, model, name))
        walked = search.walked(cuts)
    whole = observed_by(search, walked.past, last, cuts)
    return _calibration(search, walked, whole, last, otherwise(became, cuts[0]))


def crossed(
    workspace: Workspace, day: date, score: str | None, outcome: str | None, adjacent: bool, terms: Terms
) -> Calibration:
    """Weigh the parts anew by who is known to have left by the end of a day, no matter when: for data without dates.

    Each fold of the accounts is judged by the weights of the others. Otherwise as `calibrated`.
    """
    name, named = score_name(workspace.loaded.model, score), outcome_name(workspace, outcome)
    search = Weighing(workspace, name, named, Ahead(1), adjacent, roots(workspace, day), terms)
    became = with_outcome(workspace, named, day)
    walked, whole = search.crossed(day, became)
    found = _calibration(search, walked, whole, day, otherwise(became, day))
    return replace(found, cross_section=True, assumed=())


def _calibration(search: Weighing, walked: Walked, whole: Observed, last: date, ended: dict[str, int]) -> Calibration:
    """whole: everything that was seen, with who left as known in the end. ended: see `past.otherwise`."""
    if not len(whole):
        said = "no account is scored by the score's own tree, and the weights of variants are not weighed"
        raise UsageError(f"{said}; nothing came of {search.outcome}.")
    folds, change = _judged(whole, walked)
    found = search.fitted(walked.past, whole)
    fit, wanted = found.calibrated, search.model(found, STEP)
    worths = worth(whole, search.lessons(walked.fits), search.lacking(walked.past))
    return Calibration(
        wanted,
        search.name,
        search.outcome,
        last,
        tuple(_weights(search.prior, search.held, fit, search.shares(wanted))),
        fit.width,
        fit.turns,
        fit.weighed.left,
        folds,
        change,
        _verdict(folds, change),
        tuple(_missing(search.workspace.loaded.model, search.name, list(search.prior), worths)),
        {path: tuple(bands_of(own)) for path, own in found.steps.items()},
        walked.past.left_out,
        assumed(search.workspace),
        ended,
    )


def weighed_parts(workspace: Workspace, score: str | None, adjacent: bool) -> list[str]:
    """The paths of the parts that `calibrated` weighs. Raises UsageError where these are not two."""
    return list(prior(workspace, score_name(workspace.loaded.model, score), adjacent, NONE))


def _verdict(folds: Sequence[Fold], change: Pair) -> str:
    learned = max((fold.learned for fold in folds), default=0)
    if min(sum(fold.left for fold in folds), learned) < FEWEST or change.gain.low is None:
        return TOO_LITTLE
    return HELPS if change.gain.low > 0 else KEEP


def _judged(seen: Observed, walked: Walked) -> tuple[tuple[Fold, ...], Pair]:
    """The turns with weights that were learned from others, and both scores of all of these held against who left."""
    named = walked.after.append_column("name", pa.array(["score"] * walked.after.num_rows, pa.string()))
    new = matrix_of(rows_of(seen), named, "name", "score", ["score"])[:, 0]
    folds = []
    for turn, fit in walked.fits.items():
        own = seen.only(seen.turn == turn)
        day = date.fromisoformat(str(turn if isinstance(turn, np.datetime64) else own.day[0]))
        learned, width = fit.calibrated.weighed.left, fit.calibrated.width
        folds.append(Fold(day, len(own), int(own.left.sum()), learned, width))
    both = ~np.isnan(new)
    return tuple(folds), pair(seen.score[both], new[both], seen.left[both], seen.cluster[both], seen.stratum[both])


def _missing(model: Model, name: str, paths: Sequence[str], found: Sequence[Worth]) -> Iterator[Missing]:
    for one in found:
        path, change = paths[one.place], one.change
        tables = tuple(tables_of(model, metrics_at(model.scores[name], path)))
        areas = change.first.value, change.second.value
        yield Missing(path, tables, one.lack, *areas, change.gain, one.expected)


def _weights(prior: dict[str, Fraction], held: Belief, fit: Calibrated, after: dict[str, Fraction]) -> Iterator[Weight]:
    """Each part before and after, as shares of what is weighed."""
    for index, (path, before) in enumerate(prior.items()):
        low, high, expert = (float(own[index]) for own in (fit.weighed.low, fit.weighed.high, held.expert))
        yield Weight(path, float(before), expert, float(after[path]), low, high)
