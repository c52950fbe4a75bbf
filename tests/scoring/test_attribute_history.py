"""Accounts whose attributes changed: each day goes by those that held on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from keepwell.scoring.tables import metric_table
from keepwell.workspace import open_workspace
from tests.scoring.folder import NO_TREE, written

MODEL = """
model: history
entities:
  account: {table: accounts, key: account_id, valid_from: valid_from, from: since}
tables:
  logins: {account: account_id, time: at, connected_if: "plan = 'pro'"}
metrics:
  plan: {attribute: plan}
  logins_28d: {count: logins, over: 28 days}
  gained: {change: logins_28d, against: 14 days ago, as: difference}
  older: {change: tenure_days, against: 14 days ago, as: difference}
"""
TABLES = {
    "accounts": """
account_id,valid_from,since,plan
A,2024-01-01,2024-01-01,basic
A,2026-06-20,2024-01-01,pro
B,2024-01-01,,pro
B,2026-06-20,2024-01-01,basic
C,2024-01-01,2024-01-01,basic
""",
    "logins": "account_id,at\nC,2026-06-01\nC,2026-06-29\nC,2026-06-30\n",
}


def told(folder: Path, day: date) -> dict[tuple[str, str], float | str]:
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score(day)).to_pylist()
    return {(row["metric"], row["account_id"]): row["number"] if row["state"] == "ok" else row["state"] for row in rows}


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 6, 16), {"A": "not_connected", "B": 0, "C": 1}),
        (date(2026, 6, 30), {"A": 0, "B": "not_connected", "C": 2}),
    ],
)
def test_who_has_the_feed_is_asked_of_the_day(tmp_path: Path, day: date, counts: dict[str, float | str]) -> None:
    """C is no pro, and has rows."""
    found = told(written(tmp_path, MODEL + NO_TREE, TABLES), day)
    assert {account: found["logins_28d", account] for account in counts} == counts


def test_a_change_asks_the_earlier_day_who_had_the_feed(tmp_path: Path) -> None:
    """On 16 June A was not in the feed: nothing is known of then, and 0 today is no change from 0."""
    found = told(written(tmp_path, MODEL + NO_TREE, TABLES), date(2026, 6, 30))
    assert [found["gained", account] for account in "ABC"] == ["not_connected", "not_connected", 1]


def test_a_beginning_is_known_from_the_row_that_states_it(tmp_path: Path) -> None:
    """Until 20 June no row said since when B is there, so that its age on the 16th is unknown."""
    found = told(written(tmp_path, MODEL + NO_TREE, TABLES), date(2026, 6, 30))
    assert [found["older", account] for account in "ABC"] == [14, "no_data", 14]
