"""Days from one time to another, the day of the score, calendar pasts, and roll-ups that want to know everybody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keepwell.scoring.tables import metric_table
from keepwell.workspace import check_workspace, open_workspace
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, parent: boss}}
tables:
  calls: {account: id, time: at}
  trials: {account: id, time: began, columns: {bought_on: happened, lasted: {is: "days_between(began, bought_on)"}}}
metrics:
  first_call: {first: calls.at}
  span: {expr: "days_between(first_call, last_call)"}
  last_call: {last: calls.at}
  since_first: {expr: "days_between(first_call, today)"}
  before: {past: since_first, ago: 10 days}
  trial: {attribute: trial_ends}
  trial_left: {expr: "days_between(today, trial)"}
  conversion: {mean: trials.lasted}
  known: {mean: children.span}
  all: {mean: children.span, unknown: missing}
  month: {count: calls, over: 1 calendar month}
  growth: {change: month, against: 1 year ago}
scores:
  health:
    parts:
      use: {metric: since_first, curve: [[0, 0], [100, 100]], applies_if: "days_between(trial, today) < 9"}
flags: {silent: {when: "days_between(last_call, today) > 15", because: nobody called for two weeks}}
"""
TABLES = {
    "accounts": "id,started,boss,trial_ends\na,2020-01-01,,2026-07-10\nb,2025-01-01,a,2026-06-10\nc,2020-01-01,a,",
    "calls": "id,at\na,2025-05-04\na,2026-05-30 10:00\na,2026-05-31\nb,2025-06-15\nb,2026-06-01\nb,2026-06-11\n"
    "b,2026-06-30",
    "trials": "id,began,bought_on\na,2026-01-01,2026-01-15\na,2026-02-01,2026-02-05\na,2026-03-01,",
}


@pytest.fixture
def found(tmp_path: Path) -> dict[tuple[str, str], Any]:
    folder = written(tmp_path, MODEL, TABLES)
    assert check_workspace(folder) == []
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score(date(2026, 6, 30))).to_pylist()
    return {(row["account_id"], row["metric"]): row["number"] for row in rows}


def test_days_from_one_time_to_another(found: dict[tuple[str, str], Any]) -> None:
    """From 4 May 2025 to 31 May 2026 are 392 days, whatever the hours; to 30 June 422; to ten days before that 412."""
    assert [found["a", name] for name in ("span", "since_first", "before")] == [392, 422, 412]
    assert [found[account, "trial_left"] for account in "abc"] == [10, -20, None]


def test_days_between_columns_of_a_row(found: dict[tuple[str, str], Any]) -> None:
    """14 and 4 days from the trial to the purchase; the third was not bought."""
    assert found["a", "conversion"] == 9


def test_a_roll_up_that_wants_everybody_has_no_value_where_one_is_unknown(found: dict[tuple[str, str], Any]) -> None:
    """Of b 380 days are known; c never called."""
    assert found["a", "known"] == 380
    assert found["a", "all"] is None


def test_the_same_month_of_last_year(found: dict[tuple[str, str], Any]) -> None:
    """Three calls in June 2026, which is over on its last day, against one in June 2025."""
    assert found["b", "growth"] == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{mean: trials.lasted}", "{mean: trials.lasted, unknown: missing}", "`unknown` speaks of entities of a level"),
        ("days_between(first_call, last_call)", "days_between(first_call, 3)", "and a time is needed there"),
        ("days_between(first_call, last_call)", "days_between(first_call)", "is not allowed in an expression"),
        ("against: 1 year ago", "against: 21 years ago", "is not from 1 to 20 years ago"),
    ],
)
def test_what_cannot_be_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    findings = check_workspace(written(tmp_path, MODEL.replace(old, new), TABLES))
    assert any(said in item.message and item.line for item in findings), findings
