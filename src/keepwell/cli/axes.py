"""Axes as SVG: names, numbers, and a line at each of them."""

from __future__ import annotations

from collections.abc import Iterator

from keepwell.cli.figures import Axis
from keepwell.cli.scale import Scale
from keepwell.cli.strokes import anchor, line, percent, word

LETTER, GAP, EDGE = 7.5, 14, 20
"""Pixels that a letter takes beside an axis, those around a word, and the margin on the right (in the style sheet)."""
ROOM = 34
"""So many letters fit on a line on a phone."""
SHORT = 7
"""Numbers of fewer letters stand in the middle below the ends of an axis."""


def beside(upright: Scale, axis: Axis) -> Iterator[str]:
    """The axis on the left: its name on top, and a line to the right of each tick."""
    yield word("name", 0, "0%", axis.name, dx=-left(upright), dy=-16)
    for tick, label in zip(upright.ticks, upright.labels(), strict=True):
        y = percent(100 - upright.place(tick))
        yield line("grid", (0, y), (100, y)) + word("tick", 0, y, label, "end", -8, 4)
    if axis.mark is not None:
        y = percent(100 - upright.place(axis.mark))
        yield line("mark", (0, y), (100, y)) + word("name", 100, y, axis.marked, "end", dy=-6)


def below(across: Scale, name: str, top: int) -> Iterator[str]:
    """The axis at the foot: a line up to `top` above each tick, and its name below."""
    labels = across.labels()
    every = 2 if sum(map(len, labels)) > ROOM else 1
    for index, (tick, label) in enumerate(zip(across.ticks, labels, strict=True)):
        x = across.place(tick)
        yield line("grid", (x, top), (x, "100%"))
        if index % every == 0:
            yield word("tick", x, "100%", label, "middle" if len(label) < SHORT else anchor(x), dy=18)
    yield word("name", 100, "100%", name, "end", EDGE, 38)


def left(upright: Scale) -> float:
    """The pixels that the axis on the left takes."""
    return max(map(len, upright.labels())) * LETTER + GAP
