"""The chance to leave beside another end: a hazard of leaving by step and account, and one level of all other ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.landmarks import STEP, Landmarks
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.verdict import FEWEST


def other_ends(marks: Landmarks, group: NDArray[np.int64]) -> float:
    """The share of accounts at risk that end in another way than by the outcome in a step; 0 below `FEWEST` of them.

    Of fewer no level is known: they are censored, as if they went on like the others. Landmarks lie a step apart, so
    that the first steps of all hold every day once; one that is not seen to its end is left out.

    group: of each landmark's account; those that end as one are one of `FEWEST`.
    """
    ended = marks.ended_otherwise(STEP)
    if len(np.unique(group[ended])) < FEWEST:
        return 0.0
    return float(ended.sum() / marks.followed(STEP).sum())


def there(hazards: Numbers, other: float) -> Numbers:
    """The chance to be still there after each step: Π (1 − g)(1 − h); steps lie on the last axis. g: `other`."""
    return np.asarray(np.cumprod((1 - other) * (1 - hazards), axis=-1))


def not_left(still: Numbers, other: float) -> Numbers:
    """The chance not to have left after each step: 1 − Σ S(m−1) (1 − g) h(m). still: S, see `there`.

    The sum is the incidence of leaving beside another end, by a hazard of each cause (Prentice et al. 1978, Biometrics
    34, 541–554). Added up as S and those that ended in another way, so that it is S to the last digit where none do.
    """
    if not other:
        return still
    return np.asarray(still + other * np.cumsum(_from_the_start(still)[..., :-1], axis=-1))


def within(hazards: Numbers, days: float, other: float = 0.0) -> Numbers:
    """The chance to leave within so many days, the last step in part if the days end in it. other: see `not_left`."""
    stay = _from_the_start(not_left(there(hazards, other), other))
    whole, rest = divmod(days, STEP)
    place = int(whole)
    if not rest:
        return np.asarray(1 - stay[..., place])
    step = stay[..., place + 1] / np.maximum(stay[..., place], 1e-300)
    return np.asarray(1 - stay[..., place] * step ** (rest / STEP))


def _from_the_start(shares: Numbers) -> Numbers:
    """The shares after each step, and before the first, where it is all."""
    return np.concatenate([np.ones_like(shares[..., :1]), shares], axis=-1)
