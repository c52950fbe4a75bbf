"""Scores that metrics read: which fit, which accounts and how much evidence they go by."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from keepwell.scoring.tables import metric_table, score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.changes import since
from keepwell.workspace.fit import fit
from tests.scoring.folder import written

RELATIVE = """
model: nested
fitted: fitted.yaml
entities: {account: {table: accounts, key: id, from: started}}
tables: {orders: {account: id, time: at}}
metrics:
  orders: {count: orders, over: 90 days, absent: zero}
  place: {score: place}
  moved: {change: place, against: 20 days ago, as: difference}
scores:
  trend: {parts: {moved: {metric: moved, curve: [[-20, 0], [20, 100]]}}}
  place: {parts: {orders: {metric: orders, percentiles: [[10, 0], [90, 100]]}}}
"""


def values(folder: Path, day: date, metric: str) -> dict[str, Any]:
    with open_workspace(folder, day) as workspace:
        rows = metric_table(workspace.score(day)).to_pylist()
    return {row["account_id"]: row["number"] for row in rows if row["metric"] == metric}


def test_the_past_of_a_score_goes_by_the_fit_of_the_day_that_is_scored(tmp_path: Path) -> None:
    """Account 20 ordered 20 times in May and never again; others order in June, which moves the second fit.

    A first fit can be taken although the score that it is for is read by a metric.
    """
    accounts = "\n".join(f"{number},2020-01-01" for number in range(40))
    may = [f"{number},2026-05-{day:02}" for number in range(40) for day in range(1, number + 1) if day < 29]
    june = [f"{number},2026-06-{day:02}" for number in range(30, 40) for day in range(10, 16)]
    folder = written(
        tmp_path, RELATIVE, {"accounts": f"id,started\n{accounts}", "orders": "\n".join(["id,at", *may, *june])}
    )
    fit(folder, date(2026, 5, 31), None, False)
    fit(folder, date(2026, 6, 20), None, False)
    moved = values(folder, date(2026, 6, 30), "moved")
    assert {moved[str(number)] for number in range(30)} == {0}
    with open_workspace(folder) as workspace:
        assert {row["score"] for row in score_table(workspace.score()).to_pylist() if int(row["account_id"]) < 30} == {
            50
        }
        change = since(workspace, "20", date(2026, 6, 18), workspace.score(name="place"), "place")
    assert [part.kind for part in change.parts] == ["model"]


MERGED = """
model: merged
entities: {account: {table: accounts, key: account_id, from: started, ids: {table: ids, valid_from: since}}}
tables: {calls: {account: account_id, time: at}, ids: {}}
metrics:
  calls: {count: calls, over: 28 days}
  before: {past: calls, ago: 28 days}
  own: {score: own}
  own_before: {past: own, ago: 28 days}
scores:
  health: {parts: {own: {metric: own, curve: [[0, 0], [100, 100]]}}}
  own: {parts: {calls: {metric: calls, curve: [[0, 0], [10, 100]]}}}
"""


def test_the_past_of_a_score_is_that_of_todays_accounts(tmp_path: Path) -> None:
    """B went on as A in June. In May both had calls, two and three: with B's, A had five, and 50 points."""
    calls = ["a,2026-05-10", "a,2026-05-11", "b,2026-05-12", "b,2026-05-13", "b,2026-05-14", "a,2026-06-20"]
    tables = {
        "accounts": "account_id,started\na,2020-01-01\nb,2020-01-01",
        "calls": "\n".join(["account_id,at", *calls]),
        "ids": "account_id,system,id,since\na,account,b,2026-06-10",
    }
    folder = written(tmp_path, MERGED, tables)
    day = date(2026, 6, 30)
    assert values(folder, day, "before") == {"a": 5}
    assert values(folder, day, "own_before") == {"a": 50}
    assert values(folder, date(2026, 6, 9), "own") == {"a": 0, "b": 20}


FORCED = """
model: forced
entities: {account: {table: accounts, key: id, from: started}}
metrics: {x: {attribute: x}, y: {attribute: y}, own: {score: own}, tier: {attribute: z}, own_tier: {tier: own}}
scores:
  health: {parts: {own: {metric: own, curve: [[0, 0], [100, 100]]}}}
  own:
    parts:
      x: {metric: x, weight: 1, curve: [[0, 0], [1, 100]]}
      y: {metric: y, weight: 9, curve: [[0, 0], [1, 100]]}
    tiers: [{at: ">= 50", is: good}, {at: else, is: bad}]
    overrides: [{when: "x = 1", tier: bad, because: known to be bad}]
""".replace("tier: {attribute: z}, ", "")


def test_a_forced_tier_is_no_evidence_for_a_score(tmp_path: Path) -> None:
    """A tenth of the weight has data: the tier is forced and known, the score is not."""
    folder = written(tmp_path, FORCED, {"accounts": "id,started,x,y\na,2020-01-01,1,\nb,2020-01-01,0.5,0.5"})
    assert values(folder, date(2026, 6, 30), "own") == {"a": None, "b": 50}
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score()).to_pylist()
    assert {row["account_id"]: row["text"] for row in rows if row["metric"] == "own_tier"} == {"a": "bad", "b": "good"}
