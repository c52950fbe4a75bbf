"""Metrics over calendar months and first days, metrics of the past, counts of conditions: numbers computed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from keepwell.scoring.tables import metric_table
from keepwell.workspace import open_workspace
from tests.scoring.folder import NO_TREE, written

MODEL = f"""
model: windows
entities:
  account: {{table: accounts, key: id, from: started}}
tables:
  logins: {{account: id, time: at, known: known}}
metrics:
  june: {{count: logins, over: 1 calendar month}}
  spring: {{count: logins, over: 2 calendar quarters}}
  users_june: {{count_distinct: logins.user, over: 1 calendar month}}
  first_days: {{count: logins, over: first 30 days}}
  last_in_first: {{last: logins.user, over: first 30 days}}
  week: {{count: logins, over: 7 days}}
  week_before: {{past: week, ago: 7 days}}
  two_before: {{past: week_before, ago: 1 week}}
  seats: {{attribute: seats}}
  plan: {{attribute: plan}}
  good: {{count_true: ["week >= 2", "seats > 10", "plan = 'pro'"]}}
  good_before: {{past: good, ago: 7 days}}
{NO_TREE}
"""
LOGINS = """id,at,user,known
a,2026-06-30 23:59,u1,2026-06-30
a,2026-06-24,u1,2026-06-24
a,2026-06-23,u2,2026-06-23
a,2026-06-01,u3,2026-06-01
a,2026-05-31 23:59,u4,2026-05-31
a,2026-01-01,u5,2026-01-01
a,2025-12-31,u5,2025-12-31
a,2026-06-20,u9,2026-07-05
b,2026-06-30,u1,2026-06-30
z,2026-06-12,u1,2026-06-12
"""
ACCOUNTS = "id,started,seats,plan\na,2025-12-31,11,pro\nb,2026-06-30,,\nc,2026-01-01,,pro"


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], tuple[Any, str]]:
    folder = written(tmp_path_factory.mktemp("windows"), MODEL, {"accounts": ACCOUNTS, "logins": LOGINS})
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score()).to_pylist()
    return {
        (row["account_id"], row["metric"]): (row["text"] if row["number"] is None else row["number"], row["state"])
        for row in rows
    }


@pytest.mark.parametrize(
    ("account", "metric", "value"),
    [
        ("a", "june", 4),  # 30, 24, 23 and 1 June; what was learned in July is not known yet
        ("a", "spring", 6),  # from 1 January on
        ("a", "users_june", 3),
        ("a", "first_days", 2),  # 31 December to 29 January
        ("a", "last_in_first", "u5"),
        ("b", "first_days", 1),
        ("a", "week", 2),
        ("a", "week_before", 1),  # 17 to 23 June
        ("a", "two_before", 0),  # somebody logged in that week, so the feed was alive
        ("a", "good", 3),
        ("a", "good_before", 2),
        ("b", "good", 0),  # one login; of seats and plan nothing is known
        ("c", "good", 1),  # never logged in, so of the first nothing is known either
    ],
)
def test_a_value(values: Mapping[tuple[str, str], tuple[Any, str]], account: str, metric: str, value: Any) -> None:
    assert values[account, metric] == (value, "ok")


def test_before_its_life_an_entity_has_no_past(values: Mapping[tuple[str, str], tuple[Any, str]]) -> None:
    assert values["b", "week_before"][0] is None
    assert values["c", "first_days"] == (None, "not_connected")
