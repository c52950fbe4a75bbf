"""The HBR template: its rubric at the edges, best and worst, and the account that products score in three ways."""

from pathlib import Path
from typing import Any

import pytest

from keepwell.scoring.tables import score_table
from keepwell.workspace import open_workspace

SHIPPED = Path(__file__).parents[2] / "src" / "keepwell" / "shipped" / "hbr"
NEW = [f"2026-06-{day}" for day in ("07", "14", "21", "28")]
OLD = ["2026-05-10", "2026-05-17", "2026-05-24", "2026-05-31"]
KINDS = ("recommendation", "review", "case study")


def account(name: str = "a") -> dict[str, object]:
    return {
        "account_id": name,
        "name": name,
        "csm": "x",
        "arr": 1000,
        "seats": 100,
        "started_on": "2020-01-01",
        "ended_on": "",
    }


def usage(old: int, new: int, name: str = "a") -> list[dict[str, object]]:
    weeks = [(day, old) for day in OLD] + [(day, new) for day in NEW]
    return [{"account_id": name, "week_ends_on": day, "active_users": users} for day, users in weeks]


def facts(*, good: bool) -> dict[str, list[dict[str, object]]]:
    """An account of which everything is at its best, or at its worst; no goals are agreed at the worst."""
    own = {"account_id": "a"}
    tickets = 1 if good else 12
    return {
        "accounts": [account()],
        "usage": usage(60, 90) if good else usage(60, 10),
        "surveys": [{**own, "answered_on": "2026-05-01", "nps": 10 if good else 0}],
        "references": [
            {**own, "asked_on": "2026-05-01", "kind": kind, "answer": "yes" if good else "no"} for kind in KINDS
        ],
        "tickets": [
            {
                **own,
                "ticket_id": i,
                "opened_on": "2026-06-10",
                "closed_on": "2026-06-11" if good else "",
                "severity": "urgent",
            }
            for i in range(tickets)
        ],
        "feature_requests": [
            {
                **own,
                "request_id": i,
                "asked_on": "2026-06-01",
                "blocking": "yes",
                "delivered_on": "2026-06-20" if good else "",
            }
            for i in range(3)
        ],
        "goals": [
            {
                **own,
                "goal_id": i,
                "agreed_on": "2026-01-10" if good else "2024-01-10",
                "due_on": "2026-05-01",
                "reached_on": "2026-04-20",
            }
            for i in range(3)
        ],
        "reviews": [
            {
                **own,
                "held_on": "2026-06-01",
                "savings_expected": 500,
                "savings_confirmed": 500 if good else 0,
                "efficiency": 5 if good else 1,
            }
        ],
    }


def test_everything_at_its_best_is_100(scored: Any) -> None:
    row = scored(SHIPPED / "model.yaml", facts(good=True))["a"]
    assert (row["score"], row["low"], row["high"], row["coverage"]) == (100, 100, 100, 1)
    assert (row["tier"], row["zone"], row["standing"]) == ("great", None, "firm")


def test_everything_at_its_worst_is_0(scored: Any) -> None:
    tables = facts(good=False)
    tables["accounts"].append(account("b"))
    tables["goals"].append({**tables["goals"][0], "account_id": "b", "goal_id": "b", "agreed_on": "2026-01-10"})
    row = scored(SHIPPED / "model.yaml", tables)["a"]
    # Without a goal nobody knows how many it would reach: 3/4 of goals, which are 2/4 of value, which is half.
    assert (row["score"], row["low"], row["high"]) == (0, 0, 18.75)
    assert (row["tier"], row["zone"], row["standing"]) == ("at_risk", "exception", "firm")


def half_known() -> dict[str, list[dict[str, object]]]:
    """Relationship 90, value 40, no usage: an account as in the comparison of products; its neighbour has usage."""
    own = {"account_id": "a"}
    answers = [10] * 8 + [0] * 2  # NPS 60: 80 points, beside a referability of 100
    return {
        "accounts": [account(), account("b")],
        "usage": usage(60, 60, "b"),
        "surveys": [{**own, "answered_on": "2026-05-01", "nps": answer} for answer in answers],
        "references": [{**own, "asked_on": "2026-05-01", "kind": kind, "answer": "yes"} for kind in KINDS],
        "goals": [
            {
                **own,
                "goal_id": i,
                "agreed_on": "2026-01-10",
                "due_on": "2026-05-01",
                "reached_on": "2026-04-20" if i == 0 else "",
            }
            for i in range(5)
        ],
        "reviews": [
            {**own, "held_on": "2026-06-01", "savings_expected": 500, "savings_confirmed": 200, "efficiency": 2.6}
        ],
    }


@pytest.mark.parametrize(
    ("file", "score", "low", "high"), [("model.yaml", 56.67, 42.5, 67.5), ("model-average.yaml", 65, 43.33, 76.67)]
)
def test_a_dimension_without_data_opens_the_interval(
    scored: Any, file: str, score: float, low: float, high: float
) -> None:
    row = scored(SHIPPED / file, half_known())["a"]
    assert (row["score"], row["low"], row["high"]) == (score, low, high)
    assert (row["tier"], row["standing"]) == ("good", "provisional")


ONE_MEASURE = """
model: edges
extends: hbr
scores:
  health:
    parts:
      relationship_quality: null
      product_usage: null
      value_realisation: null
      savings: {metric: savings, curve: [[0, 0], [1, 100]]}
"""


def test_the_rubric_at_its_edges(scored: Any, tmp_path: Path) -> None:
    """One measure whose points are the share of savings, below the shipped tiers."""
    (tmp_path / "edges.yaml").write_text(ONE_MEASURE)
    edges = {70: ("great", None), 69.99: ("good", None), 50.01: ("good", None), 50: ("at_risk", "focus"),
             30: ("at_risk", "focus"), 29.99: ("at_risk", "exception"), 0: ("at_risk", "exception")}  # fmt: skip
    names = {f"a{points}": points for points in edges}
    reviews = [
        {
            "account_id": name,
            "held_on": "2026-06-01",
            "savings_expected": 10_000,
            "savings_confirmed": round(points * 100),
            "efficiency": "",
        }
        for name, points in names.items()
    ]
    found = scored(tmp_path / "edges.yaml", {"accounts": [account(name) for name in names], "reviews": reviews})
    assert {names[name]: row["score"] for name, row in found.items()} == {points: points for points in edges}
    assert {names[name]: (row["tier"], row["zone"]) for name, row in found.items()} == edges


def test_below_30_only_those_of_value_are_worth_it(scored: Any, tmp_path: Path) -> None:
    """The article's rule for the lowest zone is one of tier and value: effort only for accounts of high value."""
    flags = """
flags:
  usage_falls: null
  expansion: null
  save: {when: "score < 30 and arr >= 50000", because: Below 30 and worth the effort}
  let_go: {when: "score < 30 and arr < 50000", kind: note, because: Below 30 and not worth the effort}
metrics: {arr: {attribute: arr}}
"""
    (tmp_path / "value.yaml").write_text(ONE_MEASURE + flags)
    (tmp_path / "keepwell.yaml").write_text("workspace: hbr\nmodel: value.yaml\nas_of: 2026-06-30\n")
    values = {"small": (1000, 20), "large": (50000, 20), "large, focus": (50000, 30)}
    reviews = [
        {
            "account_id": name,
            "held_on": "2026-06-01",
            "savings_expected": 100,
            "savings_confirmed": saved,
            "efficiency": "",
        }
        for name, (_, saved) in values.items()
    ]
    scored(
        tmp_path / "value.yaml",
        {"accounts": [account(name) | {"arr": arr} for name, (arr, _) in values.items()], "reviews": reviews},
    )
    with open_workspace(tmp_path) as workspace:
        rows = score_table(workspace.score()).to_pylist()
    assert {row["account_id"]: row["flags"] for row in rows} == {
        "small": ["let_go"],
        "large": ["save"],
        "large, focus": [],
    }
