"""Weights for a workspace's score out of who left: fitted on what was known, judged on days that came after.

cut days ──▶ points as known then ─┐
ends known by each day ────────────┴─▶ weights of that day ──▶ its scores ──▶ held against who left after it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import UsageError
from keepwell.evidence.firmness import Calibrated, Memory, calibrate, learned
from keepwell.evidence.grid import grid
from keepwell.evidence.missing import Lesson, Worth, worth
from keepwell.evidence.observed import Observed, beside, observed
from keepwell.evidence.pairs import Pair, pair
from keepwell.evidence.panel import CUT, Ahead
from keepwell.evidence.rates import Interval
from keepwell.evidence.steps import Steps, steps
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import Belief
from keepwell.model.adjacent import measures_of, without_adjacent
from keepwell.model.exact import plain
from keepwell.model.graph import tables_of
from keepwell.model.model import Model
from keepwell.model.weights import STEP, groups, metrics_at, rising, shares, with_bands, with_shares
from keepwell.scoring.cells import ABSENT, COUNTS
from keepwell.scoring.score import score_name
from keepwell.workspace.backtest import leaked, leaking
from keepwell.workspace.groups import roots
from keepwell.workspace.past import Past, assumed, cut_days, ends, joined, otherwise, outcome_name, replayed
from keepwell.workspace.terms import Terms, belief_of
from keepwell.workspace.workspace import Workspace

HELPS, KEEP, TOO_LITTLE = "helps", "keep yours", "too little data"
EXACT = 10**9


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
    otherwise: see `backtest.Backtested`.
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
    search = _Search(workspace, name, named, ahead, adjacent, roots(workspace, last), terms)
    past, fits, after = search.walked(cuts)
    rows = grid(past.scores, became, cuts, ahead, search.roots)
    if not adjacent and (near := leaking(past, rows, model, name, named)):
        search = replace(search, also=leaked(near, model, name))
        past, fits, after = search.walked(cuts)
    whole = observed_by(search, past, last, cuts)
    if not len(whole):
        said = "no account is scored by the score's own tree, and the weights of variants are not weighed"
        raise UsageError(f"{said}; nothing came of {named}.")
    folds, change = _judged(whole, fits, after)
    found = search.fitted(past, whole)
    fit, wanted = found.calibrated, search.model(found, STEP)
    return Calibration(
        wanted,
        name,
        named,
        last,
        tuple(_weights(search.prior, search.held, fit, search.shares(wanted))),
        fit.width,
        fit.days,
        fit.weighed.left,
        folds,
        change,
        _verdict(folds, change),
        tuple(_missing(model, name, list(search.prior), worth(whole, search.lessons(fits), search.lacking(past)))),
        {path: tuple(bands_of(own)) for path, own in found.steps.items()},
        past.left_out,
        assumed(workspace),
        otherwise(became, cuts[0]),
    )


def weighed_parts(workspace: Workspace, score: str | None, adjacent: bool) -> list[str]:
    """The paths of the parts that `calibrated` weighs. Raises UsageError where these are not two."""
    return list(_prior(workspace, score_name(workspace.loaded.model, score), adjacent, NONE))


NONE: frozenset[str] = frozenset()


def _prior(workspace: Workspace, name: str, adjacent: bool, also: frozenset[str]) -> dict[str, Fraction]:
    model = workspace.loaded.model
    model = model if adjacent else without_adjacent(model, name, also)[0]
    found = shares(model.scores[name], name)
    if len(found) < 2:
        raise UsageError(f"the score ‘{name}’ has no two parts that weights place, so there is nothing to weigh.")
    return found


def _verdict(folds: Sequence[Fold], change: Pair) -> str:
    learned = max((fold.learned for fold in folds), default=0)
    if min(sum(fold.left for fold in folds), learned) < FEWEST or change.gain.low is None:
        return TOO_LITTLE
    return HELPS if change.gain.low > 0 else KEEP


@dataclass(frozen=True)
class _Search:
    """What is weighed. roots: see `groups.roots`. also: metrics that count as outcome-adjacent."""

    workspace: Workspace
    name: str
    outcome: str
    ahead: Ahead
    adjacent: bool
    roots: dict[str, str]
    terms: Terms
    also: frozenset[str] = NONE
    memory: Memory = field(default_factory=dict)

    @cached_property
    def prior(self) -> dict[str, Fraction]:
        """Path → share of what is weighed, in the order of the belief."""
        return _prior(self.workspace, self.name, self.adjacent, self.also)

    @cached_property
    def held(self) -> Belief:
        own = np.array([float(share) for share in self.prior.values()])
        return belief_of(list(self.prior), own, self.terms, groups(list(self.prior)))

    def walked(self, cuts: Sequence[date]) -> tuple[Past, dict[date, Fit], pa.Table]:
        """Every day scored as it is, and again with the weights of what was known on it, where anything was.

        The second from the same values of metrics: weights change none. Its scores: account, day, score.
        """
        found: list[Past] = []
        fits: dict[date, Fit] = {}
        after: list[pa.Table] = [NOTHING]
        for part in replayed(self.workspace, cuts, self.name, self.adjacent, list(self.metrics.values()), self.also):
            found.append(part.past)
            for day in part.days:
                past = joined(found)
                known = learned(observed_by(self, past, day, cuts), self.ahead, np.datetime64(day))
                if len(known):
                    fits[day] = self.fitted(past, known)
                    after.append(part.rescored(self.model(fits[day]), day).select(NOTHING.column_names))
        return joined(found), fits, pa.concat_tables(after)

    @cached_property
    def ways(self) -> dict[str, bool]:
        """Path → whether more is healthier, of each measure whose scale is fitted."""
        known = rising(self.workspace.loaded.model, self.name) if self.terms.scales else {}
        return {path: known[path] for path in self.prior if path in known}

    @cached_property
    def metrics(self) -> dict[str, str]:
        """Path → the metric of each measure whose scale is fitted."""
        named = measures_of(self.workspace.loaded.model, self.name)
        return {path: named[path] for path in self.ways}

    def fitted(self, past: Past, seen: Observed) -> Fit:
        """Scales first, if they are asked for, then weights of the points that these give."""
        found, points, paths = {}, seen.points.copy(), list(self.prior)
        for path, metric in self.metrics.items():
            value = beside(_asked(seen), past.metrics, "metric", "number", [metric])[:, 0]
            own = steps(value, seen.left, self.ways[path])
            if own is not None:
                found[path], place = own, paths.index(path)
                # Where a measure has points without a value, or none with one, the model says so, and still will.
                given = ~np.isnan(points[:, place]) & ~np.isnan(value)
                points[given, place] = own.of(value[given])
        fit = calibrate(replace(seen, points=points), self.held, self.ahead, self.memory)
        return Fit(fit, found, seen)

    def model(self, fit: Fit, step: Decimal | None = None) -> Model:
        """The model with what was fitted; step: see `with_shares`."""
        scaled = {path: list(bands_of(own)) for path, own in fit.steps.items()}
        model = with_bands(self.workspace.loaded.model, self.name, scaled)
        return with_shares(model, self.name, self.wanted(fit.calibrated), step)

    def wanted(self, fit: Calibrated) -> dict[str, Fraction]:
        """Path → share of what is weighed."""
        weights = fit.weighed.weights
        if np.array_equal(weights, [float(share) for share in self.prior.values()]):
            return self.prior
        return {path: Fraction(round(weight * EXACT), EXACT) for path, weight in zip(self.prior, weights, strict=True)}

    def shares(self, model: Model) -> dict[str, Fraction]:
        """Path → share of what is weighed, of a model."""
        model = model if self.adjacent else without_adjacent(model, self.name, self.also)[0]
        return shares(model.scores[self.name], self.name)

    def lessons(self, fits: dict[date, Fit]) -> dict[np.datetime64, Lesson]:
        """What was known by each day that is judged."""
        held = {day: self.held.wide(fit.calibrated.width) for day, fit in fits.items()}
        return {np.datetime64(day, "D"): Lesson(fit.known, held[day]) for day, fit in fits.items()}

    def lacking(self, past: Past) -> list[int]:
        """How many accounts lack each part on the newest day, of those to which it applies and that are old enough."""
        newest = past.measures.filter(pc.equal(past.measures["day"], pc.max(past.measures["day"])))
        lost = newest.filter(pc.invert(pc.is_in(newest["state"], pa.array([*ABSENT, *COUNTS]))))
        counts = dict(zip(*(column.to_pylist() for column in pc.value_counts(lost["measure"]).flatten()), strict=True))
        return [counts.get(path, 0) for path in self.prior]


@dataclass(frozen=True)
class Fit:
    """What was fitted, weights and scales by path, and the observations that it was fitted on, as they were scored."""

    calibrated: Calibrated
    steps: dict[str, Steps]
    known: Observed


def bands_of(found: Steps) -> Iterator[tuple[str, Decimal]]:
    """The steps as a model states them."""
    edges = [*(f"< {plain(Decimal(repr(float(bound))))}" for bound in found.bounds), "else"]
    yield from ((edge, Decimal(int(points))) for edge, points in zip(edges, found.points, strict=True))


NOTHING = pa.table(
    {"account": pa.array([], pa.string()), "day": pa.array([], pa.date32()), "score": pa.array([], pa.float64())}
)


def observed_by(search: _Search, past: Past, known_by: date, cuts: Sequence[date]) -> Observed:
    """The cut days up to a day, with who left as known by its end. Accounts of a variant have weights of their own."""
    points = pa.concat_tables(
        [
            past.measures.select(["account", "day", "measure", "points"]),
            past.groups.select(["account", "day", "group", "points"]).rename_columns({"group": "measure"}),
        ]
    )
    became = ends(search.workspace, search.outcome, known_by)
    own = past.scores.filter(pc.is_null(past.scores["variant"]))
    days = [cut for cut in cuts if cut <= known_by]
    return observed(own, points, became, days, search.ahead, list(search.prior), search.roots)


def _asked(seen: Observed) -> pa.Table:
    """account, cut of each row."""
    accounts = pa.array(seen.names, pa.string()).take(pa.array(seen.account))
    return pa.table({"account": accounts, CUT: pa.array(seen.day)})


def _judged(seen: Observed, fits: dict[date, Fit], after: pa.Table) -> tuple[tuple[Fold, ...], Pair]:
    """The days with weights from before them, and both scores of all of these held against who left."""
    named = after.append_column("name", pa.array(["score"] * after.num_rows, pa.string()))
    new = beside(_asked(seen), named, "name", "score", ["score"])[:, 0]
    folds = []
    for day, fit in fits.items():
        own = seen.day == np.datetime64(day)
        folds.append(
            Fold(day, int(own.sum()), int(seen.left[own].sum()), fit.calibrated.weighed.left, fit.calibrated.width)
        )
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
