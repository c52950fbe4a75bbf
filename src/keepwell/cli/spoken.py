"""Figures in words: what a point is, and what a figure shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from keepwell.cli.figures import Course, Curve, Figure, Point
from keepwell.cli.scale import written

TOLD = 12
"""So many points are read out; the table has all."""


def sentence(figure: Figure) -> str:
    """The figure in words."""
    points: Sequence[Point[Any]] = figure.points
    told = [said_of(figure, point) for point in points[:TOLD]]
    more = [f"and {len(points) - TOLD:,} more"] if len(points) > TOLD else []
    return f"{figure.said} {'; '.join([*told, *more])}."


def said_of(figure: Figure, point: Point[Any]) -> str:
    """The point in words, with its interval."""
    return f"{_at(figure, point)}: {_value(figure, point)}"


def _at(figure: Figure, point: Point[Any]) -> str:
    if isinstance(figure, Course):
        return f"{point.at:{figure.days}}"
    return written(point.at, figure.along.form) if isinstance(figure, Curve) else f"{point.at}"


def _value(figure: Figure, point: Point[Any]) -> str:
    value, low, high = known(point)
    form = figure.axis.form
    said = "no value" if value is None else written(value, form)
    return said if low is None or high is None else f"{said} ({written(low, form)} to {written(high, form)})"


def known(point: Point[Any]) -> list[float | None]:
    """Value and interval. Half an interval is none."""
    value, low, high = (v if v is not None and isfinite(v) else None for v in (point.value, point.low, point.high))
    return [value, None, None] if low is None or high is None else [value, low, high]


def values(points: Iterable[Point[Any]]) -> list[float | None]:
    """All that the points reach to."""
    return [value for point in points for value in known(point)]
