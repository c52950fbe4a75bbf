"""Data in which nothing has to do with who leaves: the contradictions are counted, and no signal is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.folder import keepwell
from tests.examples.running import Example

EXAMPLE = Example("ravenstack")
FILES = """
with accounts as (from '{data}/ravenstack/accounts.parquet'),
events as (select distinct account_id from '{data}/ravenstack/churn_events.parquet'),
subscriptions as (from '{data}/ravenstack/subscriptions.parquet'),
uses as (from '{data}/ravenstack/feature_usage.parquet'),
tickets as (from '{data}/ravenstack/support_tickets.parquet')
"""
COUNTS = {
    "it is used after its subscription began": """
        select count(*) from uses join subscriptions using (subscription_id)
        where strptime(usage_date, '%d-%m-%Y') < strptime(start_date, '%d-%m-%Y')""",
    "before the account began (signup_date).": """
        select count(*) from tickets join accounts using (account_id)
        where strptime(submitted_at[:10], '%d-%m-%Y') < strptime(signup_date, '%d-%m-%Y')""",
    "who is flagged as churned left by the log": """
        select count(*) from accounts where churn_flag <> (account_id in (from events))""",
    "who is flagged as churned lost a subscription": """
        select count(*) from accounts
        where churn_flag <> (account_id in (select account_id from subscriptions where churn_flag))""",
}


@pytest.mark.parametrize("said", COUNTS)
def test_contradictions_are_counted_as_sql_counts_them(data_folder: Path, said: str) -> None:
    with duckdb.connect() as connection:
        [(count,)] = connection.execute((FILES + COUNTS[said]).replace("{data}", str(data_folder))).fetchall()
    assert count > 0
    assert [item for item in EXAMPLE.findings if said in item.message and f"{count:,} rows" in item.message]


def test_nothing_is_an_error(data_folder: Path) -> None:
    assert data_folder.is_dir()
    assert [str(item) for item in EXAMPLE.findings if item.severity == "error"] == []


@pytest.fixture(scope="module")
def found(data_folder: Path) -> dict[str, Any]:
    assert data_folder.is_dir()
    read: dict[str, Any] = json.loads(keepwell("backtest", EXAMPLE.folder, "--format", "json").out)
    return read


def test_there_is_no_usable_signal(found: dict[str, Any]) -> None:
    assert found["verdict"] == {"said": "no usable signal", "needed": None}
    assert (sum(cut["accounts"] for cut in found["cuts"]), found["left"]) == (1_255, 366)
    area = found["ranking"]["auc"]
    assert [round(area[name], 2) for name in ("value", "low", "high")] == [0.47, 0.43, 0.51]
    assert max(one["auc"]["value"] for one in found["alone"]) < 0.51
    assert all(one["auc"]["low"] < 0.5 for one in found["alone"])


def test_who_left_after_the_last_day_is_what_plain_sql_says(data_folder: Path, found: dict[str, Any]) -> None:
    """Of those with a score: nobody is asked twice, and who had left before and left again counts."""
    query = """
        select count(distinct account_id) from '{data}/ravenstack/churn_events.parquet'
        where strptime(churn_date, '%d-%m-%Y') > date '2024-10-02'"""
    with duckdb.connect() as connection:
        [(count,)] = connection.execute(query.replace("{data}", str(data_folder))).fetchall()
    last = found["cuts"][-1]
    assert last["day"] == "2024-10-02"
    assert 0 < last["left"] <= count
