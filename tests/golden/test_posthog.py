"""PostHog's customer health, version 3: PostHog/posthog.com, contents/handbook/cs-and-onboarding/health-tracking.md,
with the points of docs.vitally.io. The worked account was computed from its rules."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.golden.worked import Tables, Worked, from_template

Row = dict[str, Any]
DAY = date(2026, 6, 30)
PRODUCTS = ("analytics", "replay", "flags", "experiments", "warehouse", "pipelines", "errors")


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def actions(account: str, kind: str, users: int, days: int) -> list[Row]:
    """One action of each of the first users."""
    return [{"account_id": account, "user_id": f"{account} {i}", "kind": kind, "at": ago(days)} for i in range(users)]


def volumes(account: str, days: int, **cells: float) -> Row:
    usual = {"events": 100, "replays": 10, "flag_requests": 100, "rows_synced": 10, "queries": 100, "queries_failed": 0}
    return {"account_id": account, "day": ago(days), **usual, "surveys_running": 0, "group_events": 0, **cells}


def worked() -> dict[str, list[Row]]:
    """20 users, 9 of them active, 10 in the month before; 2 analyse insights and watch replays, one experiments."""
    own = {"account_id": "worked"}
    return {
        "accounts": [{**own, "name": "worked", "csm": "x", "arr": 1, "plan": "paid", "created_on": "2024-01-01",
                      "ended_on": "", "pays_for_groups": "no"}],
        "users": [{**own, "user_id": f"worked {i}", "first_seen": ago(400)} for i in range(20)],
        "actions": [
            *actions("worked", "other", 9, 3), *actions("worked", "other", 10, 40), *actions("worked", "insight", 2, 5),
            *actions("worked", "replay", 2, 5), *actions("worked", "experiment", 1, 5),
            *actions("worked", "flag", 9, 35),
        ],
        "volumes": [
            *(volumes("worked", day, replays=9, rows_synced=9, queries_failed=8) for day in range(30)),
            *(volumes("worked", day) for day in range(30, 60)),
        ],
        "products": [{**own, "product": name, "adopted_on": ago(300), "left_on": ""} for name in PRODUCTS],
        "tickets": [{**own, "ticket_id": "1", "opened_on": ago(60), "closed_on": "", "priority": "urgent"}],
        "meetings": [{**own, "held_on": ago(91)}],
        "sentiments": [{**own, "judged_on": ago(10), "sentiment": 2}],
        "forecasts": [{**own, "made_on": ago(10), "mrr": 1000, "forecast_mrr": 890}],
    }  # fmt: skip


def another() -> dict[str, list[Row]]:
    """An account in use today: it keeps the feeds fresh, and views surveys."""
    own = {"account_id": "another"}
    return {
        "accounts": [{**worked()["accounts"][0], **own, "name": "another"}],
        "users": [{**own, "user_id": f"another {i}", "first_seen": ago(400)} for i in range(2)],
        "actions": [*actions("another", "survey", 2, 0), *actions("another", "other", 2, 31)],
        "volumes": [volumes("another", day, surveys_running=1) for day in range(60)],
        "tickets": [{**own, "ticket_id": "2", "opened_on": ago(1), "closed_on": ago(0), "priority": "normal"}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Tables:
    one, two = worked(), another()
    return {name: [*rows, *two.get(name, [])] for name, rows in one.items()}


@pytest.fixture(scope="module")
def found(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return from_template(tmp_path_factory.mktemp("posthog"), "posthog", tables)


def test_the_worked_account(found: dict[str, Worked]) -> None:
    account = found["worked"]
    assert (account.row["native"], account.row["score"], account.row["tier"]) == (5.95, 59.5, "concerning")
    points: dict[str, list[float | None]] = {}
    for path, value in account.points.items():
        points.setdefault(path.split("/")[1], []).append(None if value is None else value / 10)
    assert points == {
        "user_engagement": [5, 10, 5, 0],
        "product_experience": [10, 5, 10, 5],
        "company_engagement": [0, 5, 10],
        "product_analytics": [10, 5],
        "session_replay": [5, 5],
        "flags_and_experiments": [10, 0, 5],
        "surveys_and_warehouse": [None, 5],
    }


def test_the_weights_are_those_of_the_children(found: dict[str, Worked]) -> None:
    """25 = 15 + 5 + 5 and 75 = 33 + 20 + 17 + 5; an earlier page put 20 and 80 above them."""
    account = found["another"]
    assert (account.weight("customer_engagement"), account.weight("product_engagement")) == (25, 75)
    account = found["worked"]
    groups = ("product_analytics", "session_replay", "flags_and_experiments", "surveys_and_warehouse")
    assert [account.weight(f"product_engagement/{name}") for name in groups] == [33, 20, 17, 5]
    assert account.weight("customer_engagement/user_engagement") == 15


def test_nothing_to_view_is_not_nobody_viewing(found: dict[str, Worked]) -> None:
    surveys = "product_engagement/surveys_and_warehouse/surveys"
    assert (found["worked"].states[surveys], found["another"].points[surveys]) == ("missing", 100)


def test_flags_stand_beside_the_score(found: dict[str, Worked]) -> None:
    assert found["worked"].row["flags"] == ["spends_less"]
    assert found["another"].row["flags"] == ["no_insight"]


def test_sentiment_is_a_score_of_its_own(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = from_template(tmp_path_factory.mktemp("sentiment"), "posthog", tables, score="csm_sentiment")
    assert (found["worked"].row["native"], found["worked"].row["tier"]) == (2, "strained")
    assert found["another"].said == (None, "insufficient evidence")
