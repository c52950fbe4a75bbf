"""Figures: what a report may draw beside a table. Data only; `drawing` puts them on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

At = TypeVar("At")


@dataclass(frozen=True)
class Point(Generic[At]):
    """A value at its place, a name, a day or a number, and what it may be. None: nothing is known, and none drawn."""

    at: At
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Axis:
    """What lengths mean. It reaches as far as the points need, and to `low` and `high` at least.

    form: how values are written. mark: a value with a line of its own, such as chance, and what that is called.
    """

    name: str
    form: str = ",.0f"
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    marked: str = ""


@dataclass(frozen=True)
class Dots:
    """A line per name, from the top: a dot on the axis, with its interval."""

    said: str
    points: Sequence[Point[str]]
    axis: Axis


@dataclass(frozen=True)
class Course:
    """Values over time, joined. band: intervals are an area around the line instead of a stroke at each dot.

    days: how a day is written below the axis, such as %Y-%m for months.
    """

    said: str
    points: Sequence[Point[date]]
    axis: Axis
    band: bool = False
    days: str = "%Y-%m-%d"


@dataclass(frozen=True)
class Curve:
    """Values of `axis` against numbers of `along`, joined in the order given.

    diagonal: what the line is called on which both are equal, such as *as predicted*; both axes then reach equally far.
    """

    said: str
    points: Sequence[Point[float]]
    axis: Axis
    along: Axis
    diagonal: str = ""


Figure = Dots | Course | Curve
"""`said`, in each: a sentence below the heading that says what is drawn."""
