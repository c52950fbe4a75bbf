"""The weights of a score as shares of it, and back into the tree."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.model import load_text
from keepwell.model.model import Model
from keepwell.model.weights import rising, shares, stated, with_bands, with_shares

MODEL = """
model: acme
entities: {account: {table: accounts, key: id}}
tables: {calls: {account: id, time: at}}
metrics: {n: {count: calls, over: 28 days}}
scores:
  health:
    combine: COMBINE
    parts:
      use:
        weight: 75 %
        parts:
          a: {weight: 2, metric: n, curve: [[0, 0], [9, 100]]}
          b: {weight: 1, metric: n, curve: [[0, 0], [9, 100]]}
      worst:
        weight: 25 %
        combine: min
        parts:
          c: {weight: 1, metric: n, curve: [[0, 0], [9, 100]]}
          d: {weight: 1, metric: n, curve: [[0, 0], [9, 100]]}
"""
PATHS = ("health/use/a", "health/use/b", "health/worst")


def model(combine: str = "mean") -> Model:
    return load_text(MODEL.replace("COMBINE", combine)).model


def of(found: Model) -> dict[str, Fraction]:
    return shares(found.scores["health"], "health")


def test_each_part_that_weights_alone_place_has_its_share() -> None:
    assert of(model()) == dict(zip(PATHS, (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), strict=True))


def test_a_root_that_takes_the_worst_has_no_shares() -> None:
    assert of(model("min")) == {}


@given(st.lists(st.integers(0, 1_000), min_size=3, max_size=3).filter(any))
def test_shares_that_are_put_in_come_out(weights: list[int]) -> None:
    wanted = {path: Fraction(weight, sum(weights)) for path, weight in zip(PATHS, weights, strict=True)}
    assert of(with_shares(model(), "health", wanted)) == wanted
    written = of(with_shares(model(), "health", wanted, Decimal("0.1")))
    assert sum(written.values()) == 1
    assert all(abs(written[path] - wanted[path]) <= Fraction(2, 1000) for path in PATHS)


def test_what_is_not_named_keeps_its_share() -> None:
    found = with_shares(model(), "health", {PATHS[0]: Fraction(1, 8), PATHS[1]: Fraction(5, 8)})
    assert of(found) == dict(zip(PATHS, (Fraction(1, 8), Fraction(5, 8), Fraction(1, 4)), strict=True))


def test_a_group_that_has_nothing_left_keeps_the_weights_below_it() -> None:
    found = with_shares(model(), "health", {PATHS[0]: Fraction(0), PATHS[1]: Fraction(0), PATHS[2]: Fraction(1)})
    assert of(found) == dict(zip(PATHS, (0, 0, 1), strict=True))
    assert stated(found.scores["health"])["parts"]["use"]["parts"]["a"]["weight"] == "2"


def test_percents_are_written_as_a_person_would_and_sum_to_a_hundred() -> None:
    found = with_shares(model(), "health", dict.fromkeys(PATHS, Fraction(1, 3)), Decimal("0.1"))
    assert stated(found.scores["health"]) == {
        "parts": {
            "use": {"weight": "66.7 %", "parts": {"a": {"weight": "50 %"}, "b": {"weight": "50 %"}}},
            "worst": {"weight": "33.3 %"},
        }
    }


@pytest.mark.parametrize("step", [None, Decimal("0.1")])
def test_parts_keep_all_else(step: Decimal | None) -> None:
    found = with_shares(model(), "health", {PATHS[2]: Fraction(1, 2)}, step)
    before, after = (own.scores["health"].parts["worst"] for own in (model(), found))
    assert after.model_copy(update={"weight": before.weight}) == before


def test_scales_that_only_rise_or_only_fall_are_known() -> None:
    text = MODEL.replace("COMBINE", "mean").replace(
        "b: {weight: 1, metric: n, curve: [[0, 0], [9, 100]]}",
        'b: {weight: 1, metric: n, bands: [["> 5", 0], [else, 9]]}',
    )
    assert rising(load_text(text).model, "health") == {PATHS[0]: True, PATHS[1]: False}
    turned = text.replace("[[0, 0], [9, 100]]}\n          b", "[[0, 0], [9, 100], [12, 50]]}\n          b")
    assert rising(load_text(turned).model, "health") == {PATHS[1]: False}


def test_bands_take_the_place_of_the_scale_in_the_scores_own_points() -> None:
    own = load_text(MODEL.replace("combine: COMBINE", "scale: [0, 10]").replace("100]", "10]")).model
    found = with_bands(own, "health", {PATHS[0]: [("< 0.5", Decimal(0)), ("else", Decimal(100))]})
    part = found.scores["health"].parts["use"].parts["a"]  # type: ignore[union-attr] # it is a group
    assert part.given == ("bands",)  # type: ignore[union-attr] # it is a measure
    said = stated(found.scores["health"], {"/use/a"})["parts"]["use"]["parts"]["a"]
    assert said == {"weight": "2", "bands": [["< 0.5", "0"], ["else", "10"]]}
