"""A hazard fitted again and again on what was known by then, and held against what came after.

known by each cut day ──▶ penalty (by the loss of earlier cuts) ──▶ hazard, level ──▶ recalibrated by them ──▶ tested
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.hazard import RIDGES, Hazard, Panel, expit, fit, newton, panel_of, paths, sandwich
from keepwell.evidence.incidence import other_ends, within
from keepwell.evidence.known import Known, told, untold
from keepwell.evidence.landmarks import STEPS, Landmarks, Periods, design, periods
from keepwell.evidence.level import Level, level_of, raised
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.verdict import FEWEST

NEEDED = 30
"""Fewer accounts that left are too few for a forecast: three for each of ten things that it goes by."""
FIRST = 0
"""The place in `RIDGES` of the penalty for the first cut, of which nothing is known yet."""
LATELY = 3
"""So many of the newest cuts say which penalty and which shift. Older ones had less to learn from."""
SEVERAL = 2
"""Of fewer cuts no shift is learned."""
TESTED = 90
"""Days in which a forecast is held against what happened."""
DOUBT = np.array([64.0, 64.0])
"""Penalties that hold the recalibration near 0 and 1, as normal priors with deviations of 1/8 do.

Whoever leaves stands in a row of each of the newest cuts, so that the rows say less than their number; and that all
leave more often or less is the level's to say.
"""


@dataclass(frozen=True)
class Shift:
    """logit h ↦ start + slope · logit h (Cox 1958, Biometrika 45, 562–565); covariance: of the two."""

    start: float = 0.0
    slope: float = 1.0
    covariance: Numbers = field(default_factory=lambda: np.zeros((2, 2)))


@dataclass(frozen=True)
class Model:
    """The hazard, its level now, and how earlier forecasts say that both have to be shifted; None: too few are due.

    other: the share of accounts at risk that end in another way in a step, the same for all; see `other_ends`.
    """

    hazard: Hazard
    level: Level
    shift: Shift | None
    other: float = 0.0

    def hazards(self, marks: Landmarks) -> Numbers:
        """The chance to leave in each step if still there and not ending in another way: landmark × step."""
        shift = self.shift or Shift()
        logits = np.column_stack([self.hazard.logit(marks, step) for step in range(1, STEPS + 1)])
        return expit(shift.start + shift.slope * raised(logits, self.level.now))


@dataclass(frozen=True)
class Tested:
    """A forecast of the past: the chance to leave within `TESTED` days, and who did.

    group: one number for all accounts that leave as one. leavers: how many that had left it was fitted to. unseen:
    accounts of which it is not known, left out.
    """

    day: np.datetime64
    account: NDArray[np.int64]
    group: NDArray[np.int64]
    chance: Numbers
    left: NDArray[np.bool_]
    leavers: int
    unseen: int


@dataclass(frozen=True)
class Walk:
    """The forecast of the last day, None where too few have left, and those of earlier days.

    untold: how many of the newest months were left out, since it is not known yet who left in them.
    """

    model: Model | None
    tested: list[Tested]
    leavers: int
    untold: int


@dataclass(frozen=True)
class _Try:
    """Logits of a cut, by ridge, account and step; group: of each account."""

    here: Landmarks
    group: NDArray[np.int64]
    logits: NDArray[np.float32]


def walk(known: Sequence[Known]) -> Walk:
    """Forecasts of every day on which enough had left, each by what was known then; the last day is the one to come.

    known: earliest first. Nothing that is learned after a day changes its forecast. Days without anybody at risk are
    left out.
    """
    tries: list[_Try] = []
    tested: list[Tested] = []
    months = [untold(known[:place], one) for place, one in enumerate(known)]
    *cuts, last = map(told, known, months)
    for one in cuts:
        if one.leavers >= NEEDED and len(one.here):
            panel = panel_of(one.marks, one.groups)
            tested.append(_test(_fitted(one, panel, tries), one, known[-1]))
            tries.append(_try(one, panel))
    leavers = last.leavers
    model = _fitted(last, panel_of(last.marks, last.groups), tries) if leavers >= NEEDED else None
    return Walk(model, tested, leavers, months[-1])


def _fitted(one: Known, panel: Panel, tries: Sequence[_Try]) -> Model:
    tries = tries[-LATELY:]
    became = [_became(item, one) for item in tries]
    chosen = _best(tries, became)
    hazard = fit(panel, RIDGES[chosen])
    level = _level(one, hazard.logit(one.marks, 1))
    return Model(hazard, level, _shift(tries, became, chosen), other_ends(one.marks, one.group(one.marks.account)))


def _level(one: Known, logit: Numbers) -> Level:
    """The level beside the first step's hazard, of all landmarks."""
    return level_of(one.marks, one.group(one.marks.account), expit(logit))


def _try(one: Known, panel: Panel) -> _Try:
    here = one.here
    columns = [panel.scale.of(design(here, step)) for step in range(1, STEPS + 1)]
    first = panel.scale.of(design(one.marks, 1))
    logits = [
        raised(np.column_stack([step @ own for step in columns]), _level(one, first @ own).now) for own in paths(panel)
    ]
    return _Try(here, one.group(here.account), np.stack(logits).astype(np.float32))


def _became(item: _Try, known: Known) -> Periods:
    """What is known on a day of the accounts of an earlier cut: rows are places among them."""
    marks = known.marks.only(known.marks.day == item.here.day[0])
    marks = marks.only(np.isin(marks.account, item.here.account))
    own = periods(marks)
    return Periods(np.searchsorted(item.here.account, marks.account)[own.row], own.step, own.left)


def _best(tries: Sequence[_Try], became: Sequence[Periods]) -> int:
    """The place of the least penalty whose earlier forecasts were not clearly worse than those of the best.

    Worse by −Σ log L; clearly: by more than the standard error of the difference, over groups. A larger penalty than
    that would pull chances together more than the past asks for, and no interval knows of it.
    """
    if not tries:
        return FIRST
    count = 1 + max(int(item.group.max(initial=0)) for item in tries)
    loss = np.zeros((len(RIDGES), count))
    for item, own in zip(tries, became, strict=True):
        logits = item.logits[:, own.row, own.step - 1].astype(np.float64)
        each = np.logaddexp(0, np.where(own.left, -logits, logits))
        for place in range(len(RIDGES)):
            loss[place] += np.bincount(item.group[own.row], each[place], count)
    worse = loss - loss[np.argmin(loss.sum(axis=1))]
    near = worse.sum(axis=1) <= np.sqrt((worse**2).sum(axis=1))
    return int(np.flatnonzero(near).max())


def _shift(tries: Sequence[_Try], became: Sequence[Periods], chosen: int) -> Shift | None:
    """From what the chosen penalty said and what came of it; rows of one group depend on each other.

    One cut alone is no reason to shift: more leave in one quarter than in another.
    """
    if len(tries) < SEVERAL:
        return None
    said = list(_said(tries, became, chosen))
    logits, left, account = (np.concatenate([part[index] for part in said]) for index in range(3))
    if len(np.unique(account[left > 0])) < FEWEST:
        return None
    columns, weight = np.column_stack([np.ones(len(logits)), logits]), np.ones(len(logits))
    beta, inverse = newton(columns, left, weight, DOUBT, towards=np.array([0.0, 1.0]))
    return Shift(float(beta[0]), float(beta[1]), sandwich(columns, left, weight, beta, inverse, account, DOUBT))


def _said(
    tries: Sequence[_Try], became: Sequence[Periods], chosen: int
) -> Iterator[tuple[Numbers, Numbers, NDArray[np.int64]]]:
    for item, own in zip(tries, became, strict=True):
        logits = item.logits[chosen, own.row, own.step - 1].astype(np.float64)
        yield logits, own.left.astype(np.float64), item.group[own.row]


def _test(model: Model, one: Known, last: Known) -> Tested:
    later = last.marks.only(last.marks.day == one.day)
    later = later.only(later.followed(TESTED))
    here = one.here.only(np.isin(one.here.account, later.account))
    later = later.only(np.isin(later.account, here.account))
    chance = within(model.hazards(here), TESTED, model.other)
    unseen = len(one.here) - len(here)
    group = one.group(here.account)
    return Tested(one.day, here.account, group, chance, later.left_within(TESTED), one.leavers, unseen)
