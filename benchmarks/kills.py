"""Two hundred kills −9 of `keepwell refresh` at random instants, while readers look: what is lost, torn or stuck."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.measure import seconds
from tests.cli.folder import keepwell
from tests.scoring.folder import written
from tests.workspace.kills import kill_often
from tests.workspace.test_refresh import MODEL
from tests.workspace.test_refresh_kills import FLAGS, TABLES, late

KILLS = 200
FOLDER = Path(__file__).parent / "data" / "kills"


def run() -> None:
    """Kill, then refresh once to the end."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    written(FOLDER, MODEL, TABLES)
    said, looks = kill_often(FOLDER, KILLS, (0.5, 6.0), 2, lambda index: late(FOLDER, index + 1), *FLAGS)
    codes: list[int] = []
    last = seconds(lambda: codes.append(keepwell("refresh", FOLDER, *FLAGS).code))
    print(
        f"{KILLS} kills of refresh, {said:,} days acknowledged before them and none lost, {looks:,} looks of a reader "
        f"and none torn; the next refresh ended with {codes[0]} after {last:.1f} s"
    )
