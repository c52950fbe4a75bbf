"""Totango's two kinds of health and its portfolio, as support.totango.com tells them (articles 4410017625748,
360030899812, 360000529203, 360032136152). The portfolio of 76 is printed there."""

from typing import Any

import pytest

from tests.golden.worked import Worked, from_text

HEAD = """
model: totango
points: {good: 100, average: 60, poor: 0}
entities: {account: {table: accounts, key: id, parent: parent, value: arr}}
metrics:
  use: {attribute: use}
  engagement: {attribute: engagement}
  licences: {attribute: licences}
  tickets: {attribute: tickets}
"""
WORST = """
scores:
  account_health: # poor if anything is poor, good if all that is there is good, else average
    combine: min
    minimum_coverage: 0 %
    parts:
      use: {metric: use, map: [[good, good], [average, average], [poor, poor]]}
      engagement: {metric: engagement, map: [[good, good], [average, average], [poor, poor]]}
      licences: {metric: licences, map: [[good, good], [average, average], [poor, poor]]}
    tiers: [{at: ">= 100", is: good}, {at: "> 0", is: average}, {at: else, is: poor}]
  multidimensional: # rounded to whole points at every level
    decimals: 0
    parts:
      product:
        weight: 55 %
        round: 0
        parts:
          use: {weight: 35 %, metric: use, map: [[good, good], [average, average], [poor, poor]]}
          licences: {weight: 65 %, metric: licences, map: [[good, good], [average, average], [poor, poor]]}
      people:
        weight: 45 %
        round: 0
        parts:
          engagement: {weight: 37 %, metric: engagement, map: [[good, good], [average, average], [poor, poor]]}
          tickets: {weight: 63 %, metric: tickets, map: [[good, good], [average, average], [poor, poor]]}
    tiers: [{at: ">= 75", is: good}, {at: ">= 50", is: average}, {at: else, is: poor}]
"""


def row(id_: str, *states: str, **cells: Any) -> dict[str, Any]:
    names = ("use", "engagement", "licences", "tickets")
    return {"id": id_, "parent": "", "arr": 1, **dict(zip(names, states, strict=False)), **cells}


ACCOUNTS = [
    row("all good", "good", "good", "good", "good"),
    row("one average", "good", "average", "good", "good"),
    row("one poor", "good", "average", "poor", "good"),
    row("only one known", "good", "", "", ""),
    row("rounded", "average", "average", "poor", "poor"),
]


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return from_text(tmp_path_factory.mktemp("worst"), HEAD + WORST, {"accounts": ACCOUNTS})


@pytest.fixture(scope="module")
def multidimensional(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    folder = tmp_path_factory.mktemp("multidimensional")
    return from_text(folder, HEAD + WORST, {"accounts": ACCOUNTS}, score="multidimensional")


def test_account_health_is_the_worst_of_what_is_known(worst: dict[str, Worked]) -> None:
    assert {id_: account.row["tier"] for id_, account in worst.items()} == {
        "all good": "good",
        "one average": "average",
        "one poor": "poor",
        "only one known": "good",
        "rounded": "poor",
    }
    one = worst["only one known"].row
    assert (one["standing"], one["low"], one["high"]) == ("provisional", 0, 100), "one good value proves little"


def test_the_multidimensional_score_rounds_at_every_level(multidimensional: dict[str, Worked]) -> None:
    """Product is 35 % of 60 = 21, people 37 % of 60 = 22.2 → 22; 55 % of 21 + 45 % of 22 = 21.45 → 21. Rounded once, at
    the end, it would be 21.54 → 22. With engagement average and all else good: people 85.2 → 85, 55 + 38.25 → 93."""
    found = multidimensional
    assert (found["rounded"].groups["product"], found["rounded"].groups["people"]) == (21, 22)
    assert found["rounded"].said == (21, "poor")
    assert found["one average"].groups["people"] == 85
    assert found["one average"].said == (93, "good")
    assert found["all good"].said == (100, "good")


PORTFOLIO = """
model: portfolio
entities: {account: {table: accounts, key: id, parent: parent, value: arr}}
metrics:
  health: {attribute: health}
  arr: {attribute: arr}
  quality: {expr: "case when health = 'good' then 100 when health = 'average' then 60 when health = 'poor' then 40 end"}
  portfolio: {mean: children.quality}
  good_children: {share: children, that: "health = 'good'"}
  good_value: {share: children, that: "health = 'good'", weight: arr}
  value_below: {sum: children.arr}
  largest: {max: children.arr}
  below: {count: children}
scores:
  quality: {parts: {portfolio: {metric: portfolio, curve: [[0, 0], [100, 100]]}}}
  by_children: {parts: {share: {metric: good_children, bands: [[">= 70 %", 100], [">= 40 %", 60], [else, 0]]}}}
  by_value: {parts: {share: {metric: good_value, bands: [[">= 70 %", 100], [">= 40 %", 60], [else, 0]]}}}
"""
CHILDREN = [*["good"] * 5, *["average"] * 3, *["poor"] * 2]


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    """One parent with 5, 3 and 2 children, and one of whose 4 children the 3 good ones pay a quarter."""
    rows = [{"id": "ten", "parent": "", "arr": 1, "health": ""}, {"id": "four", "parent": "", "arr": 1, "health": ""}]
    rows += [{"id": f"t{i}", "parent": "ten", "arr": 100, "health": word} for i, word in enumerate(CHILDREN)]
    rows += [{"id": f"f{i}", "parent": "four", "arr": 100, "health": "good"} for i in range(3)]
    rows.append({"id": "f3", "parent": "four", "arr": 900, "health": "poor"})
    return {
        score: from_text(tmp_path_factory.mktemp(score), PORTFOLIO, {"accounts": rows}, score=score)["four"]
        for score in ("by_children", "by_value")
    } | {"ten": from_text(tmp_path_factory.mktemp("ten"), PORTFOLIO, {"accounts": rows})["ten"]}


def test_the_quality_of_a_portfolio(portfolio: dict[str, Worked]) -> None:
    """(5 × 100 + 3 × 60 + 2 × 40) ÷ 10 = 76."""
    assert portfolio["ten"].row["score"] == 76


def test_a_parent_by_its_children_or_by_their_contract_value(portfolio: dict[str, Worked]) -> None:
    metrics = portfolio["by_value"].metrics
    assert (metrics["good_children"], metrics["good_value"]) == (0.75, 0.25)
    assert (portfolio["by_children"].row["score"], portfolio["by_value"].row["score"]) == (100, 0)


def test_a_parent_by_metrics_rolled_up(portfolio: dict[str, Worked]) -> None:
    metrics = portfolio["by_value"].metrics
    assert (metrics["value_below"], metrics["largest"], metrics["below"]) == (1200, 900, 4)
