"""Metrics of generated models over entities: contacts below an account, and an account's own children."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.scoring.conditions import Draw, Kinds, condition

CONTACT: dict[str, str] = {"c_role": "word", "c_skill": "number", "c_share": "number", "c_keen": "yes_no"}
"""Attributes of contacts, and what they are."""


def roll_up(draw: Draw, level: str, kinds: Kinds, weighted: tuple[str, str]) -> dict[str, Any]:
    """A number of the entities of `level`, whose metrics are `kinds`.

    `weighted`: a metric and its weight, both with few decimals, so that doubles hold their product exactly.
    """
    verb = draw(st.sampled_from(("count", "count_distinct", "sum", "mean", "weighted", "min", "max", "share")))
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    words = [name for name, kind in kinds.items() if kind in ("number", "word")]
    metric: dict[str, Any]
    match verb:
        case "count":
            metric = {"count": level}
        case "share":
            metric = {"share": level, "that": condition(draw, kinds)}
        case "weighted":
            metric = {"mean": f"{level}.{weighted[0]}", "weight": weighted[1]}
        case _:
            metric = {verb: f"{level}.{draw(st.sampled_from(words if verb == 'count_distinct' else numbers))}"}
    if draw(st.booleans()):
        metric["where"] = condition(draw, kinds)
    if draw(st.integers(0, 2)) == 0:
        metric["absent"] = draw(st.sampled_from(("zero", "missing", "worst")))
    if draw(st.integers(0, 3)) == 0:
        metric["unknown"] = "missing"
    return metric
