"""Which values a metric can have, as far as its verb says: what lies beyond them is no gap and no step."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor

from keepwell.model.check.inputs import bounds_of
from keepwell.model.edges import END, START, Piece, Point
from keepwell.model.exact import Number
from keepwell.model.graph import BUILT_IN
from keepwell.model.metrics import FromInput, Nps, Portion
from keepwell.model.model import Model

WHOLE = ("count", "count_distinct", "open", "days_since", "days_until", "count_true")
"""Verbs whose values are whole numbers from 0 on: between 5 and 6 there is nothing to miss."""


def domain(model: Model, metric: str) -> tuple[Number | None, Number | None, bool]:
    """Lowest and highest value that the metric can have (None: unknown), and whether it is a whole number."""
    spec = model.metrics.get(metric)
    if metric in BUILT_IN or (spec is not None and spec.verb in WHOLE):
        return Decimal(0), None, True
    if isinstance(spec, Portion):
        return Decimal(0), Decimal(1), False
    if isinstance(spec, FromInput):
        return bounds_of(model, spec)
    return (Decimal(-100), Decimal(100), False) if isinstance(spec, Nps) else (None, None, False)


def inside(piece: Piece, low: Number | None, high: Number | None, whole: bool) -> Piece | None:
    """The part of a piece that a value can lie in; None where there is none.

    Of a metric whose range is not known, numbers below 0 and the two ends of the line are not held against it.
    """
    least = Decimal(0) if low is None and piece.start == START and piece.end[0] > 0 else low
    if high is None and piece.end == END and low is None:
        return None
    if least is None and piece.start == START:
        return None
    start = max(piece.start, (least, 0)) if least is not None else piece.start
    end = min(piece.end, (high, 1)) if high is not None else piece.end
    if whole and start < end:
        start, end = _of_whole(start, end)
    return Piece(start, end, None) if start < end else None


def _of_whole(start: Point, end: Point) -> tuple[Point, Point]:
    """From the first whole number in a piece to the last: what lies between 0 and 1, without it, is 0."""
    first = Decimal(ceil(start[0]))
    first = first + 1 if (first, 0) < start else first
    last = Decimal(floor(end[0]))
    last = last - 1 if end < (last, 1) else last
    return (first, 0), (end if end == END else (last, 1))
