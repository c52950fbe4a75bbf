"""Weights of data without dates: each fold of accounts is judged by the weights of the others, and says that it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keepwell.evidence.observed import Observed
from keepwell.workspace.weighing import in_folds
from tests.cli.folder import keepwell
from tests.scoring.folder import written

ACCOUNTS, NOISES = 600, 9


def folder(path: Path, left: str) -> Path:
    """Accounts with a measure that tells and others that do not; left: a word for who did."""
    rng = np.random.default_rng(5)
    told, noise = rng.uniform(0, 100, ACCOUNTS).round(1), rng.uniform(0, 100, (ACCOUNTS, NOISES)).round(1)
    by = {"told": 1 / (1 + np.exp(told / 10 - 3)), "chance": np.full(ACCOUNTS, 0.2), "nobody": np.zeros(ACCOUNTS)}
    gone = rng.random(ACCOUNTS) < by[left]
    names = [f"noise_{place}" for place in range(NOISES)]
    rows = [",".join(["id", "told", *names, "churned"])]
    each = zip(told, noise, gone, strict=True)
    rows += [",".join(map(str, [f"a{n}", one, *rest, int(churned)])) for n, (one, rest, churned) in enumerate(each)]
    measures = ["told", *names]
    parts = ", ".join(f"{name}: {{weight: 1, metric: {name}, curve: [[0, 0], [100, 100]]}}" for name in measures)
    model = f"""
model: acme
entities: {{account: {{table: accounts, key: id}}}}
tables: {{accounts: {{}}}}
metrics: {{{", ".join(f"{name}: {{attribute: {name}}}" for name in measures)}}}
scores: {{health: {{parts: {{{parts}}}, tiers: [{{at: ">= 50", is: good}}, {{at: else, is: at_risk}}]}}}}
outcomes: {{churn: {{table: accounts, where: churned = 1}}}}
"""
    return written(path, model, {"accounts": "\n".join(rows)})


def crossed(path: Path, *flags: object) -> dict[str, Any]:
    found = keepwell("calibrate", path, "--cross-section", "--format", "json", *flags)
    assert found.code == 0, found.err
    read: dict[str, Any] = json.loads(found.out)
    return read


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("crossed") / "acme", "told")


def test_the_measure_that_tells_gains_weight_and_it_helps(told: Path) -> None:
    found = crossed(told)
    assert (found["said"], found["cross_section"], found["assumed"]) == ("helps", True, [])
    assert found["weights"][0]["after"] > 0.5 > found["weights"][0]["before"]
    assert sum(one["after"] for one in found["weights"]) == pytest.approx(1)
    assert len(found["folds"]) == 5
    assert sum(fold["left"] for fold in found["folds"]) == found["left"]
    assert sum(fold["accounts"] for fold in found["folds"]) == ACCOUNTS
    for fold in found["folds"]:
        assert fold["learned"] == found["left"] - fold["left"]
        assert fold["day"] == found["last"]
    assert not {"horizon", "gap"} & found.keys()


def test_labels_by_chance_keep_the_weights(tmp_path: Path) -> None:
    """Ten weights always fit something of what they were fitted on: whoever judged by that would say that they help."""
    found = crossed(folder(tmp_path, "chance"))
    assert found["left"] > 100
    assert found["said"] == "keep yours"
    assert found["change"]["gain"]["low"] < 0


def test_nobody_who_left_leaves_the_weights_as_they_are(tmp_path: Path) -> None:
    found = crossed(folder(tmp_path, "nobody"))
    assert {(one["before"], one["after"]) for one in found["weights"]} == {(0.1, 0.1)}
    assert (found["said"], found["left"]) == ("too little data", 0)


def test_terms_are_kept(told: Path) -> None:
    found = crossed(told, "--least", "2%", "--most", "30%")
    assert all(0.02 - 1e-9 <= one["after"] <= 0.3 + 1e-9 for one in found["weights"])
    assert found["weights"][0]["after"] == pytest.approx(0.3)
    assert set(crossed(told, "--scales")["scales"]) >= {"health/told"}


def test_what_varies_together_is_judged_together() -> None:
    rng = np.random.default_rng(3)
    cluster = rng.integers(0, 40, 200)
    plain = np.zeros(200)
    seen = Observed(np.arange(200), np.full(200, np.datetime64("2026-01-01")), plain, rng.random(200) < 0.3,
                    plain[:, None], cluster)  # fmt: skip
    found = in_folds(seen)
    assert found.fold is not None
    assert set(found.fold) == set(range(5))
    for group in range(40):
        assert len(set(found.fold[cluster == group])) <= 1


def test_every_report_says_that_it_is_no_prediction(told: Path) -> None:
    for style in ("text", "markdown", "html"):
        said = keepwell("calibrate", told, "--cross-section", "--format", style).out
        assert "cross-section" in said
        assert "no prediction" in said
        assert "a day that was scored" not in said


def test_the_model_that_is_written_says_so_too(told: Path) -> None:
    model = told / "new.yaml"
    assert keepwell("calibrate", told, "--cross-section", "--write", model).code == 0
    try:
        assert "On accounts of a cross-section\n# that were never fitted on" in model.read_text()
    finally:
        model.unlink()


@pytest.mark.parametrize("command", ["calibrate", "backtest"])
def test_wrong_use_is_one_sentence(told: Path, command: str) -> None:
    ahead = keepwell(command, told, "--cross-section", "--horizon", "30d")
    assert (ahead.code, ahead.err.strip()) == (
        2,
        "error: --cross-section looks at one day, and not ahead; leave out --horizon and --gap.",
    )
    dated = keepwell(command, told)
    assert dated.code == 1
    assert "so nobody knows when anyone left; add it, or let" in dated.err
    assert "`--cross-section`" in dated.err
