"""Weights of a workspace out of who left: of the right measure, judged as it would have been, and only if they help."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keepwell.model import load_model
from keepwell.model.weights import shares
from tests.cli.folder import STYLES, keepwell
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started}}
tables:
  signs: {account: id, time: at, known: loaded}
  ends: {account: id, time: known_on}
metrics:
  told: {last: signs.told}
  noise: {last: signs.noise}
  intent: {last: signs.intent}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      told: {weight: 1, metric: told, curve: [[0, 0], [100, 100]]}
      noise: {weight: 3, metric: noise, curve: [[0, 0], [100, 100]]}
      intent: {weight: 1, metric: intent, curve: [[0, 0], [100, 100]], outcome_adjacent: true}
    tiers: [{at: ">= 50", is: good}, {at: else, is: at_risk}]
outcomes: {churn: {table: ends, time: known_on}}
"""
ACCOUNTS = 240
FIRST = date(2025, 1, 1)
QUARTERS = [FIRST + timedelta(90 * step) for step in range(6)]
LAST = QUARTERS[-1]


def tables(seed: int = 1, late: str = "", ends: str = "") -> dict[str, str]:
    """Each quarter every account shows a sign that tells who leaves in it, and one that does not."""
    rng = np.random.default_rng(seed)
    left: set[int] = set()
    signs, gone = ["id,at,loaded,told,noise,intent"], ["id,known_on"]
    for quarter in QUARTERS[:-1]:
        told, noise = rng.uniform(0, 100, (2, ACCOUNTS)).round(1)
        leaves = rng.random(ACCOUNTS) < 1 / (1 + np.exp(told / 12 - 1.5))
        for n in set(range(ACCOUNTS)) - left:
            day = quarter - timedelta(1)
            signs.append(f"a{n:03},{day} 12:00,{day} 13:00,{told[n]},{noise[n]},{0 if leaves[n] else 100}")
            if leaves[n]:
                left.add(n)
                gone.append(f"a{n:03},{quarter + timedelta(1 + n % 80)}")
    accounts = "id,started\n" + "".join(f"a{n:03},2024-01-01\n" for n in range(ACCOUNTS))
    return {"accounts": accounts, "signs": "\n".join(signs) + "\n" + late, "ends": "\n".join(gone) + "\n" + ends}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("calibrate") / "acme", MODEL, tables())


def calibrated(folder: Path, *flags: object) -> dict[str, Any]:
    found = keepwell("calibrate", folder, "--until", LAST, "--format", "json", *flags)
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)
    return read


def test_the_measure_that_tells_gains_weight_and_it_helps(folder: Path) -> None:
    found = calibrated(folder)
    told, noise = found["weights"]
    assert (told["part"], told["before"], noise["before"]) == ("health/told", 0.25, 0.75)
    assert told["after"] > 0.5
    assert told["low"] < told["after"] < told["high"]
    assert told["after"] + noise["after"] == pytest.approx(1)
    assert found["said"] == "helps"
    assert found["change"]["gain"]["low"] > 0
    assert found["left_out"] == ["health/intent"]
    assert [fold["day"] for fold in found["folds"]] == [str(day) for day in QUARTERS[2:-1]]
    assert all(fold["learned"] > 0 for fold in found["folds"])


def test_what_is_judged_is_what_the_model_of_those_weights_scores(folder: Path) -> None:
    """The first fold's area, from weights fitted on one quarter, is that of `history` with the model written out."""
    until = QUARTERS[3]
    found = calibrated(folder, "--until", until)
    assert [fold["day"] for fold in found["folds"]] == [str(QUARTERS[2])]
    model = folder / "first.yaml"
    one = keepwell("calibrate", folder, "--until", QUARTERS[2], "--write", model, "--anyway")
    assert one.code == 0, one.err
    told = keepwell("backtest", folder, "--until", until, "--format", "json")
    before = next(cut["auc"] for cut in json.loads(told.out)["cuts"] if cut["day"] == str(QUARTERS[2]))
    assert found["change"]["first"]["value"] == pytest.approx(before)
    (folder / "keepwell.yaml").write_text("workspace: small\nmodel: first.yaml\nas_of: 2026-06-30\ncurrency: EUR\n")
    try:
        told = keepwell("backtest", folder, "--until", until, "--format", "json")
    finally:
        (folder / "keepwell.yaml").write_text("workspace: small\nas_of: 2026-06-30\ncurrency: EUR\n")
        model.unlink()
    after = next(cut["auc"] for cut in json.loads(told.out)["cuts"] if cut["day"] == str(QUARTERS[2]))
    assert found["change"]["second"]["value"] == pytest.approx(after, abs=2e-3)  # written in tenths of a percent


def test_nobody_who_left_leaves_the_weights_as_they_are(tmp_path: Path) -> None:
    nobody = {**tables(), "ends": "id,known_on\n"}
    found = calibrated(written(tmp_path, MODEL, nobody))
    assert [(one["before"], one["after"]) for one in found["weights"]] == [(0.25, 0.25), (0.75, 0.75)]
    assert (found["said"], found["left"]) == ("too little data", 0)


def test_notes_dated_back_and_ends_learned_later_change_nothing(tmp_path: Path) -> None:
    """The sign itself, written down on the day after the end; its twin that was known in time turns the weights."""
    rows = [row.split(",") for row in tables()["ends"].splitlines()[1:]]
    plain = calibrated(written(tmp_path / "plain", MODEL, tables()))
    day = {row[0]: max(quarter for quarter in QUARTERS if str(quarter) <= row[1]) for row in rows}
    notes = [(row[0], f"{day[row[0]] - timedelta(1)} 20:00", row[1]) for row in rows]
    late = "".join(f"{who},{at},{end} 08:00,50,0,0\n" for who, at, end in notes)
    early = "".join(f"{who},{at},{at},50,0,0\n" for who, at, _ in notes)
    more = f"a239,{LAST + timedelta(3)}\n"
    assert calibrated(written(tmp_path / "late", MODEL, tables(1, late, more))) == plain
    found = calibrated(written(tmp_path / "early", MODEL, tables(1, early)))
    assert found["weights"][1]["after"] > plain["weights"][1]["after"]


def test_terms_are_kept(folder: Path) -> None:
    found = calibrated(folder, "--most", "54%", "--least", "10 %")
    assert [one["after"] for one in found["weights"]] == pytest.approx([0.54, 0.46])
    kept = calibrated(folder, "--keep-dimensions")  # every part stands at the top
    assert [one["after"] for one in kept["weights"]] == pytest.approx([0.25, 0.75])


def test_experts_are_where_it_begins(folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("part,sales,service\nnoise,10,50%\nhealth/told,30,50\n", encoding="utf-8")
    found = calibrated(folder, "--experts", sheet)
    assert [one["before"] for one in found["weights"]] == pytest.approx([0.25, 0.75])
    assert [one["expert"] for one in found["weights"]] == pytest.approx([0.625, 0.375])
    text = STYLES.sub("", keepwell("calibrate", folder, "--until", QUARTERS[2], "--experts", sheet).out)
    assert ["part", "before", "experts", "after", "from", "to"] in [line.split() for line in text.splitlines()]


def test_scales_are_fitted_and_written_as_they_were_judged(folder: Path) -> None:
    """What tells is a step at 18 and a slope of the log odds; the model that is written scores by these steps."""
    path = folder / "scaled.yaml"
    found = keepwell("calibrate", folder, "--until", LAST, "--scales", "--write", path, "--format", "json")
    try:
        assert found.code == 0, found.err
        read = json.loads(found.out)
        (told,) = [scale for part, scale in read["scales"].items() if part == "health/told"]
        assert [points for _, points in told] == sorted((points for _, points in told), key=float)
        assert (told[0][1], told[-1]) == ("0", ["else", "100"])
        model = load_model(path).model
        assert [[str(edge), str(points)] for edge, points in model.scores["health"].parts["told"].bands] == told  # type: ignore[union-attr] # a measure with bands
        assert read["change"]["second"]["value"] > read["change"]["first"]["value"]
        assert "Scales, as points of 100\n" in keepwell("calibrate", folder, "--until", LAST, "--scales").out
    finally:
        path.unlink(missing_ok=True)


def test_the_new_model_is_written_with_its_diff(folder: Path) -> None:
    path = folder / "weighed.yaml"
    found = keepwell("calibrate", folder, "--until", LAST, "--write", path)
    try:
        assert found.code == 0, found.err
        said = STYLES.sub("", found.out)
        assert "small: weights from who left help\n" in said
        assert "weight of told: 1 → " in said
        model = load_model(path).model
        own = shares(model.scores["health"], "health")
        assert own["health/told"] > own["health/noise"]
        assert own["health/intent"] == pytest.approx(1 / 5, abs=1e-3)
        again = keepwell("calibrate", folder, "--until", LAST, "--write", path)
        assert (again.code, again.err) == (
            2,
            f"error: --write {path}: there is such a file already, and a version is never written over.\n",
        )
    finally:
        path.unlink(missing_ok=True)


def test_weights_that_do_not_help_are_not_written(folder: Path) -> None:
    path = folder / "weighed.yaml"
    found = keepwell("calibrate", folder, "--until", QUARTERS[2], "--write", path)
    assert found.code == 1
    assert found.err == f"error: {path} is not written: too little data. --anyway writes it all the same.\n"
    assert not path.exists()


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (
            "part\ntold\n",
            "sheet.csv:1: the sheet needs a column `part` and one per expert, such as part,sales,service.",
        ),
        ("part,a\ntold,1\n", "sheet.csv: no row gives ‘health/noise’ a weight; every part that is weighed needs one."),
        ("part,a\ntols,1\n", "sheet.csv:2: the score has no part ‘tols’ that is weighed. Did you mean ‘told’?"),
        ("part,a\ntold,-1\n", "sheet.csv:2: a gives ‘-1’, and a weight is a number from 0 up."),
        ("part,a\ntold,1,2\n", "sheet.csv:2: 3 cells where the first line has 2."),
        ("part,a\ntold,1\ntold,2\n", "sheet.csv:3: ‘health/told’ has a row already."),
        ("part,a,a\ntold,1,2\n", "sheet.csv:1: the column ‘a’ stands there twice."),
        ("part,a\ntold,0\nnoise,0\n", "sheet.csv: ‘a’ gives no part any weight."),
    ],
)
def test_a_wrong_sheet_is_one_sentence(folder: Path, tmp_path: Path, sheet: str, said: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(sheet, encoding="utf-8")
    found = keepwell("calibrate", folder, "--experts", path)
    assert (found.code, found.err) == (2, f"error: {said}\n")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--least", "60%"), "2 weights between 60% and 100% cannot sum to 100%."),
        (("--most", "much"), "--most much: write a share from 0% to 100%, such as 5%."),
        (("--write", "new.txt"), "--write new.txt: a model is a .yaml file."),
        (("--horizon", "900d"), "the facts begin on 2024-12-31, and a score of a horizon later looks 900 days ahead"),
        (("--outcome", "chrun"), "the model has no outcome ‘chrun’. Did you mean ‘churn’?"),
    ],
)
def test_wrong_use_is_one_sentence(folder: Path, flags: tuple[str, ...], said: str) -> None:
    found = keepwell("calibrate", folder, *flags)
    assert found.code == 2
    assert found.err.startswith(f"error: {said}")
