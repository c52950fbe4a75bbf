"""A workspace's scores against its outcomes: as they would have been known, and without what states the outcome."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from keepwell.demo.write import write_demo
from tests.cli.folder import STYLES, keepwell
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, until: ended}}
tables:
  accounts: {account: id, columns: {ended: happened}}
  calls: {account: id, time: at, known: loaded}
  answers: {account: id, time: at}
  ends: {account: id, time: known_on}
metrics:
  calls_60d: {count: calls, over: 60 days}
  intent: {last: answers.intent}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      calls: {weight: 1, metric: calls_60d, curve: [[0, 0], [40, 100]]}
      intent: {weight: 1, metric: intent, curve: [[0, 0], [10, 100]], outcome_adjacent: true}
    tiers: [{at: ">= 60", is: good}, {at: else, is: at_risk}]
outcomes:
  churn: {table: ends, time: known_on, where: "why <> 'merged'"}
  ended: {table: accounts, time: ended, where: ended is not null}
"""
LAST = date(2026, 6, 30)
CUT = date(2026, 4, 1)
"""The last day of which 90 days have passed by the end of June."""


def tables(more_calls: str = "", more_ends: str = "") -> dict[str, str]:
    """Forty accounts of which each calls its number of times; the twelve that call least leave in May, one merges."""
    accounts = "id,started,ended\n" + "".join(
        f"a{n:02},2025-01-01,{date(2026, 6, 1) + timedelta(n) if n < 12 else ''}\n" for n in range(40)
    )
    calls = "id,at,loaded\n" + "".join(
        f"a{n:02},2026-03-{1 + k % 28:02} 09:{k:02},2026-03-{1 + k % 28:02}\n" for n in range(40) for k in range(n)
    )
    begun = "".join(f"a{n:02},2025-09-01 09:00,2025-09-01\n" for n in range(40))
    answers = "id,at,intent\n" + "".join(f"a{n:02},2026-03-31,{0 if n < 12 else 10}\n" for n in range(40))
    ends = "id,known_on,why\n" + "".join(f"a{n:02},{date(2026, 5, 1) + timedelta(n)},price\n" for n in range(12))
    return {
        "accounts": accounts,
        "calls": calls + begun + more_calls,
        "answers": answers,
        "ends": ends + "a39,2026-05-05,merged\n" + more_ends,
    }


def backtested(folder: Path, *flags: str) -> dict[str, Any]:
    found = keepwell("backtest", folder, "--format", "json", *flags)
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)
    return read


def test_the_days_are_scored_as_they_would_have_been_then(tmp_path: Path) -> None:
    found = backtested(written(tmp_path, MODEL, tables()))
    # On 1 January nobody had called for longer than the window: the feed was silent, and nobody has a score.
    assert found["cuts"] == [{"day": str(CUT), "accounts": 40, "left": 12, "auc": 1.0}]
    assert found["verdict"] == {"said": "predicts", "needed": None}
    assert found["left_out"] == ["health/intent"]
    assert found["assumed"] == ["answers", "ends"]
    assert [one["measure"] for one in found["alone"]] == ["health/calls"]
    tiers = {group["name"]: (group["accounts"], group["left"]) for group in found["by"]["tier"]}
    assert tiers == {"at_risk": (24, 12), "good": (16, 0)}  # sixty points are 24 calls
    assert found["leads"] == []


def test_what_nearly_states_the_outcome_counts_where_that_is_asked_for(tmp_path: Path) -> None:
    found = backtested(written(tmp_path, MODEL, tables()), "--adjacent")
    assert found["left_out"] == []
    assert {one["measure"] for one in found["alone"]} == {"health/calls", "health/intent"}


def test_a_note_that_was_written_at_the_end_and_dated_back_changes_nothing(tmp_path: Path) -> None:
    """Its twin that was known in time does: those who leave would have looked the healthiest."""
    plain = backtested(written(tmp_path / "plain", MODEL, tables()))
    notes = [f"a{n:02},2026-03-20 10:{k:02}" for n in range(12) for k in range(45)]
    late = "".join(f"{note},{date(2026, 5, 1) + timedelta(int(note[1:3]))}\n" for note in notes)
    early = "".join(f"{note},2026-03-20\n" for note in notes)
    assert backtested(written(tmp_path / "late", MODEL, tables(late))) == plain
    found = backtested(written(tmp_path / "early", MODEL, tables(early)))
    assert found["cuts"][-1]["auc"] == 0.0
    assert found["verdict"]["said"] == "points the wrong way"


def test_an_outcome_that_was_learned_after_the_last_day_has_not_happened(tmp_path: Path) -> None:
    more = "a20,2026-07-01,price\n"
    plain = backtested(written(tmp_path / "plain", MODEL, tables()))
    assert backtested(written(tmp_path / "more", MODEL, tables("", more))) == plain


def test_outcomes_may_be_the_accounts_own_ends(tmp_path: Path) -> None:
    found = backtested(written(tmp_path, MODEL, tables()), "--outcome", "ended")
    assert (found["outcome"], found["left"], found["cuts"][-1]["auc"]) == ("ended", 12, 1.0)


def test_it_is_what_the_audit_says_of_the_same_scores(tmp_path: Path) -> None:
    """With scores of `history` and ends of SQL, the two ways agree in every figure that both have."""
    folder = written(tmp_path / "small", MODEL, tables())
    scores, churn = tmp_path / "scores.csv", tmp_path / "churn.csv"
    days = []
    for day in ("2026-01-01", str(CUT)):
        told = keepwell("history", folder, "--from", day, "--to", day, "--every", "day", "--format", "csv")
        days += list(csv.DictReader(io.StringIO(told.out)))
    rows = "".join(f"{row['account_id']},{row['as_of']},{row['score']}\n" for row in days)
    scores.write_text("account_id,as_of,score\n" + rows)
    ends = [row.split(",") for row in tables()["ends"].splitlines()[1:]]
    churn.write_text("account_id,date\n" + "".join(f"{row[0]},{row[1]}\n" for row in ends if row[2] != "merged"))
    files = json.loads(
        keepwell("backtest", "--scores", scores, "--outcomes", churn, "--until", LAST, "--format", "json").out
    )
    own = backtested(folder, "--adjacent")
    for figure in ("cuts", "accounts", "left", "gone", "ranking", "verdict", "bands", "called", "healthy", "missed"):
        assert own[figure] == files[figure], figure


def test_the_report_of_the_demo_names_what_it_left_out(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", accounts=300)
    found = keepwell("backtest", tmp_path / "demo")
    said = STYLES.sub("", found.out)
    assert found.code == 0
    assert "Left out, for they nearly state the outcome (--adjacent counts them): health/relationship_quality/" in said
    assert "Knowledge time assumed (a row counts from when it happened): " in said
    assert "stayed after the team had done something, " in said
    assert "False alarms (stayed untouched): " in said
    for title in (
        "Beside what it has to be better than",
        "Who left, by days to the renewal",
        "Who left, by tier",
        "Who left, by standing",
        "Over time",
        "Each measure alone, as if it were the",
    ):
        assert f"\n{title}" in said


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--outcome", "churned"], "error: the model has no outcome ‘churned’. Did you mean ‘churn’?"),
        (["--horizon", "400d"], "error: the facts begin on 2025-09-01, and a score of a horizon later looks 400 days"),
        (["--outcomes", "a.csv"], "error: --outcomes goes with --scores: who left, and what was said of them."),
        (["--worst-first", "a,b"], "error: --worst-first and --dates are for --scores; a workspace says such things"),
        (["--healthy", "green"], "error: --healthy green: the scores are numbers; write the lowest that is healthy."),
    ],
)
def test_mistakes(tmp_path: Path, flags: list[str], said: str) -> None:
    found = keepwell("backtest", written(tmp_path, MODEL, tables()), *flags)
    assert (found.code, found.out) == (2, "")
    assert found.said.startswith(said)


def test_a_model_that_does_not_say_what_becomes_of_accounts_is_told_how(tmp_path: Path) -> None:
    model = MODEL[: MODEL.index("outcomes:")]
    found = keepwell("backtest", written(tmp_path, model, tables()))
    assert found.code == 1
    assert (
        "model.yaml: the model has no outcome ‘churn’; say what became of accounts: `outcomes: {churn: " in found.said
    )


def test_a_score_of_nothing_else_is_refused(tmp_path: Path) -> None:
    model = MODEL.replace("      calls: {weight: 1, metric: calls_60d, curve: [[0, 0], [40, 100]]}\n", "")
    found = keepwell("backtest", written(tmp_path, model, tables()))
    assert (found.code, found.said) == (
        2,
        "error: every part of the score is outcome-adjacent; add --adjacent to count them.",
    )


def returning(evidence: str) -> tuple[str, dict[str, str]]:
    """Three of the twelve that leave come back in June under another id, of the same company."""
    made = tables()
    accounts = [row + f",{row[:3]}.example" for row in made["accounts"].splitlines()[1:]]
    again = [f"b{n:02},2026-06-1{n},,a{n:02}.example" for n in range(3)]
    made["accounts"] = "\n".join(["id,started,ended,domain", *accounts, *again])
    return MODEL + evidence, made


def test_who_came_back_under_another_id_did_not_leave(tmp_path: Path) -> None:
    """Its twin, of which nothing says who is who, counts all twelve."""
    twin = backtested(written(tmp_path / "twin", *returning("")))
    assert (twin["left"], twin["otherwise"]) == (12, {})
    folder = written(tmp_path / "named", *returning("evidence: {ends: [churn, ended], company: domain}"))
    found = backtested(folder)
    assert (found["cuts"][-1]["accounts"], found["left"], found["otherwise"]) == (40, 9, {"@again": 3})
    assert {one["account"] for one in found["missed"]} <= {f"a{n:02}" for n in range(3, 12)}
    said = keepwell("backtest", folder).out.replace("\n", " ")
    assert "3 ended and came back under another id (evidence: company): not counted as having left." in said
    # On 9 June no new account was known, so on that day all twelve had left.
    early = backtested(folder, "--until", "2026-06-09")
    assert (early["left"], early["otherwise"].get("@again")) == (twin_of(tmp_path, "2026-06-09"), None)


def twin_of(path: Path, until: str) -> int:
    found: int = backtested(path / "twin", "--until", until)["left"]
    return found


def test_an_end_of_another_kind_is_no_outcome_and_no_stay(tmp_path: Path) -> None:
    """a39 merges on 5 May, and what is said of it on 1 June comes too late: it had ended."""
    model = MODEL.replace("  ended:", "  merged: {table: ends, time: known_on, where: \"why = 'merged'\"}\n  ended:")
    more = "a39,2026-06-01,price\n"
    twin = backtested(written(tmp_path / "twin", model, tables("", more)))
    assert (twin["cuts"][-1]["accounts"], twin["left"], twin["otherwise"]) == (40, 13, {})
    named = written(tmp_path / "named", model + "evidence: {ends: [churn, merged]}\n", tables("", more))
    found = backtested(named)
    assert (found["cuts"][-1]["accounts"], found["left"], found["otherwise"]) == (40, 12, {"merged": 1})
    other = backtested(named, "--outcome", "merged")
    assert (other["left"], other["otherwise"]) == (1, {"churn": 12})
