"""What the weights of a score may become, and whose opinion they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.errors import UsageError
from keepwell.evidence.firmness import USUAL
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.weights import Belief


@dataclass(frozen=True)
class Terms:
    """What the weights may be, as shares of the score.

    least, most: of each. dimensions: whether the sum of each part at the top stays. experts: path → the weights that
    several people gave it, in one order; None: the model's own weights are the expert's. scales: whether the points of
    numbers are fitted too.
    """

    least: float = 0.0
    most: float = 1.0
    dimensions: bool = False
    experts: dict[str, tuple[float, ...]] | None = None
    scales: bool = False


def belief_of(paths: Sequence[str], own: Numbers, terms: Terms, groups: Sequence[Sequence[int]] = ()) -> Belief:
    """The expert's weights (the model's own, or the mean of several people's) with the terms that they have to meet.

    own: the model's. groups: see `Belief`. Where people disagree the width is the standard deviation between them, and
    a quarter of the usual at least, both at the usual strength of the belief. Where the parts at the top keep their
    weights, each person's are scaled to the model's there. Raises UsageError for bounds that nothing meets.
    """
    width, expert = np.ones(len(paths)), own
    tops = [path.split("/")[1] for path in paths]
    kept = [np.flatnonzero(np.array(tops) == top) for top in dict.fromkeys(tops)] if terms.dimensions else []
    if terms.experts is not None:
        each = np.array([terms.experts[path] for path in paths])
        each = each / each.sum(0)
        for which in kept:
            there = each[which].sum(0)
            each[which] = (
                np.where(there > 0, each[which] / np.where(there, there, 1), 1 / len(which)) * own[which].sum()
            )
        expert = each.mean(1)
        if each.shape[1] > 1:
            width = np.maximum(each.std(1, ddof=1) / USUAL, 1 / 4)
    low, high = np.full(len(paths), terms.least), np.full(len(paths), terms.most)
    below = tuple(np.array(group, np.int64) for group in groups)
    found = Belief(expert, width, low, high, tuple(kept[:-1]), below)
    try:
        _ = found.nearest
    except ValueError as problem:
        place, total = problem.args
        count = len(kept[place]) if kept else len(paths)
        said = f"{count} weights between {terms.least:.0%} and {terms.most:.0%} cannot sum to {total:.0%}"
        raise UsageError(f"{said}{f', the share of {tops[kept[place][0]]}' if kept else ''}.") from None
    return found
