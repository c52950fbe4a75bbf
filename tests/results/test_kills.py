"""A kill −9 at any instant: what was acknowledged is there, nothing half is seen, and the next run completes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from random import Random

import pytest

from keepwell.results import Results
from keepwell.workspace.kept import results_of
from tests.results.test_store import JUNE, MODEL, TABLES, keep, scores
from tests.scoring.folder import written

KILLS = 10
WRITER = """
    import sys
    from datetime import date
    from itertools import count
    from pathlib import Path
    from keepwell.results import store
    from keepwell.workspace import open_workspace
    from keepwell.workspace.history import history
    from keepwell.workspace.kept import keep_slice, results_of

    numbers, plain = count(int(sys.argv[2])), store.hashes
    store.hashes = lambda rows: ((day, n, f"{next(numbers):016x}") for day, n, _ in plain(rows))  # never the same again
    folder = Path(sys.argv[1])
    days = [date(2026, 5, 31), *(date(2026, 6, day) for day in (10, 20, 30))]  # enough for one slice
    with open_workspace(folder) as workspace, results_of(folder).writer() as writer:
        part = next(parts := history(workspace, days))
        print("ready", flush=True)
        while keep_slice(writer, part, None):
            print("kept", flush=True)
"""


@pytest.mark.timeout(600)
def test_kills_lose_nothing_and_leave_nothing_half(tmp_path: Path) -> None:
    """Each writer is killed while it writes run after run; readers look all the time and never see a torn one."""
    folder = written(tmp_path, MODEL, TABLES)
    random, acknowledged = Random(8), 0  # noqa: S311 (no secret)
    torn: list[BaseException] = []
    done = threading.Event()
    reader = threading.Thread(target=_look, args=(results_of(folder), done, torn))
    reader.start()
    try:
        for index in range(KILLS):
            acknowledged += _killed(folder, index, random.uniform(0.0, 1.5))
            runs = results_of(folder).manifest.runs
            assert len(runs) >= acknowledged
            acknowledged = len(runs)  # one may have become visible and was not said yet
    finally:
        done.set()
        reader.join()
    assert not torn
    assert acknowledged >= KILLS // 2
    keep(folder, JUNE)
    assert ("2026-06-30", "a") in scores(folder)


def _killed(folder: Path, index: int, seconds: float) -> int:
    """Start a writer, kill it so long after it began to write, and return how many runs it had acknowledged."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), str(index * 10_000)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(seconds)
        writer.kill()
        return writer.stdout.read().count("kept\n")


def _look(results: Results, done: threading.Event, torn: list[BaseException]) -> None:
    """Read again and again: every day that is there has all of its accounts, in every table."""
    try:
        while not done.is_set():
            rows = results.read("scores", "health")
            metrics = results.read("metrics", "health")
            assert rows.num_rows in (0, 8)
            assert metrics.num_rows in (0, 16)
    except BaseException as problem:  # noqa: BLE001 (told by the test)
        torn.append(problem)
