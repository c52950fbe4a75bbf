"""Cases: every account has one, and none has two."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from sqlglot import exp

from keepwell.model.check.report import Report
from keepwell.model.edges import END, START, Edge, Piece, Point, parse_edge
from keepwell.model.expressions import Expression
from keepwell.model.graph import BUILT_IN
from keepwell.model.tree import Measure
from keepwell.model.yaml import Steps

COMPARED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
    exp.EQ: ("=", "="),
}
"""Comparison → its sign, and its sign with the sides exchanged."""


def check_cases(report: Report, measure: Measure, path: Steps) -> None:
    """Every account has a scale: the measure's own, an `else`, or conditions on one number that cover the line."""
    if not measure.cases:
        return
    ats = [case.at for case in measure.cases]
    if "else" in ats[:-1]:
        report.error("cases", (*path, "cases", ats.index("else")), "`else` comes last.")
    spans = [_span(case.when) for case in measure.cases if case.when]
    _overlaps(report, spans, path)
    if measure.given or ats[-1] == "else":
        return
    gaps = _gaps(measure, spans)
    if gaps is not None:
        said = f"some accounts have no case{gaps}; add one {{at: else, …}}, "
        said += "or give the measure a scale of its own for them."
        report.error("cases", (*path, "cases"), said)


Span = tuple[str, Point, Point]


def _gaps(measure: Measure, spans: Sequence[Span | None]) -> str | None:
    """The numbers that no case takes, as the end of a sentence; '' where that cannot be told, None where all are."""
    if measure.by is None:
        known = [span for span in spans if span is not None]
        if len(known) < len(spans) or len({name for name, _, _ in known}) > 1:
            return ""
        name, pieces = known[0][0], [(start, end) for _, start, end in known]
    else:
        try:
            edges = [parse_edge(case.at) for case in measure.cases]
        except ValueError:
            return None if {case.at for case in measure.cases} == {"true", "false"} else ""
        name, pieces = measure.by, [edge.piece for edge in edges]
    left = [piece for piece in _left(pieces) if not (name in BUILT_IN and piece.end <= (Decimal(0), 0))]
    return f" ({name} {', '.join(piece.words for piece in left)})" if left else None


def _left(pieces: Sequence[tuple[Point, Point]]) -> list[Piece]:
    """The parts of the line that none of these intervals takes."""
    left: list[Piece] = []
    at = START
    for start, end in sorted(pieces):
        if at < start:
            left.append(Piece(at, start, None))
        at = max(at, end)
    return [*left, Piece(at, END, None)] if at < END else left


def _overlaps(report: Report, spans: Sequence[Span | None], path: Steps) -> None:
    """Two cases, each with both ends, that hold for one number: published tables of ages read so."""
    for (index, one), (other, two) in combinations(enumerate(spans), 2):
        if one is None or two is None or one[0] != two[0] or not (_crosses(one, two) or _crosses(two, one)):
            continue
        both = Piece(max(one[1], two[1]), min(one[2], two[2]), None)
        if both.start < both.end:
            said = f"{one[0]} {both.words} meets case {index + 1} and case {other + 1}; the first takes it."
            report.warning("overlap", (*path, "cases", other), said)


def _crosses(one: Span, two: Span) -> bool:
    """Whether the second begins inside the first and ends beyond it; a case within an earlier one is a habit."""
    return one[1] < two[1] and one[2] < two[2]


def _span(condition: Expression) -> Span | None:
    """The interval of one metric that a condition is; None where it is more than that."""
    name, start, end = "", START, END
    for part in condition.tree.unnest().flatten() if isinstance(condition.tree.unnest(), exp.And) else [condition.tree]:
        found = _comparison(part.unnest())
        if found is None or (name and found[0] != name):
            return None
        name, start, end = found[0], max(start, found[1]), min(end, found[2])
    return (name, start, end) if start < end else None


def _comparison(node: exp.Expr) -> Span | None:
    """`x >= 2` or `x between 2 and 6` as an interval."""
    if isinstance(node, exp.Between) and isinstance(node.this, exp.Column):
        low, high = _number(node.args["low"]), _number(node.args["high"])
        return None if low is None or high is None else (node.this.name, (low, 0), (high, 1))
    signs = COMPARED.get(type(node))
    if signs is None:
        return None
    column, value, sign = node.this, node.expression, signs[0]
    if isinstance(value, exp.Column):
        column, value, sign = value, column, signs[1]
    bound = _number(value)
    if bound is None or not isinstance(column, exp.Column):
        return None
    start, end = Edge(sign, bound, "").piece
    return column.name, start, end


def _number(node: exp.Expr) -> Decimal | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    return Decimal(node.name) if isinstance(node, exp.Literal) and not node.is_string else None
