"""A kill −9 at any instant of a refresh: the next one completes, and what it leaves is what one alone leaves."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from keepwell.workspace.kept import FOLDER, results_of
from tests.cli.folder import keepwell
from tests.scoring.folder import written
from tests.workspace.kills import kill_often, refresh
from tests.workspace.test_refresh import MODEL, calls, say

ACCOUNTS = "id,name,started,arr\na,Alder,2025-01-01,1000\nb,Birch,2025-01-01,500"
FLAGS = ("--from", "2026-06-06", "--to", "2026-06-25")
PLAIN = calls(date(2026, 6, 25))
TABLES = {"accounts": ACCOUNTS, "calls": PLAIN, "answers": "id,at,score\na,2026-01-01,5"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = {
        "accounts": ACCOUNTS,
        "calls": calls(date(2026, 6, 25), days=200),
        "answers": "id,at,score\na,2026-01-01,5",
    }
    return written(tmp_path / "acme", MODEL, tables)


def answers(folder: Path) -> dict[date, str]:
    return {day: found.hash for day, (_, found) in results_of(folder).manifest.latest("health").items()}


def late(folder: Path, count: int) -> None:
    """So many more calls of b, of any day, that came on one of the last."""
    rows = [f"b,2026-06-{6 + i % 13:02} 12:{i // 13:02},2026-06-2{i % 5}" for i in range(count)]
    say(folder, "calls", "\n".join([PLAIN, *rows]))


@pytest.mark.timeout(600)
def test_ten_kills_lose_nothing_and_the_next_refresh_completes(folder: Path, tmp_path: Path) -> None:
    """Before each, one more call comes late, so that there always is something to score again."""
    said, looks = kill_often(folder, 10, (2.0, 9.0), 2, lambda index: late(folder, index + 1), *FLAGS)
    assert said > 0  # how many depends on the machine and what else it does
    assert looks > 10
    assert keepwell("refresh", folder, *FLAGS).code == 0
    alone = tmp_path / "alone"
    shutil.copytree(folder, alone, ignore=shutil.ignore_patterns(FOLDER))
    assert keepwell("refresh", alone, *FLAGS).code == 0
    assert set(answers(folder)) == {date(2026, 6, 6) + timedelta(days=index) for index in range(20)}
    # Both know every late call by the last day; by the end of the days before, only the one alone knows them so.
    assert answers(folder)[date(2026, 6, 25)] == answers(alone)[date(2026, 6, 25)]
    assert not (folder / FOLDER / ".unfinished").exists()


@pytest.mark.timeout(300)
def test_of_two_refreshes_at_once_one_wins_and_the_other_is_told(folder: Path) -> None:
    with refresh(folder, *FLAGS) as first:
        assert first.stdout is not None
        while not first.stdout.readline().startswith("kept "):
            pass
        second = keepwell("refresh", folder, *FLAGS)
        assert second.code == 1
        assert f"is being written by process {first.pid}; nothing was done here." in second.err
        first.stdout.read()
    assert first.returncode == 0
    assert len(answers(folder)) == 20
