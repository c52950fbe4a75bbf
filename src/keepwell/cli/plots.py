"""The figures of reports that hold scores against who left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from keepwell.cli.figures import Axis, Course, Curve, Dots, Point
from keepwell.evidence.audit import Alone, Cut
from keepwell.evidence.rates import Interval

CHANCE = 0.5


def shares(what: str, named: Iterable[tuple[str, Interval]], of_all: float | None = None) -> Dots:
    """What share of each, with its interval. of_all: the share of all together, a line to hold them against."""
    points = [Point(name, share.value, share.low, share.high) for name, share in named]
    marked = "" if of_all is None else f"all: {of_all:.1%}"
    axis = Axis(what, ".1%", low=0.0, mark=of_all, marked=marked)
    return Dots(f"Dot: {what}. Line: its 95 % interval.", points, axis)


def areas(alone: Sequence[Alone]) -> Dots:
    """How well each measure ranks. Measures go without the score that they are parts of."""
    points = [Point(_measure(one.measure), one.auc.value, one.auc.low, one.auc.high) for one in alone]
    axis = Axis("AUC", ".2f", mark=CHANCE, marked="chance")
    return Dots("Dot: AUC of the measure. Line: its 95 % interval.", points, axis)


def over_time(cuts: Sequence[Cut]) -> Course:
    """How well the score ranked on each of the days."""
    axis = Axis("AUC", ".2f", mark=CHANCE, marked="chance")
    return Course("AUC of the score on each day.", [Point(cut.day, cut.auc) for cut in cuts], axis)


def curve(expected: Iterable[tuple[float, Interval]]) -> Curve:
    """The share that was expected, and the share that left: on the line they are the same."""
    points = [Point(said, came.value, came.low, came.high) for said, came in expected]
    said = "Dot: share that left. Line: its 95 % interval."
    return Curve(
        said, points, Axis("share that left", ".1%", low=0.0), Axis("share expected", ".1%", low=0.0), "as said"
    )


def months(what: str, name: str, values: Iterable[tuple[date, Interval]]) -> Course:
    """A value for each month with its interval around it."""
    points = [Point(day, value.value, value.low, value.high) for day, value in values]
    return Course(f"{what} Area: the 95 % interval.", points, Axis(name, low=0.0), band=True, days="%Y-%m")


def _measure(path: str) -> str:
    return path.split("/", 1)[-1].replace("_", " ")
