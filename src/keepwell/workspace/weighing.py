"""What is weighed of a workspace's score, and the weights that come of who left: of each day, or of each fold."""

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
from keepwell.evidence.firmness import Calibrated, Memory, Turn, calibrate, learned
from keepwell.evidence.forward import folds
from keepwell.evidence.missing import Lesson
from keepwell.evidence.observed import Observed, matrix_of, observed
from keepwell.evidence.panel import CUT, Ahead
from keepwell.evidence.steps import Steps, steps
from keepwell.evidence.weights import Belief
from keepwell.model.adjacent import measures_of, without_adjacent
from keepwell.model.exact import plain
from keepwell.model.model import Model
from keepwell.model.weights import groups, rising, shares, with_bands, with_shares
from keepwell.scoring.cells import ABSENT, COUNTS
from keepwell.workspace.backtest import FOLDS
from keepwell.workspace.past import Past, Replayed, ends, joined, replayed
from keepwell.workspace.progress import tell
from keepwell.workspace.terms import Terms, belief_of
from keepwell.workspace.workspace import Workspace

EXACT = 10**9
NONE: frozenset[str] = frozenset()
NOTHING = pa.table(
    {"account": pa.array([], pa.string()), "day": pa.array([], pa.date32()), "score": pa.array([], pa.float64())}
)


@dataclass(frozen=True)
class Walked:
    """The past as it is scored, and again with what was learned for each turn.

    fits: by turn. after: account, day, score by these.
    """

    past: Past
    fits: dict[Turn, Fit]
    after: pa.Table


def prior(workspace: Workspace, name: str, adjacent: bool, also: frozenset[str]) -> dict[str, Fraction]:
    """Path → share of what is weighed. Raises UsageError where no two parts are."""
    model = workspace.loaded.model
    model = model if adjacent else without_adjacent(model, name, also)[0]
    found = shares(model.scores[name], name)
    if len(found) < 2:
        raise UsageError(f"the score ‘{name}’ has no two parts that weights place, so there is nothing to weigh.")
    return found


@dataclass(frozen=True)
class Weighing:
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
        return prior(self.workspace, self.name, self.adjacent, self.also)

    @cached_property
    def held(self) -> Belief:
        own = np.array([float(share) for share in self.prior.values()])
        return belief_of(list(self.prior), own, self.terms, groups(list(self.prior)))

    def walked(self, cuts: Sequence[date]) -> Walked:
        """Every day scored as it is, and again with the weights of what was known on it, where anything was.

        The second from the same values of metrics: weights change none.
        """
        found: list[Past] = []
        fits: dict[Turn, Fit] = {}
        after: list[pa.Table] = [NOTHING]
        for part in self._replayed(cuts):
            found.append(part.past)
            for day in part.days:
                past, turn = joined(found), np.datetime64(day, "D")
                known = learned(observed_by(self, past, day, cuts), self.ahead, turn)
                if len(known):
                    fits[turn] = self.fitted(past, known)
                    after.append(part.rescored(self.model(fits[turn]), day).select(NOTHING.column_names))
                tell(cuts.index(day) + 1, len(cuts), "days weighed")
        return Walked(joined(found), fits, pa.concat_tables(after))

    def crossed(self, day: date, became: pa.Table) -> tuple[Walked, Observed]:
        """One day scored as it is, and each fold of its accounts again with the weights of the others.

        became: see `past.with_outcome`. The second of what is returned: all that was seen.
        """
        found: list[Past] = []
        fits: dict[Turn, Fit] = {}
        after: list[pa.Table] = [NOTHING]
        for part in self._replayed([day]):
            found.append(part.past)
            seen = in_folds(_observed(self, part.past, became, [day]))
            for turn in np.unique(seen.turn):
                fits[turn] = self.fitted(part.past, learned(seen, self.ahead, turn))
                scores = part.rescored(self.model(fits[turn]), day).select(NOTHING.column_names)
                own = pa.array([seen.names[place] for place in seen.account[seen.turn == turn]], pa.string())
                after.append(scores.filter(pc.is_in(scores["account"], own)))
        return Walked(joined(found), fits, pa.concat_tables(after)), seen

    def _replayed(self, days: Sequence[date]) -> Iterator[Replayed]:
        return replayed(self.workspace, days, self.name, self.adjacent, list(self.metrics.values()), self.also)

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
            value = matrix_of(rows_of(seen), past.metrics, "metric", "number", [metric])[:, 0]
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

    def lessons(self, fits: dict[Turn, Fit]) -> dict[Turn, Lesson]:
        """What was learned from for each turn that is judged."""
        return {turn: Lesson(fit.known, self.held.wide(fit.calibrated.width)) for turn, fit in fits.items()}

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


def observed_by(search: Weighing, past: Past, known_by: date, cuts: Sequence[date]) -> Observed:
    """The cut days up to a day, with who left as known by its end."""
    became = ends(search.workspace, search.outcome, known_by)
    return _observed(search, past, became, [cut for cut in cuts if cut <= known_by])


def _observed(search: Weighing, past: Past, became: pa.Table, days: Sequence[date]) -> Observed:
    """Accounts of a variant have weights of their own, and are not among them."""
    points = pa.concat_tables(
        [
            past.measures.select(["account", "day", "measure", "points"]),
            past.groups.select(["account", "day", "group", "points"]).rename_columns({"group": "measure"}),
        ]
    )
    own = past.scores.filter(pc.is_null(past.scores["variant"]))
    return observed(own, points, became, days, search.ahead, list(search.prior), search.roots)


def in_folds(seen: Observed) -> Observed:
    """A cross-section, in folds."""
    fold = np.zeros(len(seen), np.int64)
    for index, lesson in enumerate(folds(seen.left, seen.cluster, FOLDS)):
        fold[lesson.wanted] = index
    return replace(seen, fold=fold)


def rows_of(seen: Observed) -> pa.Table:
    """account, cut of each row."""
    accounts = pa.array(seen.names, pa.string()).take(pa.array(seen.account))
    return pa.table({"account": accounts, CUT: pa.array(seen.day)})
