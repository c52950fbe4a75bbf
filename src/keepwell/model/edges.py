"""Conditions on one number (`>= 70`, `< 20 %`, `else`) as exact, disjoint intervals.

A point on the line is (value, side): side 0 lies just before the value, 1 just after it. So every condition is one
half-open interval [start, end) of such points, and first-match-wins lists become disjoint pieces without epsilons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from keepwell.model.exact import LARGEST, plain, shorten

Point = tuple[Decimal, int]
START: Point = (-LARGEST, 0)
END: Point = (LARGEST, 1)


@dataclass(frozen=True)
class Edge:
    """A condition on one number: `op` one of < <= = > >= or else."""

    op: str
    bound: Decimal
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def piece(self) -> tuple[Point, Point]:
        """The interval of points that meet the condition, on its own."""
        before, after = (self.bound, 0), (self.bound, 1)
        return {
            "<": (START, before),
            "<=": (START, after),
            "=": (before, after),
            ">=": (before, END),
            ">": (after, END),
            "else": (START, END),
        }[self.op]


@dataclass(frozen=True)
class Piece:
    """One interval that a list of conditions leaves for its item `index` (None: for nobody, a gap)."""

    start: Point
    end: Point
    index: int | None

    @property
    def words(self) -> str:
        """‘from 10 up to, not including, 20’: the interval as a person says it."""
        low = "" if self.start == START else f"{'above' if self.start[1] else 'from'} {plain(self.start[0])}"
        high = "" if self.end == END else f"{'up to and including' if self.end[1] else 'below'} {plain(self.end[0])}"
        if self.start[0] == self.end[0]:
            return f"exactly {plain(self.start[0])}"
        return " ".join(word for word in (low, high) if word) or "every number"


@dataclass(frozen=True)
class Range:
    """A range as people publish it: both ends included; None leaves a side open."""

    low: Decimal | None
    high: Decimal | None
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def piece(self) -> tuple[Point, Point]:
        """Its interval of points."""
        return (START if self.low is None else (self.low, 0)), (END if self.high is None else (self.high, 1))


def partition(edges: Sequence[Edge | Range]) -> list[Piece]:
    """Cut the whole line into disjoint pieces: the first condition that holds takes a number; the rest are gaps."""
    left = [(START, END)]
    pieces: list[Piece] = []
    for index, edge in enumerate(edges):
        start, end = edge.piece
        remaining = []
        for low, high in left:
            inner_low, inner_high = max(low, start), min(high, end)
            if inner_low >= inner_high:
                remaining.append((low, high))
                continue
            pieces.append(Piece(inner_low, inner_high, index))
            remaining += [part for part in ((low, inner_low), (inner_high, high)) if part[0] < part[1]]
        left = remaining
    gaps = [Piece(low, high, None) for low, high in left]
    return sorted(pieces + gaps, key=lambda piece: piece.start)


def parse_edge(value: Any) -> Edge:
    """The condition that this text is; `< 20 %` means 0.2. Raises ValueError with a sentence."""
    if isinstance(value, Edge):
        return value
    text = str(value).strip()
    if text == "else":
        return Edge("else", Decimal(0), text)
    found = re.fullmatch(r"(<=|>=|<|>|=|==|≤|≥)\s*([+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?)\s*(%?)", text)
    if not found:
        raise ValueError(
            f'‘{shorten(value)}’ is no condition on a number; write for example "< 20", ">= 0.5", "= 0" or else'
        )
    op = {"==": "=", "≤": "<=", "≥": ">="}.get(found[1], found[1])
    bound = Decimal(found[2]) / 100 if found[3] else Decimal(found[2])
    return Edge(op, bound, text)


_END = r"([+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?)\s*(%?)"


def parse_range(value: Any) -> Edge | Range:
    """The range that this text is: `0-50 %`, `5 to 15`, `6+`, `10`, or a condition. Raises ValueError."""
    if isinstance(value, (Edge, Range)):
        return value
    text = str(value).strip()
    if found := re.fullmatch(rf"{_END}\s*(?:-|–|to|\.\.)\s*{_END}", text):
        percent = found[2] or found[4]
        low, high = _bound(found[1], percent), _bound(found[3], percent)
        if low > high:
            raise ValueError(f"‘{text}’ ends before it begins")
        return Range(low, high, text)
    if found := re.fullmatch(rf"{_END}\s*(\+?)", text):
        low = _bound(found[1], found[2])
        return Range(low, None if found[3] else low, text)
    try:
        return parse_edge(text)
    except ValueError:
        raise ValueError(f'‘{shorten(text)}’ is no range; write for example "0-50 %", "6+", "> 15" or "10"') from None


def _bound(text: str, percent: str) -> Decimal:
    return Decimal(text) / 100 if percent else Decimal(text)


RangeText = Annotated[
    Edge | Range,
    BeforeValidator(parse_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "number"}], "examples": ["0-50 %", "6+", "> 15"]},
    ),
]
EdgeText = Annotated[
    Edge,
    BeforeValidator(parse_edge),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(else|(<=|>=|<|>|=) *[+-]?[0-9.]+ *%?)$",
            "examples": [">= 70", "< 20 %", "else"],
        }
    ),
]
