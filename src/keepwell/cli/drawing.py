"""Figures as SVG, each with its words.

An SVG covers its plot only; words stand in the margins that the style sheet leaves around it. Along the width every
place is a percentage, so that a drawing stretches and its letters do not: they are as large on a phone as on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from keepwell.cli.axes import EDGE, ROOM, below, beside, left
from keepwell.cli.figures import Course, Curve, Dots, Figure, Point
from keepwell.cli.scale import Scale, scale, written
from keepwell.cli.screen import safe
from keepwell.cli.spoken import known, said_of, sentence, values
from keepwell.cli.strokes import anchor, area, dot, line, percent, plain, polylines, short, stretched, word

TOP, ROW, DOWN = 20, 46, 29
"""Of dots: pixels above the first line, where a mark is named; those of a line; and where in it the dot lies."""
FEW = 40
"""More points than these are a line without dots."""


def drawn(figure: Figure, title: str, name: str) -> str:
    """The SVG: an image called by the title, whose description says what is drawn. name: of this one, for ids."""
    kind, shape, marks = _marks(figure)
    return (
        f'<svg role="img" class="{kind}" {shape} aria-labelledby="{name}-title" aria-describedby="{name}-said">'
        f'<title id="{name}-title">{plain(title)}</title><desc id="{name}-said">{plain(sentence(figure))}</desc>'
        f"{''.join(marks)}</svg>"
    )


def _marks(figure: Figure) -> tuple[str, str, Iterable[str]]:
    """Its class, its size and what is in it."""
    if isinstance(figure, Dots):
        return "dots", f'height="{TOP + ROW * len(figure.points)}"', _dots(figure)
    upright = _upright(figure)
    shape = f'style="--left:{short(left(upright))}px"'
    if isinstance(figure, Course):
        return "course", shape, _course(figure, upright)
    return "curve", shape, _curve(figure, upright)


# ---- Names from the top, values across


def _dots(figure: Dots) -> Iterator[str]:
    axis, across = figure.axis, scale(figure.axis, values(figure.points))
    yield from below(across, axis.name, TOP)
    if axis.mark is not None:
        place = across.place(axis.mark)
        yield word("name", place, 10, axis.marked, anchor(place))
    for index, point in enumerate(figure.points):
        yield from _row(figure, point, across, TOP + ROW * index)


def _row(figure: Dots, point: Point[str], across: Scale, top: int) -> Iterator[str]:
    value, low, high = known(point)
    y, form = top + DOWN, figure.axis.form
    yield word("row", 0, top + 16, safe(point.at, ROOM), dx=-EDGE)
    yield word("row value", 100, top + 16, "–" if value is None else written(value, form), "end", EDGE)
    yield line("grid", (0, y), (100, y))
    if figure.axis.mark is not None:  # beside the dots only: it would run through the words
        yield line("mark", (across.place(figure.axis.mark), y - 8), (across.place(figure.axis.mark), y + 8))
    if low is not None and high is not None:
        yield line("whisker", (across.place(low), y), (across.place(high), y))
    if value is not None:
        yield dot(across.place(value), y, said_of(figure, point))


# ---- Values upward, over time or along another axis


@dataclass(frozen=True)
class _Spot:
    """A point on the paper, in percent from the left and from the top; None: not drawn."""

    x: float
    y: float | None
    low: float | None
    high: float | None
    said: str


def _course(figure: Course, upright: Scale) -> Iterator[str]:
    yield from beside(upright, figure.axis)
    days = [point.at.toordinal() for point in figure.points]
    first, length = min(days, default=0), max(days, default=0) - min(days, default=0)
    spots = _spots(figure, upright, lambda day: (day.toordinal() - first) / length * 100 if length else 50.0)
    middle, last = (len(spots) - 1) // 2, len(spots) - 1
    for index in sorted({0, middle, last}) if spots else ():
        x, kind = spots[index].x, "tick" if index in (0, last) else "tick middle"
        yield word(kind, x, "100%", f"{figure.points[index].at:{figure.days}}", anchor(x), dy=20)
    if figure.band:
        yield stretched(area([(spot.x, spot.low) for spot in spots], [(spot.x, spot.high) for spot in spots]))
    yield from _joined(spots, whiskers=not figure.band)


def _curve(figure: Curve, upright: Scale) -> Iterator[str]:
    yield from beside(upright, figure.axis)
    along = scale(figure.along, _reach(figure) if figure.diagonal else [point.at for point in figure.points])
    yield from below(along, figure.along.name, 0)
    if figure.diagonal:
        yield line("mark", (0, "100%"), (100, "0%"))
        yield word("name", 100, "0%", figure.diagonal, "end", dy=-16)
    yield from _joined(_spots(figure, upright, along.place), whiskers=True)


def _upright(figure: Course | Curve) -> Scale:
    if isinstance(figure, Curve) and figure.diagonal:
        return scale(figure.axis, _reach(figure))
    return scale(figure.axis, values(figure.points))


def _reach(figure: Curve) -> list[float | None]:
    """All that either axis has to hold."""
    ends = [end for axis in (figure.axis, figure.along) for end in (axis.low, axis.high, axis.mark)]
    return [*ends, *values(figure.points), *(point.at for point in figure.points)]


def _spots(figure: Course | Curve, upright: Scale, across: Callable[[Any], float]) -> list[_Spot]:
    points: Sequence[Point[Any]] = figure.points
    return [_spot(across(point.at), point, upright, said_of(figure, point)) for point in points]


def _spot(x: float, point: Point[Any], upright: Scale, said: str) -> _Spot:
    value, low, high = (None if v is None else 100 - upright.place(v) for v in known(point))
    return _Spot(x, value, low, high, said)


def _joined(spots: Sequence[_Spot], whiskers: bool) -> Iterator[str]:
    """The line through the spots; where they are few, with a dot and an interval at each."""
    yield stretched(polylines((spot.x, spot.y) for spot in spots))
    for spot in spots if len(spots) <= FEW else ():
        if whiskers and spot.low is not None and spot.high is not None:
            yield line("whisker", (spot.x, percent(spot.low)), (spot.x, percent(spot.high)))
        if spot.y is not None:
            yield dot(spot.x, percent(spot.y), spot.said)
