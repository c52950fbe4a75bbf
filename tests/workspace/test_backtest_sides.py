"""A simulated company with planted truths: a leak, help, groups that leave as one, and what each day could know."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.folder import STYLES, keepwell
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, parent: parent, value: arr, owner: csm}}
tables:
  accounts: {}
  usage: {account: id, time: at}
  notes: {account: id, time: at}
  contracts: {account: id, time: signed, columns: {ends: planned}}
  acts: {account: id, time: at}
  ends: {account: id, time: at, known: known}
metrics:
  use: {last: usage.amount}
  cancelled: {count: notes, over: 40 days, absent: zero}
  due: {days_until: contracts.ends}
  plan: {attribute: plan}
scores:
  health:
    parts:
      use: {weight: 3, metric: use, curve: [[0, 0], [100, 100]]}
      notes: {weight: 1, metric: cancelled, bands: [["= 0", 100], [else, 0]]}
    tiers: [{at: ">= 70", is: good}, {at: else, is: at_risk, zones: [[">= 40", focus], [else, exception]]}]
outcomes: {churn: {table: ends, time: at}}
evidence: {renewal: due, baselines: [use], segments: [plan], interventions: acts}
"""
FIRST, LAST, COUNT = date(2025, 1, 1), date(2026, 6, 30), 400


def tables(leak: bool = False) -> dict[str, str]:
    """Leaving depends on use alone. A note is written ten days before an end if that leaks; treated is every fifth."""
    rng = np.random.default_rng(3)
    use = rng.uniform(5, 95, COUNT)
    daily = np.exp(-6.4 - use / 25)
    wait = rng.exponential(1 / (daily * 6), COUNT)
    rows: dict[str, list[str]] = {
        "accounts": ["id,started,parent,arr,plan,csm"], "usage": ["id,at,amount"], "notes": ["id,at", "x,2025-01-02"],
        "contracts": ["id,signed,ends"], "acts": ["id,at"], "ends": ["id,at,known"],
    }  # fmt: skip
    for n in range(COUNT):
        id_, end = f"a{n:03}", FIRST + timedelta(int(100 + wait[n]))
        parent = f"a{n - n % 2:03}" if n < 20 and n % 2 else ""
        rows["accounts"].append(f"{id_},{FIRST},{parent},{1000 + n},{'small' if n % 3 else 'large'},{'AB'[n % 2]}")
        for month in range(18):
            day = FIRST + timedelta(30 * month)
            if day <= min(end, LAST):
                rows["usage"].append(f"{id_},{day},{use[n] + rng.normal(0, 3):.1f}")
        rows["contracts"].append(f"{id_},{FIRST},{FIRST + timedelta(int(rng.integers(200, 900)))}")
        if n % 5 == 0:
            rows["acts"].append(f"{id_},2026-04-10")
        if end <= LAST:
            rows["ends"].append(f"{id_},{end},{end}")
            rows["notes"] += [f"{id_},{end - timedelta(10)}"] if leak else []
    return {name: "\n".join(lines) + "\n" for name, lines in rows.items()}


def backtested(folder: Path, *flags: object) -> dict[str, Any]:
    found = keepwell("backtest", folder, "--until", LAST, "--format", "json", *flags)
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)
    return read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("plain"), MODEL, tables())


@pytest.fixture(scope="module")
def plain(folder: Path) -> dict[str, Any]:
    return backtested(folder)


def test_the_score_stands_beside_signs_its_past_and_the_ceiling(plain: dict[str, Any]) -> None:
    beside = {one["name"]: one for one in plain["beside"]}
    assert list(beside) == ["score", "use", "due", "tenure_days", "previous score", "gradient boosting"]
    counts = [cut["accounts"] for cut in plain["cuts"]]
    assert beside["score"]["scores"] == sum(counts)
    assert beside["use"]["scores"] == sum(counts[1:])  # on the first day no direction was known yet
    assert beside["use"]["auc"]["value"] == pytest.approx(beside["use"]["own"]["value"], abs=0.02)
    assert abs(beside["tenure_days"]["auc"]["value"] - 0.5) < 0.01  # all began on one day
    assert beside["due"]["ahead"]["low"] > 0
    assert beside["gradient boosting"]["scores"] in (sum(counts[1:]), sum(counts[2:]))
    assert plain["leaks"] == []


def test_every_side_is_of_the_same_scores(plain: dict[str, Any]) -> None:
    judged, total = plain["judged"], sum(cut["accounts"] for cut in plain["cuts"])
    for parts in (judged["tenths"], judged["tiers"], judged["renewal"], judged["segments"]["plan"]):
        assert sum(one["scores"] for one in parts["parts"]) == total
        assert sum(one["left"] for one in parts["parts"]) == plain["left"]
    every, *two = judged["helped"]["parts"]
    assert (every["name"], every["scores"]) == ("all", total)
    assert [one["name"] for one in two] == ["untouched", "treated"]
    assert sum(one["scores"] for one in two) == total
    last = plain["cuts"][-1]
    assert last["day"] == "2026-04-01"
    assert 0 < two[1]["scores"] <= COUNT / 5 + 1
    assert {group["name"] for group in plain["by"]["zone"]} == {None, "focus", "exception"}
    alarms = judged["alarms"]
    assert alarms["alarms"] == alarms["right"] + alarms["helped"] + alarms["false"]
    assert alarms["helped"] > 0
    assert judged["revenue"]["value"] == pytest.approx(plain["ranking"]["auc"]["value"], abs=0.05)
    assert judged["probability"]["error"] < 0.1
    assert judged["growth"] is None  # nobody ever paid more or less


def test_nothing_that_was_learned_later_changes_what_was_told_of_a_day(tmp_path: Path, plain: dict[str, Any]) -> None:
    """Ends of earlier days that became known only now: the days change, what was learned on them does not."""
    now = tables()
    late = "".join(f"a{n:03},2025-06-10,2026-06-29\n" for n in range(300, 330))
    found = backtested(written(tmp_path, MODEL, now | {"ends": now["ends"] + late}))
    assert found["left"] > plain["left"] - 30
    before, after = ({one["name"]: one for one in told["beside"]} for told in (plain, found))
    # Boosting begins with the same day: thirty more leavers would have let it begin earlier, had they been known.
    empty = [one["gradient boosting"]["over"].count(None) for one in (before, after)]
    assert empty[0] == empty[1]


def test_a_planted_leak_is_named_and_does_not_count(tmp_path: Path, plain: dict[str, Any]) -> None:
    folder = written(tmp_path, MODEL, tables(leak=True))
    found = backtested(folder)
    assert [one["measure"] for one in found["leaks"]] == ["health/notes"]
    leak = found["leaks"][0]
    assert leak["near"] > 0.8 > leak["far"]
    assert found["left_out"] == ["health/notes"]
    alone = {one["measure"] for one in found["alone"]}
    assert alone == {"health/use"}
    counted = backtested(folder, "--adjacent")
    assert counted["leaks"] == found["leaks"]
    assert counted["left_out"] == []
    assert counted["ranking"]["auc"]["value"] > found["ranking"]["auc"]["value"]
    said = STYLES.sub("", keepwell("backtest", folder, "--until", LAST).out)
    assert "Doubt: health/notes knows the end when it is near: AUC " in said
    assert "left out of the score (--adjacent counts it)." in said


def test_another_tool_s_scores_stand_beside_it_on_the_same_rows(folder: Path, tmp_path: Path) -> None:
    """The workspace's own history as the other tool: no difference. Its noise: the score is ahead."""
    rows: list[dict[str, str]] = []
    for day in ("2026-01-01", "2026-04-01"):
        told = keepwell("history", folder, "--from", day, "--to", day, "--every", "day", "--format", "csv").out
        rows += list(csv.DictReader(io.StringIO(told)))
    rng = np.random.default_rng(1)
    for name, noise in (("same.csv", 0.0), ("noise.csv", 1000.0)):
        told = "".join(f"{r['account_id']},{r['as_of']},{float(r['score']) + rng.normal(0, 1) * noise}\n" for r in rows)
        (tmp_path / name).write_text("account_id,as_of,score\n" + told)
    same, noise_ = (
        {one["name"]: one for one in backtested(folder, "--scores", tmp_path / name)["beside"]}[name]
        for name in ("same.csv", "noise.csv")
    )
    assert (same["kind"], same["ahead"]) == ("file", {"value": 0.0, "low": 0.0, "high": 0.0})
    assert same["scores"] == noise_["scores"] > 300
    assert noise_["ahead"]["low"] > 0
    (tmp_path / "strangers.csv").write_text("account_id,as_of,score\nnobody,2026-04-01,3\n")
    found = keepwell("backtest", folder, "--scores", tmp_path / "strangers.csv", "--until", LAST)
    assert (found.code, found.said) == (
        2,
        "error: strangers.csv: none of its accounts and days is among those that are scored here.",
    )


def test_a_cross_section_says_so_and_needs_no_dates(folder: Path, tmp_path: Path) -> None:
    model = MODEL.replace("outcomes: {churn: {table: ends, time: at}}", "outcomes: {churn: {table: ends}}")
    undated = written(tmp_path, model, tables())
    found = keepwell("backtest", undated, "--until", LAST)
    assert found.code == 1
    assert found.said.endswith("left; add it, or let `keepwell backtest` and `calibrate` look at a `--cross-section`.")
    told = backtested(undated, "--cross-section")
    assert (told["folds"], told["last"], len(told["cuts"])) == (5, str(LAST), 1)
    gone = len(set(tables()["ends"].splitlines())) - 1
    assert told["left"] == gone
    beside = {one["name"]: one for one in told["beside"]}
    assert beside["gradient boosting"]["scores"] == told["cuts"][0]["accounts"] == COUNT
    said = STYLES.sub("", keepwell("backtest", undated, "--cross-section", "--until", LAST).out)
    assert "(cross-section)" in said.splitlines()[0]
    assert "A cross-section, and no prediction: 400 accounts as they stand on 2026-06-30, of whom" in said
    assert "Over time" not in said


def test_accounts_of_one_parent_are_one_cluster(folder: Path, tmp_path: Path, plain: dict[str, Any]) -> None:
    """All under one roof: one cluster alone has no interval that could lie above chance."""
    now = tables()
    header, *lines = now["accounts"].splitlines()
    roof = [line.split(",") for line in lines]
    one = "\n".join([header, *(",".join([*row[:2], "a000" if row[0] != "a000" else "", *row[3:]]) for row in roof)])
    found = backtested(written(tmp_path, MODEL, now | {"accounts": one + "\n"}))
    assert found["ranking"]["auc"]["value"] == plain["ranking"]["auc"]["value"]
    assert found["verdict"]["said"] == "too little data"
    assert plain["verdict"]["said"] == "predicts"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--cross-section", "--scores", "a.csv"], "error: --cross-section holds one day of a workspace alone; leave"),
        (["--scores", "no.csv"], "error: --scores no.csv: there is no such file."),
        (["--outcomes", "no.csv"], "error: --outcomes goes with --scores: who left, and what was said of them."),
    ],
)
def test_mistakes(folder: Path, flags: list[str], said: str) -> None:
    found = keepwell("backtest", folder, *flags)
    assert (found.code, found.out) == (2, "")
    assert found.said.startswith(said)


def test_what_draws_near_by_itself_is_no_leak(tmp_path: Path) -> None:
    """The same notes, but named as the timing of the renewal: they count, and nobody is accused."""
    model = MODEL.replace("evidence: {renewal: due, ", "evidence: {renewal: cancelled, ")
    found = backtested(written(tmp_path, model, tables(leak=True)))
    assert (found["leaks"], found["left_out"]) == ([], [])
