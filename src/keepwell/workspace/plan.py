"""Whom a team should call, given what a call costs, what it changes, and how many calls there is room for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keepwell.errors import UsageError
from keepwell.evidence.economics import Plan, by_rule, gains, plan
from keepwell.evidence.outlook import HORIZONS
from keepwell.evidence.ranking import Numbers
from keepwell.scoring.score import Scores
from keepwell.workspace.forecast import Forecast, Outlook
from keepwell.workspace.workspace import Workspace


@dataclass(frozen=True)
class Terms:
    """What a call is.

    capacity: how much effort there is room for. effect: what share of leavings it prevents, 0–1. cost: of a call, or
    the metric that says it. effort: the metric that says how much of the capacity an account takes; None: 1 each.
    horizon: of the chance that a call changes, one of `HORIZONS`.
    """

    capacity: int
    effect: float
    cost: float | str
    effort: str | None
    horizon: int

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that have to be known."""
        return tuple(name for name in (self.cost, self.effort) if isinstance(name, str))


@dataclass(frozen=True)
class Decided:
    """The plan, and for every account what a call is worth (NaN: cannot be judged)."""

    plan: Plan
    gain: Numbers


def decide(workspace: Workspace, found: Forecast, ahead: Outlook, terms: Terms, score: str | None) -> Decided:
    """The optimum and the transparent rule. Raises UsageError where the optimum cannot be found exactly."""
    cost = found.metrics[terms.cost] if isinstance(terms.cost, str) else np.full(len(found.accounts), terms.cost)
    size = found.metrics[terms.effort] if terms.effort else np.ones(len(found.accounts))
    # Of whom the effort is unknown nobody can say that a call fits.
    effort = np.where(np.isnan(size), terms.capacity + 1, np.maximum(np.ceil(size), 1)).astype(np.int64)
    chance = ahead.chances.chance[:, HORIZONS.index(terms.horizon)]
    gain = gains(chance, found.value, terms.effect, cost)
    rule = by_rule(found.score, found.value, _way_back(workspace, found, score), effort, terms.capacity)
    try:
        return Decided(plan(gain, effort, terms.capacity, rule), gain)
    except ValueError as problem:
        raise UsageError(f"{problem}; measure the capacity and the effort in larger units.") from None


def _way_back(workspace: Workspace, found: Forecast, name: str | None) -> Callable[[int], bool]:
    """Whether the account at a place has a path to good. Scored when it is first asked."""
    scored: list[Scores] = []

    def asked(place: int) -> bool:
        if not scored:
            scored.append(workspace.score(found.day, None, name))
        way = workspace.path(scored[0], found.accounts[place])
        return way is not None and way.kind == "path"

    return asked
