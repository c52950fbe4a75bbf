"""Weights for a workspace's score out of who left: fitted on what was known, judged on days that came after.

cut days ──▶ points as known then ─┐
ends known by each day ────────────┴─▶ weights of that day ──▶ its scores ──▶ held against who left after it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import UsageError
from keepwell.evidence.observed import Observed, beside, observed
from keepwell.evidence.pairs import Pair, pair
from keepwell.evidence.panel import CUT, Ahead
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.walk import Calibrated, calibrate, learned
from keepwell.evidence.weights import Belief
from keepwell.model.adjacent import without_adjacent
from keepwell.model.model import Model
from keepwell.model.weights import STEP, shares, with_shares
from keepwell.scoring.score import score_name
from keepwell.workspace.past import Past, assumed, by_its_model, ends, joined, outcome_name
from keepwell.workspace.workspace import Workspace

HELPS, KEEP, TOO_LITTLE = "helps", "keep yours", "too little data"
EXACT = 10**9


@dataclass(frozen=True)
class Terms:
    """What the weights may be, as shares of the score.

    least, most: of each. dimensions: whether the sum of each part at the top stays. experts: path → the weights that
    several people gave it, in one order; empty: the model's own weights are the expert's.
    """

    least: float = 0.0
    most: float = 1.0
    dimensions: bool = False
    experts: dict[str, tuple[float, ...]] | None = None


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
    """A day that was scored with the weights of what was known on it.

    accounts: how many, and left: who of them left. learned: from how many that had left by then. width: how far
    from the expert's the weights were allowed to lie.
    """

    day: date
    accounts: int
    left: int
    learned: int
    width: float


@dataclass(frozen=True)
class Calibration:
    """What came of it.

    model: the model with the new weights. said: helps, keep yours or too little data, by `change`: the areas under the
    ROC curve of the old and the new weights on the days of `folds`, none of which was fitted on. width: how far from
    the expert's the weights were allowed to lie, in the end. left: how many left in all. left_out, assumed: see
    `backtest.Backtested`.
    """

    model: Model
    score: str
    outcome: str
    last: date
    weights: tuple[Weight, ...]
    width: float
    left: int
    folds: tuple[Fold, ...]
    change: Pair
    said: str
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]


def calibrated(
    workspace: Workspace, ahead: Ahead, last: date, score: str | None, outcome: str | None, adjacent: bool, terms: Terms
) -> Calibration:
    """Weigh the parts anew by what became of the accounts by the last day.

    adjacent: outcome-adjacent measures are weighed as well; else they keep their weights. Raises UsageError for a score
    without weights or terms that cannot be met, ModelError where the model has no such outcome.
    """
    name, named = score_name(workspace.loaded.model, score), outcome_name(workspace, outcome)
    oldest = workspace.facts.oldest() or last
    cuts = ahead.cuts(oldest + timedelta(days=ahead.horizon), last)
    found = joined(by_its_model(workspace, cuts, name, adjacent))
    if found is None:
        said = f"the facts begin on {oldest}, and a score of a horizon later looks {ahead.horizon} days ahead"
        raise UsageError(f"{said}, beyond {last}; ask for a shorter --horizon.")
    search = _Search(workspace, name, named, ahead, adjacent, cuts, found, terms)
    whole = search.seen(last, cuts)
    fit = calibrate(whole, search.held, ahead)
    model = search.weighted(fit, STEP)
    folds, change = search.judged()
    return Calibration(
        model,
        name,
        named,
        last,
        tuple(search.weights(fit, model)),
        fit.width,
        fit.weighed.left,
        folds,
        change,
        _verdict(folds, change),
        found.left_out,
        assumed(workspace),
    )


def weighed_parts(workspace: Workspace, score: str | None, adjacent: bool) -> list[str]:
    """The paths of the parts that `calibrated` weighs. Raises UsageError where these are not two."""
    return list(_prior(workspace, score_name(workspace.loaded.model, score), adjacent))


def _prior(workspace: Workspace, name: str, adjacent: bool) -> dict[str, Fraction]:
    model = workspace.loaded.model
    left_out = () if adjacent else without_adjacent(model, name)[1]
    kept = {path: share for path, share in shares(model.scores[name], name).items() if path not in left_out}
    whole = sum(kept.values(), Fraction(0))
    if len(kept) < 2 or not whole:
        raise UsageError(f"the score ‘{name}’ has no two parts that weights place, so there is nothing to weigh.")
    return {path: share / whole for path, share in kept.items()}


def _verdict(folds: Sequence[Fold], change: Pair) -> str:
    if sum(fold.left for fold in folds) < FEWEST or change.gain.low is None:
        return TOO_LITTLE
    return HELPS if change.gain.low > 0 else KEEP


@dataclass(frozen=True)
class _Search:
    workspace: Workspace
    name: str
    outcome: str
    ahead: Ahead
    adjacent: bool
    cuts: Sequence[date]
    past: Past
    terms: Terms

    @cached_property
    def prior(self) -> dict[str, Fraction]:
        """Path → share, of the parts that are weighed; they sum to 1."""
        return _prior(self.workspace, self.name, self.adjacent)

    @cached_property
    def held(self) -> Belief:
        return belief_of(list(self.prior), np.array([float(share) for share in self.prior.values()]), self.terms)

    def seen(self, known_by: date, cuts: Sequence[date]) -> Observed:
        """The cut days, with who left as known by the end of a day."""
        points = pa.concat_tables(
            [
                self.past.measures.select(["account", "day", "measure", "points"]),
                self.past.groups.select(["account", "day", "group", "points"]).rename_columns({"group": "measure"}),
            ]
        )
        became = ends(self.workspace, self.outcome, known_by)
        own = self.past.scores.filter(pc.is_null(self.past.scores["variant"]))  # others have weights of their own
        return observed(own, points, became, cuts, self.ahead, list(self.prior))

    def judged(self) -> tuple[tuple[Fold, ...], Pair]:
        """Each day after the first with the weights of what was known on it, and all of them held against who left."""
        later = self.seen(self.cuts[-1] + timedelta(days=self.ahead.gap + self.ahead.horizon), self.cuts)
        folds, after = [], np.full(len(later), np.nan)
        for day in self.cuts[1:]:
            own = later.day == np.datetime64(day)
            past = learned(self.seen(day, [cut for cut in self.cuts if cut < day]), self.ahead, np.datetime64(day))
            if not own.any() or not len(past):
                continue
            fit = calibrate(past, self.held, self.ahead)
            after[own] = self.rescored(day, fit, later)[own]
            folds.append(Fold(day, int(own.sum()), int(later.left[own].sum()), fit.weighed.left, fit.width))
        both = ~np.isnan(after)
        return tuple(folds), pair(later.score[both], after[both], later.left[both], later.account[both])

    def rescored(self, day: date, fit: Calibrated, rows: Observed) -> Numbers:
        """The scores of a day with other weights, through the same formula; NaN for rows of other days."""
        judging = self.workspace.judging(self.weighted(fit, None))
        found = joined(by_its_model(judging, [day], self.name, self.adjacent))
        names = sorted(set(self.past.scores["account"].to_pylist()))
        asked = pa.table({"account": [names[place] for place in rows.account], CUT: pa.array(rows.day)})
        told = found.scores.append_column("name", pa.array(["score"] * found.scores.num_rows)) if found else None
        return beside(asked, told, "name", "score", ["score"])[:, 0] if told else np.full(len(rows), np.nan)

    def weighted(self, fit: Calibrated, step: object) -> Model:
        own = shares(self.workspace.loaded.model.scores[self.name], self.name)
        whole = sum((own[path] for path in self.prior), Fraction(0))
        wanted = {
            path: whole * Fraction(round(weight * EXACT), EXACT)
            for path, weight in zip(self.prior, fit.weighed.weights.tolist(), strict=True)
        }
        return with_shares(self.workspace.loaded.model, self.name, wanted, STEP if step else None)

    def weights(self, fit: Calibrated, model: Model) -> Iterator[Weight]:
        """Each part before and after, as shares of what is weighed."""
        after = shares(model.scores[self.name], self.name)
        whole = sum((after[path] for path in self.prior), Fraction(0))
        for index, (path, before) in enumerate(self.prior.items()):
            low, high = float(fit.weighed.low[index]), float(fit.weighed.high[index])
            expert = float(self.held.expert[index])
            yield Weight(path, float(before), expert, float(after[path] / whole), low, high)


def belief_of(paths: Sequence[str], expert: Numbers, terms: Terms) -> Belief:
    """The expert's weights with the terms that they have to meet; see `Terms`.

    Of several experts it is their mean, and where they disagree more, the weight may go farther: widths are in
    proportion to the standard deviation between them, at least a quarter of the mean one, and 1 on average.
    """
    width = np.ones(len(paths))
    if terms.experts is not None:
        each = np.array([terms.experts[path] for path in paths])
        each = each / each.sum(0)
        expert = each.mean(1)
        if each.shape[1] > 1 and (apart := each.std(1, ddof=1)).any():
            width = np.maximum(apart, apart.mean() / 4)
            width = width / width.mean()
    tops = [path.split("/")[1] for path in paths]
    kept = [np.flatnonzero(np.array(tops) == top) for top in dict.fromkeys(tops)] if terms.dimensions else []
    low, high = np.full(len(paths), terms.least), np.full(len(paths), terms.most)
    found = Belief(expert, width, low, high, tuple(kept[:-1]))
    try:
        _ = found.nearest
    except ValueError as problem:
        place, total = problem.args
        count = len(kept[place]) if kept else len(paths)
        said = f"{count} weights between {terms.least:.0%} and {terms.most:.0%} cannot sum to {total:.0%}"
        raise UsageError(f"{said}{f', the share of {tops[kept[place][0]]}' if kept else ''}.") from None
    return found
