"""Long work says how far it is, to whoever watches."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from keepwell.workspace import history as module
from keepwell.workspace import open_workspace
from keepwell.workspace.history import history
from keepwell.workspace.progress import tell, watched
from tests.cli.folder import keepwell
from tests.scoring.folder import written
from tests.workspace.test_calibrate import MODEL, QUARTERS, tables


def test_nobody_has_to_watch() -> None:
    said: list[str] = []
    with watched(said.append):
        tell(1_000, 2_000, "days scored")
    tell(2_000, 2_000, "days scored")
    assert said == ["1,000 of 2,000 days scored"]


def test_a_history_counts_its_days_slice_by_slice(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLICE", 6)
    days = [date(2026, 5, 10) + timedelta(days=index) for index in range(5)]
    said: list[str] = []
    with open_workspace(acme) as workspace, watched(said.append):
        for part in history(workspace, days):
            assert len(said) < len(days), part.days
    assert said[-1] == "5 of 5 days scored"
    assert said == sorted(said)


WATCHED = """
import time
from keepwell.cli.run import working
from keepwell.workspace.progress import tell
with working("scoring"):
    tell(1, 2, "days scored")
    time.sleep(0.5)
"""


def test_a_terminal_is_told_and_a_file_is_not() -> None:
    command = [sys.executable, "-c", WATCHED]
    assert subprocess.run(command, capture_output=True, timeout=60, check=True).stderr == b""
    main, side = pty.openpty()
    subprocess.run(command, stderr=side, env={**os.environ, "TERM": "xterm"}, timeout=60, check=True)
    seen = os.read(main, 65_536)
    os.close(side)
    os.close(main)
    assert b"scoring: 1 of 2 days scored" in seen


def test_weighing_counts_the_days_it_has_weighed(tmp_path: Path) -> None:
    said: list[str] = []
    with watched(said.append):
        keepwell("calibrate", written(tmp_path, MODEL, tables()), "--until", QUARTERS[-1])
    weighed = [one for one in said if one.endswith("days weighed")]
    assert weighed[-1].split()[0] == weighed[-1].split()[2] == str(len(weighed))
