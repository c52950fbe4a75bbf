"""BigCommerce's ten metrics in seventeenths: the printed percentages are reproduced to the last decimal shown."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keepwell.model import load_model
from keepwell.model.tree import Group

MODEL = Path(__file__).parents[2] / "src" / "keepwell" / "shipped" / "bigcommerce" / "model.yaml"
MONTHS = [f"{year}-{month:02}-28" for year in (2024, 2025, 2026) for month in range(1, 13)][6:30]
"""24 months up to June 2026."""


def facts(*, good: bool, commitment: str) -> dict[str, list[dict[str, object]]]:
    """An account of which everything but its commitment is at its best, or at its worst."""
    own = {"account_id": "a"}
    sales = [
        (40, 1000) if good == (i >= 12) else (20, 400) for i in range(24)
    ]  # order value rises or falls by a quarter
    word = "yes" if good else "no"
    return {
        "accounts": [{**own, "name": "a", "csm": "x", "arr": 1000, "started_on": "2020-01-01", "ended_on": ""}],
        "surveys": [{**own, "answered_on": "2026-06-01", "nps": 10 if good else 0, "reference": word}],
        "meetings": [{**own, "held_on": "2026-06-01", "attended": word}],
        "judgements": [
            {
                **own,
                "judged_on": "2026-06-15",
                "sentiment": 5 if good else 1,
                "commitment": commitment,
                "gaps": "none" if good else "hindering",
                "all_brands": word,
                "mobile": word,
                "analytics": word,
                "new_storefronts_pct": 100 if good else 0,
                "chooses_us_pct": 100 if good else 0,
            }
        ],
        "invoices": [
            {
                **own,
                "invoice_id": 1,
                "due_on": "2026-06-01",
                "paid_on": "2026-05-30" if good else "",
                "amount": 100,
                "currency": "EUR",
            }
        ],
        "sales": [
            {**own, "month_ends_on": day, "gross_revenue": revenue, "orders": orders, "currency": "EUR"}
            for day, (orders, revenue) in zip(MONTHS, sales, strict=True)
        ],
    }


@pytest.mark.parametrize(
    ("good", "commitment", "score", "tier", "zone"),
    [
        (True, "renews", 100, "great", None),
        (True, "apprehensive", 64.71, "good", None),
        (True, "neutral", 82.35, "great", None),
        (False, "renews", 35.29, "at_risk", "focus"),
        (False, "apprehensive", 0, "at_risk", "exception"),
    ],
)
def test_golden(scored: Any, good: bool, commitment: str, score: float, tier: str, zone: str | None) -> None:
    row = scored(MODEL, facts(good=good, commitment=commitment))["a"]
    assert (row["score"], row["low"], row["high"], row["coverage"]) == (score, score, score, 1)
    assert (row["tier"], row["zone"], row["standing"]) == (tier, zone, "firm")


def test_the_ten_weights_are_exact_seventeenths() -> None:
    root = load_model(MODEL).model.scores["health"]
    found: dict[str, Fraction] = {}
    for dimension in root.parts.values():
        assert isinstance(dimension, Group)
        total = sum((part.weight.value for part in dimension.parts.values()), Fraction(0))
        assert dimension.weight.value == total
        for name, part in dimension.parts.items():
            found[name] = dimension.weight.value * part.weight.value / total
    assert sum(found.values()) == 1
    assert sorted(found.values()) == [Fraction(1, 17)] * 7 + [Fraction(2, 17)] * 2 + [Fraction(6, 17)]
    assert found["commitment"] == Fraction(6, 17)
    assert {name for name, weight in found.items() if weight == Fraction(2, 17)} == {"sentiment", "payments"}
    shown = sum(round(float(weight) * 100, 2) for weight in found.values())
    assert round(shown, 2) == 99.97, "the rounded percentages of the source do not sum to 100"


def pulses(*, good: bool, commitment: str) -> dict[str, list[dict[str, object]]]:
    """The same account, of which everything is asked."""
    words = {"reference": "yes" if good else "no", "gaps": "none" if good else "hindering", "commitment": commitment}
    words |= {f"ecosystem.{name}": "yes" if good else "no" for name in ("all_brands", "mobile", "analytics")}
    best = {"recommends": 10, "meetings": 5, "sentiment": 5, "revenue_growth": 20, "orders_growth": 20}
    best |= {"order_value_growth": 10, "new_storefronts": 100, "chooses_us": 100, "paid_on_time": 100}
    worst = dict.fromkeys(best, 0) | {"sentiment": 1, "revenue_growth": -20, "orders_growth": -20}
    numbers = best if good else worst | {"order_value_growth": -10}
    said: dict[str, object] = {
        "account_id": "a",
        "author": "x",
        "answered_on": "2026-06-15",
        "known": "2026-06-15",
        "date": "",
    }
    rows: list[dict[str, object]] = [
        {**said, "input": name, "word": word, "number": ""} for name, word in words.items()
    ]
    rows += [{**said, "input": name, "word": "", "number": number} for name, number in numbers.items()]
    return {"accounts": facts(good=good, commitment=commitment)["accounts"], "pulses": rows}


@pytest.mark.parametrize(
    ("good", "commitment", "score", "tier", "zone"),
    [
        (True, "renews", 100, "great", None),
        (True, "apprehensive", 64.71, "good", None),
        (False, "renews", 35.29, "at_risk", "focus"),
        (False, "apprehensive", 0, "at_risk", "exception"),
    ],
)
def test_the_ten_metrics_by_answers_alone(
    scored: Any, good: bool, commitment: str, score: float, tier: str, zone: str | None
) -> None:
    row = scored(MODEL.with_name("model-manual.yaml"), pulses(good=good, commitment=commitment))["a"]
    assert (row["score"], row["low"], row["high"], row["coverage"]) == (score, score, score, 1)
    assert (row["tier"], row["zone"], row["standing"]) == (tier, zone, "firm")
