"""A PROVE-shaped tree fits the language: the handbook's worked account comes out, and red sentiment turns it red."""

from pathlib import Path
from typing import Any

import pytest

from keepwell.model import load_model

MODEL = Path(__file__).parents[1] / "cases" / "prove.yaml"
PING = {
    "subscription_id": "s",
    "pinged_at": "2026-06-28",
    "included_in_health": "yes",
    "licensed_users": 1000,
    "billable_users": 600,  # 60 %, at eight months: 63
    "active_users_28d": 492,  # 82 %: 88
    "scm_users_28d": 180,  # 30 %: 63
    "ci_users_28d": 240,  # 40 %: 88
    "deploying_users_28d": 60,  # 10 %: 63
    "deployments_28d": 4800,  # 8 each: 88
    "successful_deployments_28d": 4320,  # 90 %: 88
    "scanner_users_28d": 150,  # 25 %: 88
    "scans_28d": 30,
    "internal_pipelines_28d": 100,  # 0.3: 63
    "scanner_types_28d": 1,  # 25
}


def facts(colour: str, **changes: str) -> dict[str, list[dict[str, object]]]:
    account = {
        "account_id": "a",
        "valid_from": "2025-10-28",
        "name": "a",
        "csm": "x",
        "arr": 1000,
        "customer_since": "2025-10-28",
        "ended_on": "",
        "plan_tier": "ultimate",
        "coverage_model": "named",
        "priority": 1,
        "deployment": "self-managed",
        "product_version": 16.5,
    }
    own = {"account_id": "a"}
    return {
        "accounts": [{**account, **changes}],
        "subscriptions": [{**own, "subscription_id": "s", "arr": 1000}],
        "pings": [PING],
        "sentiments": [{**own, "logged_at": "2026-06-01", "synced_at": "2026-06-01", "colour": colour}],
        "plans": [
            {
                **own,
                "plan_id": 1,
                "opened_on": "2026-01-01",
                "due_on": "2026-12-31",
                "closed_on": "",
                "status": "active",
            }
        ],
        "objectives": [{**own, "written_on": "2026-01-10", "dropped_on": ""}],
        "tickets": [
            {**own, "ticket_id": i, "opened_at": "2026-06-10", "closed_at": "2026-06-11", "priority": "normal"}
            for i in range(3)
        ],
        "meetings": [{**own, "held_on": "2026-06-10", "persona": "other"}],
    }


def test_the_model_loads_and_only_its_known_faults_are_named() -> None:
    """The points cannot reach either end of the scale, and seven ratios turn red where there is nothing to divide."""
    assert sorted(found.code for found in load_model(MODEL).warnings) == ["if-zero"] * 7 + ["reach"]


@pytest.mark.parametrize(
    ("colour", "changes", "score", "tier", "standing"),
    [
        ("yellow", {}, 70.15, "yellow", "firm"),
        ("red", {}, 60.65, "red", "firm"),
        ("yellow", {"deployment": "saas", "plan_tier": "premium"}, 70.27, "yellow", "firm"),  # product 71.33 for 71.10
    ],
)
def test_golden(scored: Any, colour: str, changes: dict[str, str], score: float, tier: str, standing: str) -> None:
    row = scored(MODEL, facts(colour, **changes))["a"]
    assert (row["score"], row["tier"], row["standing"]) == (score, tier, standing)
