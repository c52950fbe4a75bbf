"""Gainsight's scorecards, as support.gainsight.com tells them: Calculation of Group and Overall Scores, Measure
Weights, Scorecard FAQs. The group of 40 is printed there; thread 6059 of its community tells of the override."""

from pathlib import Path
from typing import Any

import pytest

from tests.golden.worked import Worked, from_text

MODEL = """
model: gainsight
entities: {account: {table: accounts, key: id}}
tables: {judgements: {account: id, time: at}}
metrics:
  first: {attribute: first}
  second: {attribute: second}
  third: {attribute: third}
  by_hand: {last: judgements.score}
scores:
  health:
    decimals: 0
    parts:
      group:
        weight: 1
        parts:
          first: {weight: 20, metric: first, curve: [[0, 0], [100, 100]]}
          second: {weight: 15, metric: second, curve: [[0, 0], [100, 100]]}
          third: {weight: 22, metric: third, curve: [[0, 0], [100, 100]]}
      by_hand:
        weight: 100000
        metric: by_hand
        applies_if: "coalesce(by_hand, -1) >= 0"
        curve: [[0, 0], [100, 100]]
        stale: {expire: 30 days}
    tiers: [{at: "> 75", is: green}, {at: "> 50", is: yellow}, {at: else, is: red}] # a range begins above its lower end
"""


def row(id_: str, first: Any = 47, second: Any = 59, third: Any = 21) -> dict[str, Any]:
    return {"id": id_, "first": first, "second": second, "third": third}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    accounts = [row("printed"), row("without third", third=""), row("75", 75, 75, 75), row("76", 76, 76, 76)]
    accounts += [row("50", 50, 50, 50), row("by hand"), row("by hand, long ago")]
    judgements = [
        {"id": "by hand", "at": "2026-06-10", "score": 80},
        {"id": "by hand, long ago", "at": "2026-05-31", "score": 80},
    ]
    return from_text(tmp_path_factory.mktemp("gainsight"), MODEL, {"accounts": accounts, "judgements": judgements})


def test_the_printed_group(found: dict[str, Worked]) -> None:
    """(20 × 47 + 15 × 59 + 22 × 21) ÷ 57 = 40.12, shown as 40."""
    account = found["printed"]
    assert account.said == (40, "red")
    assert round(account.row["raw"], 2) == round(account.groups["group"] or 0, 2) == 40.12
    assert [account.weight(f"group/{name}") for name in ("first", "second", "third")] == [35.09, 26.32, 38.6]


def test_what_is_not_there_is_left_out(found: dict[str, Worked]) -> None:
    """(20 × 47 + 15 × 59) ÷ 35 = 52.14."""
    assert found["without third"].said == (52, "yellow")


def test_a_range_begins_above_its_lower_end(found: dict[str, Worked]) -> None:
    tiers = {name: found[name].row["tier"] for name in ("50", "75", "76")}
    assert tiers == {"50": "red", "75": "yellow", "76": "green"}


def test_a_manual_override_by_weight(found: dict[str, Worked]) -> None:
    """A measure that is usually not there weighs 100,000: (40.12 + 100,000 × 80) ÷ 100,001, until it expires."""
    account = found["by hand"]
    assert account.said == (80, "green")
    assert account.row["raw"] == pytest.approx((2287 / 57 + 100_000 * 80) / 100_001, abs=1e-9)
    assert found["printed"].states["by_hand"] == "not_applicable"
    assert found["by hand, long ago"].states["by_hand"] == "expired"
    assert found["by hand, long ago"].row["score"] == 40


OVERRIDE = (
    MODEL[: MODEL.index("      by_hand:")]
    + """
    overrides: [{when: "coalesce(by_hand, -1) >= 0", replace: 80, because: The CSM says so}]
"""
)


def test_an_override_says_the_same_in_the_open(tmp_path: Path) -> None:
    accounts, judgements = [row("by hand"), row("printed")], [{"id": "by hand", "at": "2026-06-10", "score": 80}]
    found = from_text(tmp_path, OVERRIDE, {"accounts": accounts, "judgements": judgements})
    assert (found["by hand"].row["score"], round(found["by hand"].row["raw"], 2)) == (80, 40.12)
    assert len(found["by hand"].row["overrides"]) == 1
    assert (found["printed"].row["score"], found["printed"].row["overrides"]) == (40, [])
