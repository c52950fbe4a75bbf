"""Two models over the same past: what a reviewer is told, worked out by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from keepwell.scoring.tables import score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.compare import compare
from tests.cli.folder import keepwell
from tests.scoring.folder import written

NOW = """
model: acme
entities: {account: {table: accounts, key: id, from: started, name: name, value: arr}}
tables: {calls: {account: id, time: at}}
metrics: {calls_28d: {count: calls, over: 28 days, absent: zero}}
scores:
  health:
    parts: {calls: {metric: calls_28d, curve: [[0, 0], [10, 100]]}}
    tiers: [{at: ">= 40", is: good}, {at: else, is: at_risk}]
flags: {quiet: {when: "calls_28d < 3", because: few calls}}
"""
NEXT = NOW.replace("[10, 100]", "[5, 100]").replace("calls_28d < 3", "calls_28d < 4")
TABLES = {
    "accounts": "id,name,started,arr\na,Alder|x,2020-01-01,1000\nb,Birch,2020-01-01,500\nc,Cedar,2026-06-15,7",
    "calls": "\n".join(["id,at", *(f"a,2026-05-{day}" for day in (20, 21, 22)), "b,2026-05-20", "a,2026-06-25"]),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path, NOW, TABLES)
    (tmp_path / "next.yaml").write_text(NEXT)
    return tmp_path


def test_both_are_replayed_over_the_same_days(folder: Path) -> None:
    """On May 31 a has three calls: 30 of 100 now, 60 then; b one: 10 and 20. On June 30 a has one: 10 and 20."""
    found = compare(folder, "model.yaml", "next.yaml", [date(2026, 5, 31), date(2026, 6, 30)])
    assert [str(item) for item in found.differences] == [
        "curve, entry 2, of calls: [10, 100] → [5, 100]",
        "when of quiet: calls_28d < 3 → calls_28d < 4",
    ]
    may, june = found.days
    assert (may.before.mean, may.after.mean) == (20.0, 40.0)
    assert (may.before.tiers, may.after.tiers) == ({"at_risk": 2}, {"good": 1, "at_risk": 1})
    assert (may.before.values, may.after.values) == ({"at_risk": 1500}, {"good": 1000, "at_risk": 500})
    assert found.ordered
    assert [(line.before, line.after, line.accounts, line.value) for line in may.moves.migrations] == [
        ("at_risk", "good", 1, 1000.0)
    ]
    assert (may.before.flags, may.after.flags, may.raised, may.dropped) == ({"quiet": 1}, {"quiet": 2}, 1, 0)
    assert (june.moved, june.moves.accounts, june.raised) == (0, 3, 0)
    assert found.tiers == ["good", "at_risk", "insufficient evidence"]


def test_each_side_is_what_the_workspace_alone_would_say(folder: Path) -> None:
    day = date(2026, 5, 31)
    (found,) = compare(folder, "model.yaml", "next.yaml", [day]).days
    for name, column in (("model.yaml", "score_before"), ("next.yaml", "score_after")):
        (folder / "keepwell.yaml").write_text(f"workspace: small\nas_of: 2026-06-30\nmodel: {name}\n")
        with open_workspace(folder) as workspace:
            rows = score_table(workspace.score(day)).to_pylist()
        scores = {row["account_id"]: row["score"] for row in rows}
        assert {mover.account_id: getattr(mover, column) for mover in found.moves.movers} == scores


def test_a_reviewer_reads_what_changed_and_who_moves(folder: Path) -> None:
    ran = keepwell(
        "diff", "model.yaml", "next.yaml", "--workspace", folder, "--from", "2026-05-01", "--to", "2026-05-31"
    )
    assert ran.code == 0
    assert ran.out.splitlines()[:3] == [
        "model.yaml → next.yaml: 2 differences",
        "  curve, entry 2, of calls: [10, 100] → [5, 100] (next.yaml:8)",
        "  when of quiet: calls_28d < 3 → calls_28d < 4 (next.yaml:10)",
    ]
    assert "at risk  good         1  1,000" in ran.out
    assert "  Up: 1 account, 1,000 EUR" in ran.out.splitlines()
    assert "Up on 2026-05-31" in ran.out
    assert "Down on" not in ran.out


def test_markdown_is_for_a_pull_request_and_most_for_its_check(folder: Path) -> None:
    flags = ("--workspace", folder, "--from", "2026-05-01", "--format", "markdown")
    ran = keepwell("diff", "model.yaml", "next.yaml", *flags, "--most", "0.4")
    assert ran.code == 1
    assert ran.err == "error: on 2026-05-31 50.0% of the accounts change tier, and --most allows 40.0%.\n"
    assert "| 2026-05-31 | 2 | 20.0 | 40.0 | 1 | 1,000 | 1 | 0 |" in ran.out
    assert keepwell("diff", "model.yaml", "next.yaml", *flags, "--most", "0.5").code == 0
    ran = keepwell("diff", "model.yaml", "next.yaml", *flags, "--to", "2026-05-31")
    assert "| a | Alder\\|x | at risk | good | 30.0 → 60.0 | 1,000 |" in ran.out


def test_a_model_and_itself_are_the_same(folder: Path) -> None:
    ran = keepwell("diff", "2026-01-01", "model.yaml", "--workspace", folder, "--format", "json", "--most", "0")
    found = json.loads(ran.out)
    assert (ran.code, found["differences"]) == (0, [])
    assert len(found["days"]) == 13
    assert not any(day["moves"]["movers"] for day in found["days"])


def test_what_cannot_be_compared_is_a_sentence(folder: Path) -> None:
    ran = keepwell("diff", "model.yaml", "nxt.yaml", "--workspace", folder)
    said = f"error: nxt.yaml is neither a model file, in {folder} or here, nor a day. Did you mean ‘next.yaml’?\n"
    assert (ran.code, ran.err) == (2, said)
    (folder / "next.yaml").write_text(NEXT.replace("calls_28d, curve", "calls_28, curve"))
    ran = keepwell("diff", "model.yaml", "next.yaml", "--workspace", folder)
    assert (ran.code, "next.yaml:8: error:" in ran.err) == (1, True)
    ran = keepwell("diff", "model.yaml", "model.yaml", "--workspace", folder, "--from", "2027-01-01")
    assert (ran.code, ran.err) == (2, "error: --from 2027-01-01 is after 2026-06-30, the last day to replay.\n")
