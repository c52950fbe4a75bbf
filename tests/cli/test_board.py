"""The evidence in five lines: the figures of `backtest` and `calibrate`, and fewer lines where nothing can be said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keepwell.cli import board
from tests.cli.folder import STYLES, keepwell
from tests.scoring.folder import written
from tests.workspace.test_calibrate import LAST, MODEL, tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six quarters of accounts of whom a sign tells who leaves; the workspace's day is the last of them."""
    found = written(tmp_path, MODEL, tables())
    (found / "keepwell.yaml").write_text(f"workspace: small\nas_of: {LAST}\ncurrency: EUR\n", encoding="utf-8")
    return found


def test_the_lines_say_what_the_commands_say(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board.show(folder)
    said = STYLES.sub("", capsys.readouterr().out)
    held, better = (json.loads(keepwell(name, folder, "--format", "json").out) for name in ("backtest", "calibrate"))
    assert "Can one trust these scores?" in said
    scores, left = sum(cut["accounts"] for cut in held["cuts"]), held["left"]
    assert f"{scores:,} scores of {held['accounts']:,} customers. {left} of the scores were followed" in said
    area = held["ranking"]["auc"]
    assert f"the lower score {100 * area['value']:.0f} times of 100 (95 % sure: {100 * area['low']:.0f} to" in said
    tiers = {group["name"]: group["share"]["value"] for group in held["by"]["tier"]}
    assert f"that said at risk, {tiers['at_risk']:.1%} (95 % sure:" in said
    assert f"{held['called']['reached']:.0%} of those who left, {held['called']['lift']:.1f} times as many" in said
    gain = better["change"]
    assert f"rank customers better: right {100 * gain['second']['value']:.1f} times of 100 instead of" in said
    assert [line[:4] for line in said.splitlines() if line.startswith("  ")] == [f"  {n}." for n in range(1, 6)]


def test_of_nobody_who_left_little_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "data" / "ends.csv").write_text("id,known_on\n", encoding="utf-8")
    board.show(folder)
    said = STYLES.sub("", capsys.readouterr().out)
    assert "0 of the scores were followed" in said
    assert "A coin gives 50" not in said
