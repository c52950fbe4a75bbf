"""The demo company's backtest beside its truth: whom the team saved is treated, and no false alarm."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from keepwell.demo.span import END
from keepwell.demo.write import write_demo
from keepwell.evidence.panel import Ahead
from keepwell.evidence.treated import SHORTLY
from keepwell.workspace import open_workspace
from keepwell.workspace.past import cut_days, past
from tests.cli.folder import keepwell

HORIZON = timedelta(days=180)
FEED = "data/interventions.parquet"
Row = tuple[str, date]


def backtested(folder: Path) -> dict[str, Any]:
    found = keepwell("backtest", folder, "--horizon", f"{HORIZON.days}d", "--format", "json")
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)["judged"]
    return read


def table(folder: Path, path: str, *columns: str) -> list[tuple[Any, ...]]:
    read = pq.read_table(folder / path)
    return list(zip(*(read[name].to_pylist() for name in columns), strict=True))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "demo"
    write_demo(folder, accounts=300, months=24, seed=3)
    return folder


@pytest.fixture(scope="module")
def told(company: Path) -> dict[str, Any]:
    return backtested(company)


@pytest.fixture(scope="module")
def low(company: Path) -> list[Row]:
    """Accounts and days in the lowest tier, with the horizon after them known."""
    with open_workspace(company, END) as workspace:
        scores = past(workspace, cut_days(workspace, Ahead(HORIZON.days), END), "health", adjacent=False).scores
    rows = scores.filter(pc.equal(scores["tier"], "at_risk"))
    return list(zip(rows["account"].to_pylist(), rows["day"].to_pylist(), strict=True))


def saved(company: Path, low: list[Row]) -> set[Row]:
    """Of these the ones that the truth says would have left in the horizon, had the team never done anything."""
    columns = ("account_id", "would_have_left_in_week", "saved")
    week = {account: week for account, week, saved in table(company, "truth/interventions.parquet", *columns) if saved}
    return {(account, day) for account, day in low if account in week and day < week[account] <= day + HORIZON}


def helped(company: Path, low: list[Row]) -> set[Row]:
    """Of these the ones with an intervention shortly before the day or in the horizon after it."""
    done: dict[str, list[date]] = {}
    for account, day in table(company, FEED, "account_id", "started_on"):
        done.setdefault(account, []).append(day)
    early = timedelta(days=SHORTLY)
    return {
        (account, day) for account, day in low if any(day - early < on <= day + HORIZON for on in done.get(account, []))
    }


def twin(company: Path, folder: Path, without: set[str]) -> Path:
    """The same company, of which nobody wrote down what was done for these accounts."""
    shutil.copytree(company, folder)
    feed = pq.read_table(company / FEED)
    rest = feed.filter(pc.invert(pc.is_in(feed["account_id"], pa.array(sorted(without), pa.string()))))
    (folder / FEED).unlink()
    if rest.num_rows:
        pq.write_table(rest, folder / FEED)
    return folder


def test_whom_the_truth_calls_saved_is_treated_and_no_false_alarm(
    company: Path, told: dict[str, Any], low: list[Row], tmp_path: Path
) -> None:
    rows = saved(company, low)
    assert len(rows) >= 3
    assert rows <= helped(company, low)
    accounts = {account for account, _ in rows}
    own = [row for row in helped(company, low) if row[0] in accounts]  # nobody who was saved has left
    before, after = told["alarms"], backtested(twin(company, tmp_path / "twin", accounts))["alarms"]
    assert (after["alarms"], after["right"]) == (before["alarms"], before["right"])
    assert before["helped"] - after["helped"] == len(own)
    assert after["false"] - before["false"] == len(own)


def test_the_treated_row_holds_them(company: Path, told: dict[str, Any], low: list[Row]) -> None:
    churn = dict(table(company, "truth/churn.parquet", "account_id", "decided_on"))
    gone = [(account, day) for account, day in low if account in churn and churn[account] <= day + HORIZON]
    stayed = [row for row in low if row not in gone]
    assert told["alarms"]["helped"] == len(helped(company, stayed))
    assert told["alarms"]["false"] == len(stayed) - len(helped(company, stayed))
    treated = next(part for part in told["helped"]["parts"] if part["name"] == "treated")
    assert treated["scores"] - treated["left"] >= len(helped(company, stayed))


def test_without_the_feed_they_are_counted(company: Path, told: dict[str, Any], tmp_path: Path) -> None:
    everybody = {account for (account,) in table(company, FEED, "account_id")}
    found = backtested(twin(company, tmp_path / "silent", everybody))
    before, after = told["alarms"], found["alarms"]
    assert found["helped"] is None
    assert (after["recorded"], after["helped"]) == (False, 0)
    assert (after["alarms"], after["right"]) == (before["alarms"], before["right"])
    assert after["false"] == before["false"] + before["helped"]
