"""A workspace's forecast: by what was known then, in every format, and refused in words where too few have left."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keepwell.facts.engine import Engine
from tests.cli.folder import STYLES, keepwell
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, until: ended, value: arr}}
tables:
  accounts: {account: id, columns: {ended: happened}}
  calls: {account: id, time: at, known: loaded}
  contracts: {account: id, time: signed, columns: {ends_on: planned}}
  ends: {account: id, time: known_on}
metrics:
  calls_60d: {count: calls, over: 60 days}
  renewal_in: {days_until: contracts.ends_on}
  hours: {last: contracts.hours}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      calls: {weight: 1, metric: calls_60d, curve: [[0, 0], [12, 100]]}
    tiers: [{at: ">= 60", is: good}, {at: else, is: at_risk}]
outcomes:
  churn: {table: ends, time: known_on, where: "why <> 'sold'"}
evidence: {renewal: renewal_in}
"""
LAST = date(2026, 6, 30)
BEGAN = date(2025, 8, 1)
COUNT = 160


def tables(more_calls: str = "", more_ends: str = "", leavers: int = COUNT, early: int | None = 0) -> dict[str, str]:
    """Accounts that call twice, five or nine times in sixty days; the fewer calls, the sooner most of them leave.

    early: by how many days lives end before the outcome; None: they do not.
    """
    dice = np.random.default_rng(7)
    accounts, calls, contracts, ends = (
        ["id,started,ended,arr"], ["id,at,loaded"], ["id,signed,ends_on,hours"], ["id,known_on,why"],
    )  # fmt: skip
    for n in range(COUNT):
        name, often = f"a{n:03}", (30, 12, 7)[n % 3]
        hazard = (0.09, 0.03, 0.01)[n % 3]
        months = next((m for m in range(4, 11) if dice.random() < hazard), 99) if n < leavers else 99
        left = BEGAN + timedelta(days=30 * months + int(dice.integers(1, 29)))
        gone = left <= LAST
        ended = left - timedelta(days=early) if gone and early is not None else ""
        accounts.append(f"{name},2025-01-01,{ended},{1000 * (1 + n % 7)}")
        contracts.append(f"{name},2025-01-01,{date(2026, 7, 1) + timedelta(days=n)},{1 + n % 4}")
        if gone:
            ends.append(f"{name},{left},price")
        day = BEGAN + timedelta(days=int(dice.integers(0, often)))
        while day <= min(LAST, left):
            calls.append(f"{name},{day},{day}")
            day += timedelta(days=often)
    return {
        "accounts": "\n".join(accounts),
        "calls": "\n".join(calls) + "\n" + more_calls,
        "contracts": "\n".join(contracts),
        "ends": "\n".join(ends) + "\n" + more_ends,
    }


def forecast(folder: Path, *flags: object) -> dict[str, Any]:
    found = keepwell("forecast", folder, "--format", "json", *flags)
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)
    return read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("acme"), MODEL, tables())


@pytest.fixture(scope="module")
def plain(folder: Path) -> dict[str, Any]:
    return forecast(folder)


def test_everybody_who_is_there_has_a_chance_with_its_interval(plain: dict[str, Any]) -> None:
    ended = [row.split(",")[2] for row in tables()["accounts"].splitlines()[1:]]
    assert len(plain["accounts"]) == ended.count("")
    assert plain["leavers"] >= 30
    assert plain["needed"] == 0
    for row in plain["accounts"]:
        assert 0 < row["churn_30d_low"] <= row["churn_30d"] <= row["churn_30d_high"] < 1
        assert row["churn_30d"] < row["churn_90d"] < row["churn_180d"] < row["churn_365d"] < 1
        assert row["renews"] == pytest.approx(1 - row["churn_30d"]) or row["renewal_in"] > 30
    often = {n: [row["churn_90d"] for row in plain["accounts"] if int(row["account_id"][1:]) % 3 == n] for n in (0, 2)}
    assert min(often[0]) > max(often[2])


def test_sums_are_those_of_the_accounts(plain: dict[str, Any]) -> None:
    for total in plain["totals"]:
        days = total["days"]
        assert total["accounts"]["value"] == pytest.approx(sum(row[f"churn_{days}d"] for row in plain["accounts"]))
        loss = sum(row[f"expected_loss_{days}d"] for row in plain["accounts"])
        assert total["value"]["value"] == pytest.approx(loss)
        assert total["value"]["low"] < loss < total["value"]["high"]
    months = [month["value"]["value"] for month in plain["months"]]
    assert sum(months[:3]) == pytest.approx(plain["totals"][1]["value"]["value"])
    assert [plain["months"][0][name] for name in ("from", "until")] == ["2026-07-01", "2026-07-30"]
    assert plain["retention"]["nrr"] is None  # there is no book
    # What stays of all is what is not expected to be lost: the table and the retention say one thing.
    there, lost = sum(row["value"] for row in plain["accounts"]), plain["totals"][-1]["value"]["value"]
    gone = plain["gone_value"] or 0
    assert plain["retention"]["grr"]["value"] == pytest.approx((there - lost) / (there + gone))
    assert plain["retention"]["grr"]["low"] < plain["retention"]["grr"]["value"] < plain["retention"]["grr"]["high"]


def test_what_became_known_after_the_day_changes_nothing(folder: Path, tmp_path: Path) -> None:
    """Calls that were loaded later, and outcomes that were learned later, of whoever looks the healthiest."""
    day = date(2026, 4, 30)
    before = forecast(folder, "--as-of", day)
    calls = "".join(f"a{n:03},2026-04-{1 + k:02},2026-05-01\n" for n in range(0, COUNT, 3) for k in range(20))
    ends = "".join(f"a{n:03},2026-05-01,price\n" for n in range(2, COUNT, 3))
    assert forecast(written(tmp_path, MODEL, tables(calls, ends)), "--as-of", day) == before


def test_a_fact_that_was_known_in_time_does(folder: Path, tmp_path: Path) -> None:
    day = date(2026, 4, 30)
    calls = "".join(f"a000,2026-04-{1 + k:02},2026-04-{1 + k:02}\n" for k in range(20))
    before, after = (
        {row["account_id"]: row["score"] for row in forecast(one, "--as-of", day)["accounts"]}
        for one in (folder, written(tmp_path, MODEL, tables(calls)))
    )
    moved = {account for account in before if before[account] != after[account]}
    assert moved <= {"a000"}


def test_what_knows_the_outcome_only_when_it_is_near_does_not_count(tmp_path: Path) -> None:
    """Half of all leave; but for a first one, exports are made in their last thirty days alone."""
    dice = np.random.default_rng(11)
    own = tables()
    accounts, ends, exports = ["id,started,ended,arr"], ["id,known_on,why"], ["id,at"]
    for n in range(COUNT):
        left = date(2026, 1, 1) + timedelta(days=int(dice.integers(1, 180)))
        accounts.append(f"a{n:03},2025-01-01,{left if n % 2 else ''},1000")
        exports.append(f"a{n:03},2025-08-05")
        if n % 2:
            ends.append(f"a{n:03},{left},price")
            exports += [f"a{n:03},{left - timedelta(days=back)}" for back in range(1, 31)]
    model = MODEL.replace("  ends: {account", "  exports: {account: id, time: at}\n  ends: {account")
    model = model.replace("  hours:", "  exports: {count: exports, over: 14 days}\n  hours:")
    part = "      exports: {weight: 1, metric: exports, curve: [[0, 100], [1, 0]]}\n    tiers:"
    told = {**own, "accounts": "\n".join(accounts), "ends": "\n".join(ends), "exports": "\n".join(exports)}
    folder = written(tmp_path, model.replace("    tiers:", part), told)
    assert forecast(folder)["left_out"] == ["health/exports"]
    assert forecast(folder, "--adjacent")["left_out"] == []


@pytest.mark.parametrize("early", [1, None])
def test_as_many_leave_whenever_their_lives_are_said_to_end(
    tmp_path: Path, plain: dict[str, Any], early: int | None
) -> None:
    """But for whoever left on the day after the first one: it would not be there on any day that is looked at."""
    found = forecast(written(tmp_path, MODEL, tables(early=early)))
    next_day = date.fromisoformat(plain["since"]) + timedelta(days=1)
    unseen = tables()["ends"].count(f",{next_day},") if early else 0
    assert found["leavers"] == plain["leavers"] - unseen
    assert found["since"] == plain["since"]


def test_whoever_was_sold_is_no_leaver(tmp_path: Path, plain: dict[str, Any]) -> None:
    found = forecast(written(tmp_path, MODEL, tables(more_ends="a002,2026-05-05,sold\n")))
    assert found["leavers"] == plain["leavers"]


def test_programs_get_a_row_per_account(folder: Path, plain: dict[str, Any], tmp_path: Path) -> None:
    told = keepwell("forecast", folder, "--format", "csv", "--effect", "20%", "--cost", "5", "--effort", "hours")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [row["account_id"] for row in rows] == [row["account_id"] for row in plain["accounts"]]
    own = rows[0]
    worth = float(own["churn_90d"]) * float(own["value"]) * 0.2 - 5
    assert float(own["gain"]) == pytest.approx(worth)
    assert {own["call_by_optimum"], own["call_by_rule"]} <= {"true", "false"}


def test_whom_to_call_fits_into_the_capacity(folder: Path) -> None:
    flags = ("--effect", "0.2", "--cost", "hours", "--effort", "hours", "--capacity", "7", "--horizon", "365d")
    found = forecast(folder, *flags)["plan"]
    hours = {f"a{n:03}": 1 + n % 4 for n in range(COUNT)}
    for name, effort in (("optimum", "effort"), ("rule", "rule_effort")):
        assert sum(hours[account] for account in found[name]) == found[effort] <= 7
    assert found["worth"] >= found["rule_worth"]
    assert found["both"] == len(set(found["optimum"]) & set(found["rule"]))


def test_it_is_the_same_whichever_thread_is_first(
    folder: Path, plain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Engine.__init__
    for threads in (1, 7):

        def threaded(engine: Engine, count: int = threads) -> None:
            begin(engine)
            engine.backend.raw_sql(f"SET threads = {count}")

        monkeypatch.setattr(Engine, "__init__", threaded)
        assert forecast(folder) == plain


def test_the_report_is_a_page_too(folder: Path) -> None:
    found = keepwell("forecast", folder, "--format", "html")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("<!DOCTYPE html>")
    assert "Month by month" in found.out
    assert "Forecast of " in found.out
    refused = keepwell("forecast", folder, "--format", "html", "--output", "a.html")
    assert refused.said.startswith("error: --output is for programs")


def test_the_report_is_for_people(folder: Path) -> None:
    found = keepwell("forecast", folder, "--effect", "20%", "--cost", "5", "--capacity", "10")
    said = STYLES.sub("", found.out)
    assert (found.code, found.err) == (0, "")
    for title in (
        "What is expected to leave", "Month by month", "The largest expected losses within 90 days",
        "Whom to call, with room for 10", "The first to call", "Who is still there, by the tier of",
    ):  # fmt: skip
        assert f"\n{title}" in said
    assert "Knowledge time assumed (a row counts from when it happened): contracts, ends." in said


def test_one_account(folder: Path, plain: dict[str, Any]) -> None:
    own = plain["accounts"][0]
    said = STYLES.sub("", keepwell("forecast", folder, "--account", own["account_id"]).out)
    assert said.startswith(f"{own['account_id']} on 2026-06-30\n")
    assert f"90 days {own['churn_90d']:.1%} " in " ".join(said.split())
    assert forecast(folder, "--account", own["account_id"])["accounts"] == [own]


def test_too_few_who_left_are_refused_in_words(tmp_path: Path) -> None:
    folder = written(tmp_path, MODEL, tables(leavers=30))
    found = keepwell("forecast", folder)
    said = STYLES.sub("", found.out)
    assert found.code == 0
    assert "small: too little data to forecast; about " in said
    assert "more accounts would have to leave" in said
    assert "What is expected to leave" not in said
    assert "Who is still there, by the tier of" in said
    assert {row["churn_90d"] for row in forecast(folder)["accounts"]} == {None}


def test_without_amounts_it_speaks_of_accounts_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, MODEL.replace(", value: arr", ""), tables())
    call = ("--effect", "20%", "--cost", "5")
    said = STYLES.sub("", keepwell("forecast", folder, *call).out)
    assert "Nothing says what accounts are worth" in said
    assert "Whom to call" not in said
    assert "Who is most likely to leave within 90 days" in said
    assert "worth 0" not in said
    found = forecast(folder, *call)
    assert (found["gone_value"], found["plan"]["worth"], found["plan"]["rule_worth"]) == (None, None, None)
    assert found["totals"][0]["value"] is None
    assert found["retention"] == {"nrr": None, "grr": None}
    assert {row["expected_loss_90d"] for row in found["accounts"]} == {None}


MERGED = MODEL.replace("'sold'\"}", "'sold'\"}\n  merged: {table: ends, time: known_on, where: \"why = 'sold'\"}")
NAMED = MERGED.replace("evidence: {", "evidence: {ends: [churn, merged], ")


@pytest.fixture(scope="module")
def sold() -> str:
    """Forty of the happiest, one every five days; the accounts themselves are still there."""
    return "".join(f"a{2 + 3 * n:03},{date(2025, 12, 1) + timedelta(days=5 * n)},sold\n" for n in range(40))


def test_whoever_ended_in_another_way_neither_left_nor_goes_on(
    tmp_path: Path, plain: dict[str, Any], sold: str
) -> None:
    """Of the twin, in whose evidence nothing names these ends, they are customers as before."""
    folder = written(tmp_path / "named", NAMED, tables(more_ends=sold))
    twin = written(tmp_path / "twin", MERGED, tables(more_ends=sold))
    found, other = forecast(folder), forecast(twin)
    assert (other["otherwise"], other["otherwise_in_30d"]) == ({}, 0)
    assert [row["account_id"] for row in other["accounts"]] == [row["account_id"] for row in plain["accounts"]]
    ended = found["otherwise"]["merged"]
    assert ended > 10
    assert 0.01 < found["otherwise_in_30d"] < 0.10
    # Whoever ended otherwise is in no list, and is no loss either.
    assert (found["gone"], found["gone_value"]) == (plain["gone"], plain["gone_value"])
    gone = {row.split(",")[0] for row in sold.splitlines()}
    assert not gone & {row["account_id"] for row in found["accounts"]}
    for name in ("tier", "cohort"):
        own, before = (one["survival"][name] for one in (found, other))
        groups = [one["groups"] if name == "tier" else one for one in (own, before)]
        assert sum(step["otherwise"] for steps in groups[0].values() for step in steps) > 10
        assert {step["otherwise"] for steps in groups[1].values() for step in steps} == {0}
    said = " ".join(STYLES.sub("", keepwell("forecast", folder).out).split())
    assert f"Ended in another way: merged {ended}." in said
    assert f"of 1,000 accounts {1000 * found['otherwise_in_30d']:.1f} end in another way in 30 days" in said
    assert "Who has left, by the quarter in which they came" in said
    assert "Aalen–Johansen" in said
    assert "Who is still there" not in said


def test_an_end_of_another_kind_that_is_learned_after_the_day_changes_nothing(tmp_path: Path, sold: str) -> None:
    """The level of such ends too is that of what was known then; one that was known in time moves it."""
    later = "".join(f"a{n:03},2026-07-01,sold\n" for n in range(1, COUNT, 3))
    folders = (written(tmp_path / name, NAMED, tables(more_ends=sold + more)) for name, more in
               (("plain", ""), ("late", later), ("known", later.replace("2026-07-01", "2026-06-29"))))  # fmt: skip
    plain, late, known = (forecast(folder, "--as-of", LAST) for folder in folders)
    assert plain["otherwise_in_30d"] > 0
    assert late == plain
    assert known["otherwise_in_30d"] > plain["otherwise_in_30d"]


def test_few_ends_of_another_kind_are_said_to_be_too_few(tmp_path: Path) -> None:
    folder = written(tmp_path, NAMED, tables(more_ends="a002,2026-05-05,sold\na008,2026-05-06,sold\n"))
    found = forecast(folder)
    assert (found["otherwise"], found["otherwise_in_30d"]) == ({"merged": 2}, 0)
    said = " ".join(STYLES.sub("", keepwell("forecast", folder).out).split())
    assert "Fewer than 10 of these stand in what chances are learned from" in said


def test_whoever_had_left_did_not_end_otherwise(tmp_path: Path, plain: dict[str, Any]) -> None:
    """What is said of leavers twenty days later: they were gone."""
    ends = [row.split(",") for row in tables()["ends"].splitlines()[1:]]
    after = [(name, date.fromisoformat(day) + timedelta(days=20)) for name, day, _ in ends]
    sold = "".join(f"{name},{day},sold\n" for name, day in after if day <= LAST)
    found = forecast(written(tmp_path, NAMED, tables(more_ends=sold)))
    assert len(sold.splitlines()) > 20
    assert (found["otherwise"], found["otherwise_in_30d"]) == ({}, 0)
    assert found["leavers"] == plain["leavers"]


def test_ends_that_are_learned_late_are_not_taken_for_customers_that_stay(
    tmp_path: Path, plain: dict[str, Any]
) -> None:
    """They are learned sixty days after they happen: of the newest two months nobody knows yet."""
    model = MODEL.replace("ends: {account: id, time: known_on}", "ends: {account: id, time: known_on, known: told}")
    made = tables(early=None)
    rows = [row.split(",") for row in made["ends"].splitlines()]
    told = ["told", *(str(date.fromisoformat(row[1]) + timedelta(days=60)) for row in rows[1:])]
    made["ends"] = "\n".join(",".join([*row, day]) for row, day in zip(rows, told, strict=True))
    folder = written(tmp_path, model, made)
    found = forecast(folder)
    assert (found["untold"], plain["untold"]) == (2, 0)
    said = " ".join(STYLES.sub("", keepwell("forecast", folder).out).split())
    assert "Who left in the last 60 days is mostly unknown yet, as it was before: nothing is learned from them." in said


def test_where_nobody_is_left_nothing_is_forecast(tmp_path: Path) -> None:
    gone = "".join(f"a{n:03},2026-06-29,price\n" for n in range(COUNT))
    folder = written(tmp_path, MODEL, tables(more_ends=gone, early=None))
    said = " ".join(STYLES.sub("", keepwell("forecast", folder).out).split())
    assert "small: nobody is left to forecast" in said
    assert "too little data" not in said
    assert "Nothing says what accounts are worth" not in said
    assert "note: nobody is left to forecast." in keepwell("forecast", folder, "--format", "csv").err


def test_where_nobody_left_there_is_no_forecast(tmp_path: Path) -> None:
    found = forecast(written(tmp_path, MODEL, tables(leavers=0)))
    assert (found["leavers"], found["needed"], found["since"], found["tested"]) == (0, 30, None, None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--outcome", "churned"], "error: the model has no outcome ‘churned’. Did you mean ‘churn’?"),
        (["--account", "nobody"], "error: --account: ‘nobody’ is none of those that are there and not known to leave"),
        (["--horizon", "91d"], "error: --horizon 91d: it is one of 30d, 90d, 180d, 365d."),
        (["--effect", "120%"], "error: --effect 120%: write a share above 0, such as 20% or 0.2."),
        (["--cost", "5"], "error: --cost and --effort need --effect: what share of leavings a call prevents"),
        (["--effect", "20%", "--cost", "-5"], "error: --cost -5: write an amount, such as 500, or the name of a"),
        (
            ["--effect", "20%", "--effort", "hour"],
            "error: there is no metric ‘hour’ of accounts. Did you mean",
        ),
        (["--as-of", "2020-01-01"], "error: there is no fact by 2020-01-01; ask for a later --as-of."),
        (["--output", "a.csv"], "error: --output is for programs; add --format csv, json or parquet."),
    ],
)
def test_mistakes_are_one_sentence(folder: Path, flags: list[str], said: str) -> None:
    found = keepwell("forecast", folder, *flags)
    assert (found.code, found.out) == (2, "")
    assert found.said.startswith(said)
