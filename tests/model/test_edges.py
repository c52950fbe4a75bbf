"""Conditions on one number as exact, disjoint intervals."""

from __future__ import annotations

import itertools
import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.model.edges import END, START, Edge, Piece, parse_edge, partition

HOLDS = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
STEPS = [Decimal(step) / 2 for step in range(-7, 8)]
"""Bounds lie on the whole ones, so that there are numbers on them, beside them and between them."""

edges = st.one_of(
    st.just("else"),
    st.builds("{} {}".format, st.sampled_from(list(HOLDS)), st.sampled_from([step for step in STEPS if step % 1 == 0])),
).map(parse_edge)


def first_that_holds(conditions: list[Edge], number: Decimal) -> int | None:
    holding = (i for i, edge in enumerate(conditions) if edge.op == "else" or HOLDS[edge.op](number, edge.bound))
    return next(holding, None)


def inside(piece: Piece, number: Decimal) -> bool:
    """A number is the two points around it: a piece that holds one of them holds the number's own place."""
    return piece.start <= (number, 0) and (number, 1) <= piece.end


@given(st.lists(edges, max_size=6))
def test_a_partition_is_disjoint_covers_everything_and_the_first_match_wins(conditions: list[Edge]) -> None:
    pieces = partition(conditions)
    assert (pieces[0].start, pieces[-1].end) == (START, END)
    assert all(left.end == right.start for left, right in itertools.pairwise(pieces))
    for number in STEPS:
        (piece,) = [piece for piece in pieces if inside(piece, number)]
        assert piece.index == first_that_holds(conditions, number)


def test_pieces_in_words() -> None:
    conditions = [parse_edge(text) for text in ("< 10", "= 15", "> 20")]
    gaps = [piece.words for piece in partition(conditions) if piece.index is None]
    assert gaps == ["from 10 below 15", "above 15 up to and including 20"]
    assert [piece.words for piece in partition([parse_edge("> 0")])] == ["up to and including 0", "above 0"]
    assert partition([parse_edge("<= 1"), parse_edge(">= 1")])[-1].words == "above 1"
    assert [piece.words for piece in partition([])] == ["every number"]
    gap = [piece.words for piece in partition([parse_edge("< 1"), parse_edge("> 1")]) if piece.index is None]
    assert gap == ["exactly 1"]


@pytest.mark.parametrize(
    ("text", "op", "bound"),
    [
        ("< 20", "<", "20"),
        (">=0.5", ">=", "0.5"),
        ("= 0", "=", "0"),
        ("== 0", "=", "0"),
        ("≤ 5", "<=", "5"),
        ("≥ 5", ">=", "5"),
        ("< -0.20", "<", "-0.20"),
        ("< 20 %", "<", "0.2"),
        (">= 12.5%", ">=", "0.125"),
        ("else", "else", "0"),
    ],
)
def test_conditions(text: str, op: str, bound: str) -> None:
    edge = parse_edge(text)
    assert (edge.op, edge.bound, str(edge)) == (op, Decimal(bound), text)
    assert parse_edge(edge) is edge


@pytest.mark.parametrize("text", ["20", "< x", "<> 3", "between 1 and 2", "< 1e5", "", "Else", "< 1 2", "<= .5"])
def test_no_conditions(text: str) -> None:
    with pytest.raises(ValueError, match="is no condition on a number; write for example"):
        parse_edge(text)
