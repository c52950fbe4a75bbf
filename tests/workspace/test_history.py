"""The days of a history, each by the model that held on it; slices change nothing."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keepwell.errors import UsageError
from keepwell.facts import fetch
from keepwell.scoring.metrics import folded
from keepwell.scoring.rows import metric_rows, score_rows
from keepwell.scoring.tables import score_table
from keepwell.workspace import history as module
from keepwell.workspace import open_workspace
from keepwell.workspace.calendar import days_between
from keepwell.workspace.history import asked_days, history
from tests.cli.folder import keepwell
from tests.workspace.acme import NEW


def test_weeks_end_on_sundays_and_months_on_their_last_day() -> None:
    first, last = date(2024, 2, 1), date(2024, 3, 3)
    assert days_between(first, last, "week") == [date(2024, 2, d) for d in (4, 11, 18, 25)] + [date(2024, 3, 3)]
    assert days_between(first, last, "month") == [date(2024, 2, 29)]
    assert len(days_between(first, last, "day")) == 32


def test_every_day_goes_by_its_own_model(acme: Path) -> None:
    days = [date(2026, 5, 30) + timedelta(days=index) for index in range(4)]
    with open_workspace(acme) as opened:
        found = {
            (row["as_of"], row["account_id"]): (row["score"], part.workspace.model)
            for part in history(opened, days)
            for row in fetch.rows(score_rows(part.scores))
        }
    for day in days:
        with open_workspace(acme, day) as workspace:
            for row in score_table(workspace.score(day)).to_pylist():
                assert found.pop((day, row["account_id"])) == (row["score"], workspace.model)
    assert not found


def test_slices_change_nothing(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [date(2026, 5, 25) + timedelta(days=index) for index in range(30)]

    def slices() -> list[list[dict[str, object]]]:
        with open_workspace(acme) as workspace:
            parts, kinds = history(workspace, days), (score_rows, metric_rows)
            return [[row for kind in kinds for row in fetch.rows(kind(part.scores))] for part in parts]

    def rows() -> list[dict[str, object]]:
        return [row for part in slices() for row in part]

    whole = rows()
    monkeypatch.setattr(module, "SLICE", 6)
    by_key = lambda row: repr(sorted(row.items(), key=repr))  # noqa: E731
    assert sorted(rows(), key=by_key) == sorted(whole, key=by_key)
    assert len(slices()) > 8
    monkeypatch.setattr(module, "READ", 20)  # and the facts are read more than once, some accounts after others
    monkeypatch.setattr(folded, "SHARE", 3)
    assert sorted(rows(), key=by_key) == sorted(whole, key=by_key)


def test_models_of_other_days_may_have_other_parts(acme: Path) -> None:
    """The old model's score has the part calls, the new one's has use: both are columns, empty where they are not."""
    (acme / "model-june.yaml").write_text(NEW.replace("parts: {calls:", "parts: {use:"))
    said = keepwell("history", acme, "--from", "2026-05-31", "--to", "2026-06-01", "--every", "day", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["as_of"], row["account_id"], row["calls"], row["use"]) for row in rows] == [
        ("2026-05-31", "a", "20", ""),
        ("2026-05-31", "b", "0", ""),
        ("2026-06-01", "a", "", "50"),
        ("2026-06-01", "b", "", "0"),
    ]
    file = acme / "history.parquet"
    assert (
        keepwell("history", acme, "--from", "2026-05-31", "--every", "day", "--format", "parquet", "-o", file).code == 0
    )
    assert pq.read_schema(file).names[-2:] == ["calls", "use"]


def test_the_days_are_those_of_the_data(acme: Path) -> None:
    with open_workspace(acme) as workspace:
        days = asked_days(workspace, None, None, "day")
        assert (days[0], days[-1]) == (date(2026, 5, 29), date(2026, 6, 30))
        with pytest.raises(UsageError, match="--from 2026-07-01 is after 2026-06-30"):
            asked_days(workspace, date(2026, 7, 1), None, "day")
        with pytest.raises(UsageError, match="no month ends from 2026-06-01 to 2026-06-10"):
            asked_days(workspace, date(2026, 6, 1), date(2026, 6, 10), "month")
