"""The nightly run: what is missing is scored, what changed is scored again, and a broken source stops it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.demo.write import write_demo
from keepwell.results.lock import writing
from keepwell.workspace.config import WorkspaceConfig
from keepwell.workspace.history import history
from keepwell.workspace.kept import FOLDER, keep_slice, results_of
from keepwell.workspace.workspace import open_workspace
from tests.cli.folder import keepwell
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, name: name, value: arr}}
tables:
  calls: {account: id, time: at, known: loaded}
  answers: {account: id, time: at}
metrics:
  calls_28d: {count: calls, over: 28 days}
  mood: {last: answers.score}
scores:
  health:
    parts:
      calls: {weight: 1, metric: calls_28d, curve: [[0, 0], [56, 100]]}
      mood: {weight: 1, metric: mood, curve: [[0, 0], [10, 100]]}
    tiers: [{at: ">= 60", is: good}, {at: else, is: at_risk}]
"""
ACCOUNTS = "id,name,started,arr\na,Alder,2025-01-01,1000\nb,Birch,2025-01-01,500\nc,Cedar,2026-06-20,200"
LAST = date(2026, 6, 30)


def calls(last: date, without: tuple[str, ...] = (), days: int = 120) -> str:
    """Two calls of a and one of b on every day, each known on its own day."""
    rows = []
    for index in range(days):
        day = last - timedelta(days=index)
        rows += [f"{who},{day} 09:{minute:02},{day}" for who, minute in (("a", 1), ("a", 2), ("b", 3))]
    return "\n".join(["id,at,loaded", *(row for row in rows if not row.startswith(without))])


def say(folder: Path, table: str, text: str) -> None:
    (folder / "data" / f"{table}.csv").write_text(text + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = {"accounts": ACCOUNTS, "calls": calls(date(2026, 6, 25)), "answers": "id,at,score\na,2026-06-01,5"}
    return written(tmp_path, MODEL, tables)


def refreshed(folder: Path, *flags: str) -> tuple[int, Any]:
    ran = keepwell("refresh", folder, "--format", "json", *flags)
    return ran.code, json.loads(ran.out)


def kept(folder: Path) -> dict[date, tuple[date, str]]:
    """Day → by when its newest answer is known, and its hash."""
    latest = results_of(folder).manifest.latest("health")
    return {day: (found.known_by, found.hash) for day, (_, found) in sorted(latest.items())}


def days(found: list[dict[str, Any]]) -> list[str]:
    return [day["as_of"] for day in found]


def test_the_first_night_scores_one_day_and_every_other_what_is_missing(folder: Path) -> None:
    code, found = refreshed(folder, "--to", "2026-06-22")
    assert (code, days(found["scored"]), found["moves"]) == (0, ["2026-06-22"], None)
    code, found = refreshed(folder, "--to", "2026-06-25")
    assert (code, days(found["scored"])) == (0, ["2026-06-23", "2026-06-24", "2026-06-25"])
    assert (found["before"], found["after"], found["changed"], found["restated"]) == (
        "2026-06-22",
        "2026-06-25",
        [],
        [],
    )
    code, found = refreshed(folder, "--to", "2026-06-25")
    assert (code, found["scored"], found["restated"]) == (0, [], [])


def test_what_it_keeps_is_what_history_says(folder: Path) -> None:
    refreshed(folder, "--from", "2026-06-01", "--to", "2026-06-25")
    other = results_of(folder / "other")
    with open_workspace(folder) as workspace, other.writer() as writer:
        for part in history(workspace, sorted(kept(folder))):
            keep_slice(writer, part, None)
    again = {day: (found.known_by, found.hash) for day, (_, found) in other.manifest.latest("health").items()}
    assert kept(folder) == again
    assert len(again) == 25


def test_without_a_pinned_day_the_last_is_the_one_that_is_over() -> None:
    config = WorkspaceConfig(workspace="acme", zone="Europe/Berlin")
    assert config.last(None) == config.day(None) - timedelta(days=1)
    assert WorkspaceConfig(workspace="acme", as_of=LAST).last(None) == LAST
    assert config.last(LAST) == LAST


def test_weeks_and_months_end_on_their_days(folder: Path) -> None:
    assert days(refreshed(folder, "--to", "2026-06-25", "--every", "week")[1]["scored"]) == ["2026-06-21"]
    say(folder, "calls", calls(date(2026, 7, 1)))
    assert days(refreshed(folder, "--to", "2026-07-01", "--every", "month")[1]["scored"]) == ["2026-06-30"]


def test_moves_name_tiers_worth_and_accounts(folder: Path) -> None:
    """a goes from 100 and 50 (75) to 100 and 0 (50); c comes in without data."""
    refreshed(folder, "--to", "2026-06-19")
    say(folder, "answers", "id,at,score\na,2026-06-01,5\na,2026-06-24,0")
    _, found = refreshed(folder, "--to", "2026-06-25")
    assert found["moves"]["migrations"] == [
        {"before": "good", "after": "at_risk", "accounts": 1, "value": 1000.0},
        {"before": None, "after": "insufficient evidence", "accounts": 1, "value": 200.0},
    ]
    (first,) = [mover for mover in found["moves"]["movers"] if mover["account_id"] == "a"]
    assert (first["score_before"], first["score_after"]) == (75.0, 50.0)


def test_rows_that_came_late_restate_the_days_that_they_touch_and_the_old_answer_stays(folder: Path) -> None:
    """A row of the 10th that was loaded on the 24th counts in 28 days of b, whose score is not at its top."""
    refreshed(folder, "--from", "2026-06-01", "--to", "2026-06-24")
    before = kept(folder)
    say(folder, "calls", calls(date(2026, 6, 25)) + "\nb,2026-06-10 12:00,2026-06-24")
    code, found = refreshed(folder, "--to", "2026-06-25")
    assert code == 0
    assert found["changed"] == [{"table": "calls", "since": "2026-06-10", "days": 1, "more": 1, "fewer": 0}]
    assert days(found["restated"]) == [f"2026-06-{day}" for day in range(10, 25)]
    after = kept(folder)
    assert {day for day in before if after[day] != before[day]} == {date(2026, 6, day) for day in range(10, 25)}
    assert {after[date(2026, 6, day)][0] for day in range(10, 24)} == {date(2026, 6, 25)}
    then = results_of(folder).manifest.latest("health", until=lambda day: day)
    assert {day: found.hash for day, (_, found) in then.items() if day in before} == {
        day: hash_ for day, (_, hash_) in before.items()
    }
    assert refreshed(folder, "--to", "2026-06-25")[1]["restated"] == []


def test_every_score_restates_its_own_days(folder: Path) -> None:
    calm = "\n  calm: {parts: {calls: {metric: calls_28d, curve: [[0, 0], [100, 100]]}}}\n"
    (folder / "model.yaml").write_text(MODEL.rstrip() + calm)
    for score in ("health", "calm"):
        assert refreshed(folder, "--to", "2026-06-24", "--score", score)[0] == 0
    say(folder, "calls", calls(date(2026, 6, 25)) + "\nb,2026-06-21 12:00,2026-06-21")
    for score in ("health", "calm"):
        assert days(refreshed(folder, "--to", "2026-06-24", "--score", score)[1]["restated"]) == ["2026-06-24"]


def test_people_read_sentences(folder: Path) -> None:
    refreshed(folder, "--to", "2026-06-24")
    say(folder, "answers", "id,at,score\na,2026-06-01,5\na,2026-06-24,0")
    ran = keepwell("refresh", folder, "--to", "2026-06-24")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:6] == [
        "answers: 1 row more on 2026-06-24, a day that had been read before.",
        "2026-06-24: 1 day scored again (2026-06-24).",
        "From the answer before to that of now, for 2026-06-24: 1 of 3 accounts changed tier.",
        "from  to       accounts    EUR",
        "good  at risk         1  1,000",
        "",
    ]
    assert ran.out.splitlines()[6:] == [
        "First those who lost most, points times value:",
        "account  name   from  to             score    EUR",
        "a        Alder  good  at risk  75.0 → 50.0  1,000",
    ]
    assert keepwell("refresh", folder, "--to", "2026-06-24").out == "2026-06-24: nothing new to score.\n"


def test_days_of_an_earlier_version_are_not_judged_by_a_later_one(folder: Path) -> None:
    refreshed(folder, "--from", "2026-06-20", "--to", "2026-06-24")
    (folder / "model.yaml").write_text(MODEL.replace("weight: 1, metric: mood", "weight: 2, metric: mood"))
    say(folder, "calls", calls(date(2026, 6, 25)) + "\nb,2026-06-21 12:00,2026-06-21")
    _, found = refreshed(folder, "--to", "2026-06-25")
    assert (days(found["scored"]), found["restated"]) == (["2026-06-25"], [])


def test_a_daily_source_is_waited_for_and_then_broken(folder: Path) -> None:
    assert refreshed(folder, "--to", "2026-06-25")[0] == 0
    ran = keepwell("refresh", folder, "--to", "2026-06-26")
    assert (ran.code, ran.err) == (
        0,
        "calls has no row from 2026-06-26 to 2026-06-26 yet.\n2026-06-26 waits for them.\n",
    )
    ran = keepwell("refresh", folder, "--to", "2026-06-28")
    assert ran.code == 1
    assert "error: calls has no row from 2026-06-26 to 2026-06-28; it had some on every day.\n" in ran.err
    assert "2026-06-26 and the days after it were not scored." in ran.err
    assert list(kept(folder)) == [date(2026, 6, 25)]
    say(folder, "calls", calls(date(2026, 6, 28)))
    assert days(refreshed(folder, "--to", "2026-06-28")[1]["scored"]) == ["2026-06-26", "2026-06-27", "2026-06-28"]


def test_an_outage_that_is_said_is_not_waited_for(folder: Path) -> None:
    refreshed(folder, "--to", "2026-06-25")
    with (folder / "keepwell.yaml").open("a") as file:
        file.write("tables: {calls: {outages: [{from: 2026-06-26, to: 2026-06-28}]}}\n")
    code, found = refreshed(folder, "--to", "2026-06-28")
    assert (code, len(found["scored"])) == (0, 3)
    assert {m["account_id"]: m["score_after"] for m in found["moves"]["movers"]} == {"a": 50.0, "b": None}  # no calls


def test_rows_that_have_gone_stop_it_until_they_are_accepted(folder: Path) -> None:
    refreshed(folder, "--to", "2026-06-24")
    before = (
        (folder / FOLDER / "manifest.json").read_bytes(),
        (folder / FOLDER / "seen" / "health.parquet").read_bytes(),
    )
    say(folder, "calls", calls(date(2026, 6, 25), without=("a",)))
    ran = keepwell("refresh", folder, "--to", "2026-06-25")
    assert ran.code == 1
    assert "error: calls has lost 240 of 360 rows, 67% of what it had.\nnothing was scored. Mend the source" in ran.err
    assert before == (
        (folder / FOLDER / "manifest.json").read_bytes(),
        (folder / FOLDER / "seen" / "health.parquet").read_bytes(),
    )
    assert refreshed(folder, "--to", "2026-06-25", "--lost", "0.7")[0] == 0
    say(folder, "calls", calls(date(2026, 6, 26), without=("b", "a,2026-06-2")))
    assert refreshed(folder, "--to", "2026-06-26")[0] == 1
    code, found = refreshed(folder, "--to", "2026-06-26", "--accept", "calls")
    assert (code, days(found["scored"])) == (0, ["2026-06-26"])


def test_a_table_that_is_gone_or_unknown_is_said(folder: Path) -> None:
    refreshed(folder, "--to", "2026-06-25")
    (folder / "data" / "answers.csv").unlink()
    ran = keepwell("refresh", folder, "--to", "2026-06-25")
    assert (ran.code, "error: answers is not there any more.\n" in ran.err) == (1, True)
    ran = keepwell("refresh", folder, "--accept", "call")
    assert (ran.code, ran.err) == (
        2,
        "error: --accept call: the model reads no table of this name. Did you mean ‘calls’?\n",
    )


def test_a_second_process_is_told_who_writes(folder: Path) -> None:
    with writing(folder / FOLDER):
        ran = keepwell("refresh", folder)
    assert ran.code == 1
    assert ran.err.startswith(f"error: {folder / FOLDER} is being written by process ")


def test_damaged_memory_is_a_sentence(folder: Path) -> None:
    refreshed(folder, "--to", "2026-06-24")
    (folder / FOLDER / "seen" / "health.parquet").write_bytes(b"PAR1")
    ran = keepwell("refresh", folder, "--to", "2026-06-25")
    assert (ran.code, "without it the next refresh cannot tell what changed. Delete it." in ran.err) == (1, True)


def test_cutting_a_feed_of_the_demo_turns_nobody_red_or_green(tmp_path: Path) -> None:
    """The export of usage stops on the 20th: it is named, and no day without it is scored until it is mended."""
    folder = tmp_path / "lindenquay"
    write_demo(folder, accounts=300, months=8, seed=3)
    path, cut = folder / "data" / "usage.parquet", tmp_path / "cut.parquet"
    whole = path.read_bytes()
    duckdb.sql(f"copy (from read_parquet('{path}') where used_at < '2026-06-21') to '{cut}'")
    path.write_bytes(cut.read_bytes())
    _, found = refreshed(folder, "--to", "2026-06-20")
    assert days(found["scored"]) == ["2026-06-20"]
    code, found = refreshed(folder)
    assert (code, found["scored"], found["moves"]["movers"]) == (1, [], [])
    assert [(item["table"], item["code"]) for item in found["broken"]] == [("usage", "silent")]
    path.write_bytes(whole)
    code, found = refreshed(folder)
    assert code == 0
    assert len(found["scored"]) >= 9
    assert found["restated"] == []
