"""Numbers and names as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keepwell.model import Model
from keepwell.model.yaml import parse_document
from keepwell.scoring.words import label_of, node_label, of_scale, plain, signed, value_words

MODEL = """
model: words
entities: {account: {table: accounts, key: id}}
tables: {logins: {account: id, time: at}}
metrics:
  logins: {count: logins}
  some: {share: logins, that: "x = 1", label: some of them}
  ratio: {ratio: [logins, logins]}
  change: {change: logins, against: 7 days}
  difference: {change: logins, against: 7 days, as: difference}
  since: {days_since: logins}
  until: {days_until: logins.ends_on}
  revenue: {sum: logins.amount, format: money}
  as_number: {ratio: [logins, logins], format: number}
  word: {last: logins.word}
scores:
  health:
    parts:
      logins: {metric: logins, bands: [[else, 1]]}
      some_share: {metric: some, bands: [[else, 1]]}
      own_label: {metric: some, label: mine, bands: [[else, 1]]}
      a_group: {parts: {x: {metric: logins, bands: [[else, 1]]}}}
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.model_validate(parse_document(MODEL, "model.yaml").data)


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("logins", {"number": 3.0}, "3"),
        ("logins", {"number": 1234.5}, "1,234.5"),
        ("logins", {"number": 0.126}, "0.13"),
        ("logins", {"number": -0.001}, "0"),
        ("some", {"number": 0.3125}, "31.2 %"),
        ("some", {"number": 1.0}, "100 %"),
        ("ratio", {"number": 0.0}, "0 %"),
        ("ratio", {"number": 12.0}, "1,200 %"),
        ("change", {"number": -0.23}, "−23 %"),
        ("difference", {"number": -4.0}, "−4"),
        ("since", {"number": 1.0}, "1 day"),
        ("since", {"number": 12.0}, "12 days"),
        ("since", {"number": 0.0}, "0 days"),
        ("until", {"number": 185.0}, "185 days"),
        ("revenue", {"number": 12345.6}, "12,346 EUR"),
        ("as_number", {"number": 0.5}, "0.5"),
        ("word", {"number": None, "text": "renews"}, "renews"),
        ("word", {"number": 1.0, "text": "true"}, "yes"),
        ("word", {"number": 0.0, "text": "false"}, "no"),
        ("word", {"number": None, "day": date(2026, 1, 31)}, "2026-01-31"),
        ("word", {"number": None}, ""),
        (None, {"number": 30.0}, "30"),
    ],
)
def test_a_value_in_its_own_unit(model: Model, metric: str | None, value: dict[str, Any], words: str) -> None:
    assert value_words(model.metrics[metric] if metric else None, currency="EUR", **value) == words


def test_money_without_a_currency(model: Model) -> None:
    assert value_words(model.metrics["revenue"], 5.0) == "5"


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (0.0, 2, "0"),
        (-0.004, 2, "0"),
        (1000000.0, 0, "1,000,000"),
        (-1.5, 1, "−1.5"),
        (95.10, 6, "95.1"),
        (100.0, 0, "100"),
    ],
)
def test_plain_numbers(number: float, decimals: int, text: str) -> None:
    assert plain(number, decimals) == text


@pytest.mark.parametrize(
    ("points", "text"),
    [(3.14, "+3.1"), (-9.25, "−9.2"), (0.0, "+0.0"), (-0.04, "+0.0"), (-0.06, "−0.1"), (100.0, "+100.0")],
)
def test_signed_points(points: float, text: str) -> None:
    assert signed(points) == text


@pytest.mark.parametrize(
    ("native", "scale", "text"),
    [
        (62.5, (0, 100), "62.5"),
        (3.125, (0, 5), "3.125 of 0–5"),
        (-2, (-5, 5), "−2 of −5 to 5"),
        (3, (1, 5), "3 of 1–5"),
    ],
)
def test_a_value_on_a_scale_of_its_own(native: float, scale: tuple[int, int], text: str) -> None:
    assert of_scale(native, (Decimal(scale[0]), Decimal(scale[1]))) == text


def test_labels(model: Model) -> None:
    parts = model.scores["health"].parts
    assert [node_label(model, name, node) for name, node in parts.items()] == [
        "logins",
        "some of them",
        "mine",
        "a group",
    ]
    assert label_of("value_realisation") == "value realisation"
