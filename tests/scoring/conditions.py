"""Conditions drawn for a generated model: over numbers, words, days and yes/no, with everything that can be unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Kinds = Mapping[str, str]
"""Metric → number, word, day or yes_no."""

EDGES = (
    *(Decimal(text) for text in ("0", "0.1", "0.25", "0.3", "0.333333333", "0.5", "0.6", "1", "2", "3", "5", "10")),
    *(Decimal(text) for text in ("-0.5", "-1", "28", "30", "50", "70", "100", "-100")),
)


def condition(draw: Draw, kinds: Kinds) -> str:
    shape = draw(st.sampled_from(("{0}", "{0}", "{0}", "not ({0})", "{0} and {1}", "{0} or {1}")))
    return str(shape.format(_comparison(draw, kinds), _comparison(draw, kinds)))


def _comparison(draw: Draw, kinds: Kinds) -> str:
    name = draw(st.sampled_from(list(kinds)))
    if kinds[name] == "yes_no":
        truths = ("{0}", "not {0}", "{0} = false", "{0} is not true", "{0} is null")
        return str(draw(st.sampled_from(truths))).format(name)
    if kinds[name] == "day":
        days = (
            "{0} < date '2026-07-01'",
            "{0} = date '2026-06-30'",
            "{0} is null",
            "days_between({0}, date '2026-06-30') > 3",
        )
        return str(draw(st.sampled_from(days))).format(name)
    edge = draw(st.sampled_from(EDGES))
    if kinds[name] == "number":
        numeric = ("{0} < {1}", "{0} >= {1}", "{0} <> {1}", "{0} = {1}", "{0} is not null", "coalesce({0}, 0) > {1}")
        more = ("{0} between -1 and {1}", "{0} in (0, {1})", "{0} not in (1, {1})")
        return str(draw(st.sampled_from((*numeric, *more)))).format(name, edge)
    return f"{name} is null" if draw(st.integers(0, 2)) == 0 else _of_word(draw, name)


def _of_word(draw: Draw, name: str) -> str:
    shapes = (
        "{0} = 'pro'",
        "{0} <> 'basic'",
        "lower({0}) in ('pro', 'user')",
        "{0} like 'p%'",
        "{0} in ('nps', 'low', 'last', 'champion')",
    )
    return str(draw(st.sampled_from(shapes))).format(name)
