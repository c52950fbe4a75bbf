"""Days without rows for a reason that is not the customers': what is counted over them is missing, and no zero."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from keepwell.facts import fetch
from keepwell.workspace import open_workspace
from keepwell.workspace.history import history
from tests.cli.folder import keepwell
from tests.scoring.folder import NO_TREE, written

MODEL = f"""
model: acme
entities: {{account: {{table: accounts, key: id}}}}
tables: {{calls: {{account: id, time: at}}}}
metrics:
  month: {{count: calls, over: 30 days}}
  calendar: {{count: calls, over: 1 calendar month}}
  ever: {{count: calls}}
  length: {{mean: calls.minutes, over: 30 days}}
  trend: {{change: month, against: 30 days ago}}
{NO_TREE}
"""
TABLES = {
    "accounts": "id\na\nb",
    "calls": "id,at,minutes\n" + "\n".join(f"a,2026-{m:02}-{d:02},5" for m in (3, 4, 5, 6) for d in (1, 10, 25)),
}
OUTAGE = "tables: {calls: {outages: [{from: 2026-05-10, to: 2026-05-13}]}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path, MODEL, TABLES)
    with (tmp_path / "keepwell.yaml").open("a") as file:
        file.write(OUTAGE)
    return tmp_path


def found(folder: Path, day: date) -> dict[tuple[str, str], tuple[str, Any]]:
    with open_workspace(folder, day) as workspace:
        rows = fetch.rows(workspace.metrics(day).rows)
    return {(row["id"], row["metric"]): (row["state"], row["number"]) for row in rows}


def test_a_window_of_which_an_outage_takes_more_than_a_tenth_says_nothing(folder: Path) -> None:
    """Four days: a window of 30 has more than three of them from 2026-05-13 to 2026-06-08."""
    for day, expected in (
        (date(2026, 5, 9), ("ok", 3)),
        (date(2026, 5, 10), ("stale_feed", None)),  # the day itself lies in it
        (date(2026, 5, 13), ("stale_feed", None)),
        (date(2026, 6, 8), ("stale_feed", None)),
        (date(2026, 6, 9), ("ok", 2)),  # from 2026-05-11: three days of 30 are just a tenth
    ):
        assert found(folder, day)["a", "month"] == expected, day


def test_what_is_there_is_there_and_what_has_no_window_only_stops(folder: Path) -> None:
    values = found(folder, date(2026, 5, 20))
    assert values["a", "length"] == ("ok", 5)
    assert values["a", "ever"] == ("ok", 8)
    assert values["b", "ever"][0] == "not_connected"
    assert found(folder, date(2026, 5, 12))["a", "ever"] == ("stale_feed", None)


def test_calendar_months_and_the_past_are_blind_too(folder: Path) -> None:
    values = found(folder, date(2026, 6, 15))
    assert values["a", "calendar"] == ("stale_feed", None)  # May: 4 of 31
    assert values["a", "month"][0] == "ok"
    assert values["a", "trend"][0] == "stale_feed"  # the 30 days to 2026-05-16
    assert found(folder, date(2026, 7, 3))["a", "calendar"] == ("ok", 3)  # June


def test_many_days_are_each_day_alone(folder: Path) -> None:
    days = [date(2026, 5, 7) + timedelta(days=index) for index in range(40)]
    with open_workspace(folder) as workspace:
        rows = []
        for part in history(workspace, days):
            of = {row["id"]: (row["@on"], row["account"]) for row in fetch.rows(part.scores.metrics.accounts)}
            many = fetch.rows(part.scores.metrics.rows)
            rows += [(*of[row["id"]], row["metric"], row["state"], row["number"]) for row in many]
    alone = [(day, *key, *value) for day in days for key, value in found(folder, day).items()]
    assert sorted(rows, key=str) == sorted(alone, key=str)


def test_an_outage_that_ends_before_it_begins_is_refused(folder: Path) -> None:
    path = folder / "keepwell.yaml"
    path.write_text(path.read_text().replace("to: 2026-05-13", "to: 2026-05-01"))
    said = keepwell("check", folder).out
    assert "keepwell.yaml:4: error: tables.calls.outages" in said
    assert "an outage that begins on 2026-05-10 cannot end on 2026-05-01" in said
