"""What drawings are made of: lines, words and dots as SVG, escaped, at places in percent of the width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from keepwell.cli.screen import safe

Place = tuple[float, float]
Broken = Iterable[tuple[float, float | None]]
"""Places along a line; None: it is broken there."""


def plain(text: str) -> str:
    """Text that is nothing but text, in an element and in an attribute."""
    return escape(safe(text))


def line(kind: str, one: tuple[float, int | str], other: tuple[float, int | str]) -> str:
    """A line from one place to another: x in percent, y in pixels or as it is written."""
    return f'<line class="{kind}" x1="{short(one[0])}%" y1="{one[1]}" x2="{short(other[0])}%" y2="{other[1]}"/>'


def dot(x: float, y: int | str, said: str) -> str:
    """A dot that says what it is when it is pointed at."""
    return f'<circle cx="{short(x)}%" cy="{y}" r="5"><title>{plain(said)}</title></circle>'


def word(kind: str, x: float, y: int | str, text: str, anchor: str = "start", dx: float = 0, dy: float = 0) -> str:
    """Words at a place, moved by pixels."""
    moved = "".join(f' {name}="{short(by)}"' for name, by in (("dx", dx), ("dy", dy)) if by)
    return f'<text class="{kind}" x="{short(x)}%" y="{y}"{moved} text-anchor="{anchor}">{plain(text)}</text>'


def anchor(place: float) -> str:
    """How words stand at this place, so that they end within the drawing."""
    return "start" if place < 15 else "end" if place > 85 else "middle"


def percent(y: float) -> str:
    """A height as it is written."""
    return f"{short(y)}%"


def stretched(marks: Iterable[str]) -> str:
    """Marks in percent of both sides, which polylines cannot be in by themselves."""
    return f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">{"".join(marks)}</svg>'


def polylines(places: Broken, kind: str = "joined") -> Iterator[str]:
    """The line through the places, in as many pieces as it has."""
    yield from (f'<polyline class="{kind}" points="{_points(run)}"/>' for run in _runs(places))


def area(lows: Broken, highs: Broken) -> Iterator[str]:
    """What lies between two lines that are broken at the same places, with its edges."""
    below, above = list(lows), list(highs)
    for low, high in zip(_runs(below), _runs(above), strict=True):
        yield f'<polygon points="{_points([*low, *high[::-1]])}"/>'
    yield from (*polylines(below, "edge"), *polylines(above, "edge"))


def _runs(places: Broken) -> Iterator[list[Place]]:
    run: list[Place] = []
    for x, y in places:
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _points(run: Iterable[Place]) -> str:
    return " ".join(f"{short(x)},{short(y)}" for x, y in run)


def short(number: float) -> str:
    """A place with as many digits as can be seen."""
    return f"{round(number, 2):g}"
