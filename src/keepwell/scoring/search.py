"""The fewest measures to raise: sets of measures in the order of what they could give, each scored by the formula.

Two facts leave sets out without scoring them. A measure below nothing but means adds the same to the raw score whatever
else rises; so of those alone the largest matter. What stands together below a min, max, sum or rounding (a *block*)
gains no more than with all of its measures raised. From both follows for each set the most that it can give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any, Literal

from keepwell.model.tree import Group, Node
from keepwell.scoring.keep import Keep
from keepwell.scoring.plan import Place, Plan
from keepwell.scoring.score import Scores
from keepwell.scoring.state import State, scored

MOST = 5
"""A path has at most so many measures: beyond, it is no advice."""
BATCH = 200
"""Sets scored in one query."""
SETS = 200_000
"""So many sets of one size are looked at, else the search is given up and says so."""
SLACK = 1e-7
"""Estimates are sums of differences of numbers with nine decimals."""

Nodes = tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """found: `nodes` raised give `row` (see `final.finish`). none, undecided: `row` is that of all raised together."""

    kind: Literal["found", "none", "undecided"]
    nodes: Nodes
    row: dict[str, Any]


def search(scores: Scores, base: State, targets: Mapping[int, float], better: frozenset[str], keep: Keep) -> Found:
    """The path from `base`: which of `targets` (node → points) to raise for one of the tiers `better`."""
    trial = _Trial(scores, base, targets, keep)
    every = tuple(sorted(targets))
    together = trial.rows([every])[0]
    if together["tier"] not in better:
        return Found("none", (), together)
    bound = _bound(scores.plan, trial, every, better)
    for size in range(max(1, len(bound.needed)), min(MOST, len(every)) + 1):
        if comb(len(bound.pool), size - len(bound.needed)) > SETS:
            return Found("undecided", (), together)
        if found := _best(trial, bound, size, better):
            return Found("found", *found)
    return Found("none", (), together)


@dataclass
class _Trial:
    """Scores sets of measures raised to their targets."""

    scores: Scores
    base: State
    targets: Mapping[int, float]
    keep: Keep

    def rows(self, sets: Sequence[Nodes]) -> list[dict[str, Any]]:
        return scored(self.scores, [self._raised(nodes) for nodes in sets], self.keep) if sets else []

    def _raised(self, nodes: Nodes) -> State:
        cells = dict(self.base.cells)
        for node in nodes:
            state, _, scale = cells[node]
            cells[node] = (state, self.targets[node], scale)
        return replace(self.base, cells=cells)


@dataclass
class _Bound:
    """What a set can give at most. `needed`: in every path; `pool`: what else a path may be made of.

    `under`: the raw score of a state that is known not to reach the line.
    """

    raw: float
    gains: dict[int, float]
    block_of: dict[int, int]
    block_gains: dict[int, float]
    additive: set[int]
    needed: Nodes
    pool: Nodes
    under: float

    def most(self, nodes: Nodes) -> float:
        """The largest raw score that this set can give."""
        alone = sum(self.gains[node] for node in nodes if node not in self.block_of)
        blocks = {self.block_of[node] for node in nodes if node in self.block_of}
        return self.raw + alone + sum(self._of_block(block, nodes) for block in blocks)

    def _of_block(self, block: int, nodes: Nodes) -> float:
        whole = self.block_gains[block]
        if block not in self.additive:
            return whole
        return min(whole, sum(self.gains[node] for node in nodes if self.block_of.get(node) == block))


def _bound(plan: Plan, trial: _Trial, every: Nodes, better: frozenset[str]) -> _Bound:
    block_of = {node: block for node in every if (block := _block(plan, plan.places[node])) is not None}
    blocks = sorted(set(block_of.values()))
    wholes = [tuple(node for node in every if block_of.get(node) == block) for block in blocks]
    singles: list[Nodes] = [(node,) for node in every]
    others = [tuple(node for node in every if node != one) for one in every]
    rows = trial.rows([(), *singles, *wholes, *others])
    raw = rows[0]["raw"]
    gain = [row["raw"] - raw for row in rows[1:]]
    gains = dict(zip(every, gain, strict=False))
    short = [row["tier"] not in better for row in rows[-len(every) :]]
    needed = tuple(node for node, is_short in zip(every, short, strict=True) if is_short)
    free = sorted((node for node in every if node not in block_of), key=lambda node: (-round(gains[node], 7), node))
    pool = {*free[:MOST], *block_of} - set(needed)
    additive = {block for block in blocks if _subadditive(plan, block)}
    block_gains = dict(zip(blocks, gain[len(every) :], strict=False))
    return _Bound(raw, gains, block_of, block_gains, additive, needed, tuple(sorted(pool)), raw)


def _best(trial: _Trial, bound: _Bound, size: int, better: frozenset[str]) -> tuple[Nodes, dict[str, Any]] | None:
    """The set of this size that lifts with the largest raw score; among equals the first in the file."""
    best: tuple[Nodes, dict[str, Any]] | None = None
    for batch in _batches(bound, size):
        first = bound.most(batch[0])
        if first + SLACK <= bound.under or (best is not None and _beaten(best, first, bound)):
            break
        for nodes, row in zip(batch, trial.rows(batch), strict=True):
            if row["tier"] not in better:
                bound.under = max(bound.under, row["raw"])
            elif best is None or (-row["raw"], nodes) < (-best[1]["raw"], best[0]):
                best = nodes, row
    return best


def _beaten(best: tuple[Nodes, dict[str, Any]], most: float, bound: _Bound) -> bool:
    """Whether no later set can be better: they can give no more, and those that could give as much come later."""
    nodes, row = best
    tight = row["raw"] + SLACK >= bound.most(nodes)
    return bool(most < row["raw"] - SLACK or (tight and most <= row["raw"] + SLACK))


def _batches(bound: _Bound, size: int) -> Iterator[list[Nodes]]:
    """The sets of this size, those that can give most first, then in the order of the file."""
    sets = [tuple(sorted((*bound.needed, *more))) for more in combinations(bound.pool, size - len(bound.needed))]
    sets.sort(key=lambda nodes: (-round(bound.most(nodes), 7), nodes))
    yield from (sets[start : start + BATCH] for start in range(0, len(sets), BATCH))


def _block(plan: Plan, place: Place) -> int | None:
    """The topmost group above it that is no plain mean; None where there is none: the measure counts by itself."""
    found = None
    for above in _above(plan, place):
        if not _combines(above.node, ("mean", "count")):
            found = above.number
    return found


def _above(plan: Plan, place: Place) -> Iterator[Place]:
    while place.parent is not None:
        place = plan.places[place.parent]
        yield place


def _subadditive(plan: Plan, block: int) -> bool:
    """Whether its measures together gain no more than one by one: sums that end at 100, and means."""
    inside = [
        group for place, group in plan.groups if block in (place.number, *(a.number for a in _above(plan, place)))
    ]
    return all(_combines(group, ("mean", "count", "sum")) for group in inside)


def _combines(node: Node, ways: Sequence[str]) -> bool:
    """Whether a group combines in one of these ways, and does not round."""
    return isinstance(node, Group) and node.combine in ways and node.round is None
