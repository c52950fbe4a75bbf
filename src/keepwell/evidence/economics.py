"""Whom to call: what a call is worth, the best that a team can do, and a rule that everybody can follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers

FOCUS = (30.0, 50.0)
"""The save zone: scores from the first to the second."""
HIGH_VALUE = 0.75
"""Below the save zone an account is still worth a call if it pays more than so large a share of all, or has a path."""
LARGEST = 50_000_000
"""Cells of a knapsack, accounts × capacity, that are still filled."""

Choice = NDArray[np.int64]
"""Places of accounts, the first to call first."""


@dataclass(frozen=True)
class Plan:
    """Whom the optimum calls, whom the rule does, and what each is worth in the value's own currency.

    both: how many accounts are in both. effort: how much of the capacity each takes.
    """

    optimum: Choice
    rule: Choice
    worth: float
    rule_worth: float
    both: int
    effort: int
    rule_effort: int


def gains(chance: Numbers, value: Numbers, effect: float, cost: Numbers) -> Numbers:
    """What calling an account is worth: probability × value × the share of leavings that it prevents − cost.

    chance: 0–1, of leaving; value: per year; effect: 0–1, what of the probability goes away; cost: of the call. NaN in
    any of them gives NaN, an account that nobody can judge.
    """
    return np.asarray(chance * value * effect - cost)


def knapsack(gain: Numbers, effort: NDArray[np.int64], capacity: int) -> Choice:
    """The accounts with the largest sum of gains whose efforts do not exceed the capacity, by their places; exact.

    Dynamic programming over whole units of capacity (Martello and Toth 1990, «Knapsack Problems», section 2.6). gain:
    what is not above 0, or NaN, is never taken. effort: whole and at least 1. Of equals the earlier place is taken.
    Raises ValueError where the table would be too large.
    """
    able = np.flatnonzero((gain > 0) & (effort <= capacity))
    able = able[np.lexsort((able, -gain[able]))]
    able = able[_rank_within(effort[able]) < capacity // effort[able]]  # more of one effort never fit
    if len(able) and (effort[able] == effort[able[0]]).all():
        return able
    if len(able) * (capacity + 1) > LARGEST:
        raise ValueError(f"{len(able):,} accounts with a capacity of {capacity:,} are too many to try")
    best, taken = np.zeros(capacity + 1), np.zeros((len(able), capacity + 1), np.bool_)
    for index, account in enumerate(able.tolist()):
        size = int(effort[account])
        tried = best[: capacity + 1 - size] + gain[account]
        taken[index, size:] = tried > best[size:]
        best[size:] = np.maximum(best[size:], tried)
    found, room = [], capacity
    for index in range(len(able) - 1, -1, -1):
        if taken[index, room]:
            found.append(index)
            room -= int(effort[able[index]])
    return np.asarray(able[found[::-1]])


def _rank_within(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each entry, how many before it have the same value."""
    order = np.argsort(groups, kind="stable")
    _, first, counts = np.unique(groups[order], return_index=True, return_counts=True)
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(first, counts)
    return rank


def by_rule(
    score: Numbers, value: Numbers, path: Callable[[int], bool], effort: NDArray[np.int64], capacity: int
) -> Choice:
    """The transparent rule: the save zone first, then below it whoever is of high value or has a path, by value.

    score: 0–100, NaN none: not called. path: whether there is a clear way back for the account at this place; it is
    only asked where room is left. Each is taken if it still fits.
    """
    low, high = FOCUS
    known = value[~np.isnan(value)]
    large = value >= (np.quantile(known, HIGH_VALUE) if len(known) else np.inf)
    focus = (score >= low) & (score <= high)
    order = np.lexsort((np.arange(len(score)), -np.nan_to_num(value), ~focus))
    found, room = [], capacity
    for account in order[(focus | (score < low))[order]].tolist():
        if effort[account] <= room and (focus[account] or large[account] or path(account)):
            found.append(account)
            room -= int(effort[account])
    return np.array(found, np.int64)


def plan(gain: Numbers, effort: NDArray[np.int64], capacity: int, rule: Choice) -> Plan:
    """Both choices beside each other. Raises ValueError as `knapsack` does."""
    best = knapsack(gain, effort, capacity)
    worth, rule_worth = (float(np.nansum(gain[who])) for who in (best, rule))
    both = len(np.intersect1d(best, rule))
    return Plan(best, rule, worth, rule_worth, both, int(effort[best].sum()), int(effort[rule].sum()))
