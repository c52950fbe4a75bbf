"""Mattermost's account health: mattermost/mattermost-data-warehouse, transform/snowflake-dbt/models/cs/
account_health_score.sql, and metrics-definitions.md of mattermost/mattermost-handbook. Computed from their rules."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.golden.worked import Tables, Worked, from_template

Row = dict[str, Any]
DAY = date(2026, 6, 30)
NEVER = None
BEST = (1096, 200, 1, 5)
"""Three years of tenure, 200 days to the end, one ticket, five days since a task."""
WORST = (182, 15, 5, NEVER)
CASES: dict[str, tuple[tuple[int, int, int, int | None], str, bool]] = {
    "middling": ((548, 45, 0, 12), "", False),
    "best": (BEST, "", True),
    "without reference": (BEST, "", False),
    "worst": (WORST, "", False),
    "worst, warned": (WORST, "Early Warning", False),
    "worst, delayed": (WORST, "Delayed", False),
    "worst, at risk": (WORST, "At Risk", False),
    "best, warned": (BEST, "Early Warning", True),
    "best, at risk": (BEST, "At Risk", True),
    "best, both": (BEST, "both", True),
    "best, settled": (BEST, "settled", True),
    "last day": ((548, 0, 0, 12), "", False),
    "ended": ((548, -1, 0, 12), "", False),
    "renewed": ((548, 60, 0, 12), "", False),
    "not begun": ((-20, 385, 0, 12), "", False),
}
"""Name → (days since the first licence began, to the end of the last, tickets, days since a task), risk, reference."""


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def second(name: str) -> Row:
    """Of `renewed` the first licence has ended, and the signed second one begins in five days: a gap."""
    return {"signed_on": ago(120), "starts_on": ago(-5 if name in ("renewed", "not begun") else 100)}


def risks(name: str, risk: str) -> list[Row]:
    said = {"both": ["Early Warning", "At Risk"], "settled": ["At Risk"], "": []}.get(risk, [risk])
    closed = ago(1) if risk == "settled" else ""
    return [
        {"risk_id": f"{name} {status}", "account_id": name, "opened_on": ago(9), "closed_on": closed, "status": status}
        for status in said
    ]


@pytest.fixture(scope="module")
def tables() -> Tables:
    found: dict[str, list[Row]] = {
        "accounts": [],
        "licences": [],
        "tickets": [],
        "tasks": [],
        "references": [],
        "risks": [],
    }
    for name, ((began, left, tickets, task), risk, reference) in CASES.items():
        own = {"account_id": name}
        found["accounts"].append({**own, "name": name, "csm": "x", "arr": 1, "created_on": "2020-01-01"})
        found["licences"] += [
            {
                **own,
                "licence_id": f"{name} 1",
                "signed_on": ago(600),
                "starts_on": ago(began),
                "ends_on": ago(began - 90),
            },
            {**own, "licence_id": f"{name} 2", **second(name), "ends_on": ago(-left)},
        ]
        found["tickets"] += [{**own, "ticket_id": f"{name} {i}", "opened_on": ago(20)} for i in range(tickets)]
        found["tickets"].append({**own, "ticket_id": f"{name} old", "opened_on": ago(90)})
        found["tasks"] += [{**own, "done_on": ago(task)}] if task is not None else []
        found["references"] += [{**own, "completed_on": ago(400)}] if reference else []
        found["risks"] += risks(name, risk)
    return found


def scored(tables: Tables, factory: pytest.TempPathFactory, model: str) -> dict[str, Worked]:
    return from_template(factory.mktemp(model), "mattermost", tables, model)


@pytest.fixture(scope="module")
def program(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return scored(tables, tmp_path_factory, "model.yaml")


@pytest.fixture(scope="module")
def handbook(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return scored(tables, tmp_path_factory, "model-handbook.yaml")


@pytest.fixture(scope="module")
def cap(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return scored(tables, tmp_path_factory, "model-cap.yaml")


def test_the_worked_accounts(program: dict[str, Worked]) -> None:
    """18.75 + 18.75 + 12.5 + 25 = 75. And 22.5 + 25 + 25 + 25 + 10 = 107.5, at most 100."""
    assert program["middling"].said == (75, "healthy")
    assert program["middling"].points == {"tenure": 75, "licence_end": 75, "tickets": 50, "task": 100}
    assert program["best"].said == (100, "healthy")
    assert (program["best"].row["raw"], program["without reference"].row["score"]) == (97.5, 98)


def test_the_two_tables_of_tenure_have_another_minimum(program: dict[str, Worked], handbook: dict[str, Worked]) -> None:
    assert (program["worst"].row["raw"], program["worst"].row["score"]) == (21.25, 21)
    assert (handbook["worst"].row["raw"], handbook["worst"].row["score"]) == (17.5, 18)
    assert (program["best"].points["tenure"], handbook["best"].points["tenure"]) == (90, 100)


def test_replacing_raises_what_a_cap_leaves(program: dict[str, Worked], cap: dict[str, Worked]) -> None:
    assert program["worst, warned"].said == program["worst, delayed"].said == (50, "watch")
    assert cap["worst, warned"].said == cap["worst, delayed"].said == (21, "at_risk")
    assert program["worst, warned"].row["raw"] == 21.25, "the computed score is kept beside the stated one"


def test_of_several_risks_the_lowest_wins(program: dict[str, Worked], cap: dict[str, Worked]) -> None:
    for found in (program, cap):
        assert [found[f"best, {risk}"].said[0] for risk in ("warned", "at risk", "both")] == [50, 20, 20]
        assert found["worst, at risk"].said == (20, "at_risk")


def test_no_open_risk_keeps_the_score(program: dict[str, Worked], cap: dict[str, Worked]) -> None:
    """The least of a number and nothing was nothing in the source's SQL."""
    for name in ("middling", "best", "worst", "best, settled"):
        assert cap[name].said == program[name].said
        assert cap[name].row["overrides"] == program[name].row["overrides"] == []
    assert cap["best, settled"].said == (100, "healthy")


def test_who_is_scored(program: dict[str, Worked]) -> None:
    """From the beginning of the first licence to the end of the last one signed, also in a gap between the two."""
    assert set(program) == set(CASES) - {"ended", "not begun"}
    assert program["renewed"].said == (75, "healthy")
    assert program["renewed"].metrics["licence_end"] == 60
    assert program["last day"].points["licence_end"] == 10


def test_nothing_ever_done_is_the_worst_band(program: dict[str, Worked]) -> None:
    assert (program["worst"].states["task"], program["worst"].points["task"]) == ("never", 25)
    assert {account.row["standing"] for account in program.values()} == {"firm"}
