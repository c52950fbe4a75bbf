"""Refreshes that are killed at random instants, while readers look all the time; and what must hold after each."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from keepwell.results import Results
from keepwell.workspace.kept import results_of

# Every slice is one day and every day a run of its own, so that a kill meets as many instants of writing as can be.
REFRESH = """
    import sys
    from keepwell.cli import app
    from keepwell.workspace import history, refresh
    history.SLICE = 1
    kept = refresh.keep_slice
    def told(writer, part, *rest, **named):
        found = kept(writer, part, *rest, **named)
        print(*(f"kept {day.as_of}" for day in found), sep="\\n", flush=True)
        return found
    refresh.keep_slice = told
    print("ready", flush=True)
    app(["refresh", sys.argv[1], *sys.argv[2:]])
"""


@dataclass
class Watch:
    """Readers of a results folder: the first problem that one meets is kept."""

    results: Results
    rows: int
    problems: list[BaseException] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    looks: int = 0

    def look(self) -> None:
        """Every day that is there has the accounts that its manifest says, until it is told to stop."""
        try:
            while not self.done.is_set():
                rows = self.results.read("scores", "health")
                assert rows.num_rows % self.rows == 0
                self.looks += 1
        except BaseException as problem:  # noqa: BLE001 (told by the caller)
            self.problems.append(problem)


def refresh(folder: Path, *flags: str) -> subprocess.Popen[str]:
    """A refresh in a process of its own; its first line is `ready`, and then one for each day that it kept."""
    command = [sys.executable, "-c", textwrap.dedent(REFRESH), str(folder), *flags]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed(folder: Path, seconds: float, *flags: str) -> set[date]:
    """Kill a refresh so long after it was ready; the days that it said to have kept."""
    with refresh(folder, *flags) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()
        lines = process.stdout.read().splitlines()
    return {date.fromisoformat(line.removeprefix("kept ")) for line in lines if line.startswith("kept 20")}


def kill_often(
    folder: Path, kills: int, seconds: tuple[float, float], rows: int, again: Callable[[int], None], *flags: str
) -> tuple[int, int]:
    """Kill so many refreshes. Returns how many days were acknowledged, and how often readers looked.

    seconds: a kill comes after at least, and at most, so many. rows: accounts of each day. again: makes new work
    before each, such as a late row. Raises AssertionError where anything acknowledged is lost, or a reader met half a
    run.
    """
    random, said, acknowledged = Random(8), 0, set[date]()  # noqa: S311 (no secret)
    watch = Watch(results_of(folder), rows)
    reader = threading.Thread(target=watch.look)
    reader.start()
    try:
        for index in range(kills):
            again(index)
            found = killed(folder, random.uniform(*seconds), *flags)
            said += len(found)
            acknowledged |= found
            assert acknowledged <= results_of(folder).manifest.latest("health").keys()
    finally:
        watch.done.set()
        reader.join()
    assert not watch.problems, watch.problems
    return said, watch.looks
