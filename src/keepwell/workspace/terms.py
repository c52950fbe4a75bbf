"""What the weights of a score may become, and whose opinion they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.errors import UsageError
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
