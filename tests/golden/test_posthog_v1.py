"""PostHog's first health score: PostHog/posthog.com, contents/handbook/growth/sales/health-tracking.md. The printed
weights sum to 140 and to 60; as shares they were computed with exact fractions."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.golden.worked import Worked, from_template

Row = dict[str, Any]
DAY = date(2026, 6, 30)
KINDS = ("insight", "recording", "experiment", "survey")
AGES = {"new": 89, "established": 90, "grown": 400}


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def several(name: str, age: int) -> dict[str, list[Row]]:
    """An account of equal days: it invited nobody, created one flag, answered 8, and lost a fifth of its rows."""
    own = {"account_id": name}
    actions = [{"kind": kind, "at": ago(day), "role": "owner"} for day in range(60) for kind in KINDS]
    actions.append({"kind": "flag", "at": ago(50), "role": "member"})
    return {
        "accounts": [{**own, "name": name, "csm": "x", "arr": 1, "created_on": ago(age), "ended_on": ""}],
        "invitations": [{"account_id": "other", "invitation_id": name, "invited_on": ago(20)}],
        "actions": [{**own, "action_id": f"{name} {i}", **row} for i, row in enumerate(actions)],
        "volumes": [
            {
                **own,
                "day": ago(day),
                "events": 100,
                "replays": 10,
                "flag_requests": 10,
                "rows_synced": 79 if day < 30 else 100,
            }
            for day in range(60)
        ],
        "answers": [{**own, "answered_on": ago(5), "nps": 8}],
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    accounts = [several(name, age) for name, age in AGES.items()]
    tables = {table: [row for each in accounts for row in each[table]] for table in accounts[0]}
    tables["accounts"].append({**tables["accounts"][0], "account_id": "other"})
    return from_template(tmp_path_factory.mktemp("v1"), "posthog-v1", tables)


GROUPS = ("activation", "primary_features", "data_volume", "engagement")


@pytest.mark.parametrize(
    ("name", "variant", "weights"),
    [
        ("new", "new", [35.71, 28.57, 21.43, 14.29]),
        ("established", None, [16.67, 50, 16.67, 16.67]),
        ("grown", None, [16.67, 50, 16.67, 16.67]),
    ],
)
def test_weights_depend_on_the_age_of_the_organisation(
    found: dict[str, Worked], name: str, variant: str | None, weights: list[float]
) -> None:
    assert found[name].row["variant"] == variant
    assert [found[name].weight(group) for group in GROUPS] == weights


def test_the_worked_accounts(found: dict[str, Worked]) -> None:
    """Activation 0, 10, 10, 5, 10 = 7; features 10; data 10, 10, 10, 0 = 7.5; engagement 5, 10 = 7.5."""
    for name in AGES:
        assert [round((found[name].groups[group] or 0) / 10, 2) for group in GROUPS] == [7, 10, 7.5, 7.5]
    assert found["new"].row["native"] == 8.04, "(50 × 7 + 40 × 10 + 30 × 7.5 + 20 × 7.5) ÷ 140"
    assert found["established"].row["native"] == found["grown"].row["native"] == 8.67, "(70 + 300 + 75 + 75) ÷ 60"
