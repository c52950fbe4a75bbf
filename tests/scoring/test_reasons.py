"""Reasons and next steps, worked out by hand for a few accounts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keepwell.scoring.reasons import reasons_of, step_of
from keepwell.scoring.score import Scores
from keepwell.workspace import open_workspace
from tests.scoring.folder import written

MODEL = """
model: reasons
entities: {account: {table: accounts, key: account_id}}
tables: {answers: {account: account_id, time: at}}
metrics:
  use: {last: answers.use, format: percent}
  mood: {last: answers.mood, label: mood of its people}
  plan: {last: answers.plan}
  paid: {last: answers.paid, format: money}
scores:
  health:
    minimum_coverage: 40 %
    parts:
      product:
        weight: 50 %
        parts:
          use: {weight: 3, metric: use, curve: [[0, 0], [1, 100]]}
          mood: {weight: 1, metric: mood, curve: [[0, 0], [10, 100]], stale: {warn: 30 days, expire: 90 days}}
      plan: {weight: 30 %, metric: plan, map: [[renews, 100], [doubts, 0], [else, 60]], missing: 20}
      paid: {weight: 20 %, metric: paid, bands: [["< 100", 99.9], [else, 100]]}
    tiers:
      - {at: ">= 70", is: great, do: {step: ask for a reference}}
      - at: else
        is: at_risk
        do: {step: plan the recovery, owner: csm, due: 14 days}
        zones:
          - {at: ">= 30", is: focus}
          - {at: else, is: exception, do: {step: let it go, owner: head}}
"""
TABLES = {
    "accounts": "account_id\nfull\nbad\nlost\nold\nhalf\nnone\n",
    "answers": """
account_id,at,use,mood,plan,paid
full,2026-06-20,1,10,renews,200
bad,2026-06-20,0.2,5,doubts,50
lost,2026-06-20,0.5,,,1234.4
old,2026-05-31,1,0,renews,200
half,2026-06-20,,4,,
none,2026-03-01,,4,,
""",
}


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scores]:
    with open_workspace(written(tmp_path_factory.mktemp("reasons"), MODEL, TABLES)) as workspace:
        yield workspace.score()


@pytest.fixture(scope="module")
def reasons(scores: Scores) -> dict[str, list[str]]:
    return reasons_of(scores, "EUR")


def test_nothing_to_say_where_nothing_costs_points(reasons: dict[str, list[str]]) -> None:
    assert "full" not in reasons


def test_what_costs_most_comes_first(reasons: dict[str, list[str]]) -> None:
    """Weights in the score: use 0.375, mood 0.125, plan 0.3, paid 0.2.

    0.375 × 80 = 30, 0.3 × 100 = 30: the first in the file on ties; 0.125 × 50 = 6.25. `paid` costs 0.02: no line.
    """
    assert reasons["bad"] == [
        "Use: 20 % (−30.0 points)",
        "Plan: doubts (−30.0 points)",
        "Mood of its people: 5 (−6.2 points)",
    ]


def test_what_is_missing_has_no_value_to_show(reasons: dict[str, list[str]]) -> None:
    """Without mood, use carries the product alone: 0.5 × 50 = 25; `missing: 20` lets plan count: 0.3 × 80 = 24."""
    assert reasons["lost"] == ["Use: 50 % (−25.0 points)", "Plan: no data (−24.0 points)"]


def test_an_ageing_value_is_called_old(reasons: dict[str, list[str]]) -> None:
    """It was 30 days old on the day."""
    assert reasons["old"] == ["Mood of its people: 0, old (−12.5 points)"]


def test_too_little_evidence_says_what_is_lacking_most(scores: Scores, reasons: dict[str, list[str]]) -> None:
    """half: mood has data, a quarter of the 50 %: 12.5 %. none: its answer expired. `use` weighs most, 37.5 %."""
    lacking = {
        row["id"]: row["coverage"] for row in scores.table.to_pyarrow().to_pylist() if row["standing"] == "insufficient"
    }
    assert lacking == {"half": 0.125, "none": 0.0}
    assert reasons["half"][0].startswith("Data for 12 % of the weight only; most would come from use")
    assert reasons["none"][0].startswith("Data for 0 % of the weight only; most would come from use")
    assert all(len(found) <= 3 for found in reasons.values())


def test_the_next_step_is_that_of_the_zone_or_else_of_the_tier(scores: Scores) -> None:
    said = [
        step_of(scores.plan.score, *place)
        for place in (("great", None), ("at_risk", "focus"), ("at_risk", "exception"))
    ]
    assert [(step.step, step.owner, str(step.due)) for step in said if step] == [
        ("ask for a reference", None, "None"),
        ("plan the recovery", "csm", "14 days"),
        ("let it go", "head", "None"),
    ]
    assert step_of(scores.plan.score, "insufficient evidence", None) is None
    assert step_of(scores.plan.score, None, None) is None
