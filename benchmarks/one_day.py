"""One day of ten metrics against the same ten written by hand in SQL, on the same engine, data and threads.

The workload and the SQL are not part of this repository: KEEPWELL_BENCHMARK names their folder (workload.py,
one_day.sql).
Workspaces and data are made below benchmarks/data (ignored by git; 10 M events take 0.2 GB, 100 M take 2 GB).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.measure import THREADS, alternating, in_process_of_its_own, peak_gib, seconds

HERE = Path(__file__).parent
DATA = HERE / "data"
SIZES = ((10_000, 10_000_000, 5), (100_000, 100_000_000, 3))
BY_DAY = 1_000_000_000
FIRST, DAY = date(2025, 1, 1), 300


def reference() -> Path | None:
    """The folder with the workload and the SQL, or None."""
    named = os.environ.get("KEEPWELL_BENCHMARK")
    folder = Path(named) if named else HERE.parent.parent / "shared" / "benchmark"
    return folder if (folder / "one_day.sql").is_file() else None


def run() -> None:
    """Both sizes, each in a process of its own."""
    if reference() is None:
        print("skipped: set KEEPWELL_BENCHMARK to the folder with workload.py and one_day.sql")
        return
    for accounts, events, rounds in SIZES:
        in_process_of_its_own("benchmarks.one_day", str(accounts), str(events), str(rounds))


def workspace(accounts: int, events: int) -> Path:
    """A workspace over the workload, made once; a thousand million events lie in a file per day."""
    folder = DATA / f"one-day-{accounts}{'-by-day' if events >= BY_DAY else ''}"
    if not (folder / "keepwell.yaml").exists():
        made = folder / "data"
        made.mkdir(parents=True, exist_ok=True)
        script = reference()
        assert script is not None
        subprocess.run([sys.executable, str(script / "workload.py"), str(accounts), str(events), str(made)], check=True)
        if events >= BY_DAY:
            for month in sorted((made / "events").glob("*.parquet")):
                partition(f"from '{month}'", made / "events")
                month.unlink()
        (folder / "model.yaml").write_text((HERE / "one_day" / "model.yaml").read_text())
        (folder / "keepwell.yaml").write_text(f"workspace: workload\nas_of: {FIRST + timedelta(days=DAY - 1)}\n")
    return folder


def partition(rows: str, to: Path) -> None:
    """Write these rows (the end of a query, from FROM on) into a folder per day of `to`."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads={THREADS}")
        query = f"select *, ts::date as date {rows} order by date"
        connection.execute(f"copy ({query}) to '{to}' (format parquet, partition_by (date), overwrite_or_ignore)")


def by_hand(folder: Path) -> str:
    """The fixed SQL with its dates and files put in."""
    source = reference()
    assert source is not None
    sql = (source / "one_day.sql").read_text()
    for name, days in (("D00", 0), ("D28", 28), ("D56", 56), ("D90", 90)):
        sql = sql.replace(name, f"timestamp '{FIRST + timedelta(days=DAY - days)}'")
    sql = sql.replace(" :d", f" {DAY}").replace("{accounts}", f"'{folder}/data/accounts.parquet'")
    return sql.replace("{events}", f"'{folder}/data/events/*.parquet'")


def compare(accounts: int, events: int, rounds: int) -> None:
    """Print one line of figures and their ratios."""
    from keepwell.scoring.score import score
    from keepwell.workspace import open_workspace

    folder = workspace(accounts, events)
    connection = duckdb.connect()
    connection.execute(f"set threads={THREADS}")
    sql = by_hand(folder)
    whole: list[float] = []

    def hand() -> float:
        return seconds(lambda: connection.execute(f"create or replace temp table by_hand as {sql}"))

    def keepwell() -> float:
        begun = time.perf_counter()
        with open_workspace(folder) as opened:
            inside = _engine_time(opened.facts.engine.backend)
            metrics = opened.metrics()
            score(opened.loaded, metrics, opened.keep)
        whole.append(time.perf_counter() - begun)
        return sum(inside)

    hand(), keepwell()
    whole.clear()
    left, right = alternating(hand, keepwell, rounds)
    call = [sys.executable, "-m", "keepwell", "score", str(folder), "--format", "csv"]
    command = seconds(lambda: subprocess.run(call, check=True, stdout=subprocess.DEVNULL))
    print(f"{accounts:,} accounts, {events:,} events, ten metrics; medians of {rounds} rounds taking turns")
    print(f"  by hand                            {left:7.2f} s")
    print(f"  metrics and scores, in the engine  {right:7.2f} s = {right / left:.2f} ×")
    print(f"  the same with building the queries {median(whole):7.2f} s = {median(whole) / left:.2f} ×")
    print(f"  the whole command, to CSV          {command:7.2f} s = the query + {command - left:.2f} s")
    print(f"  peak                               {peak_gib():7.1f} GiB", flush=True)


class _Timed:
    """A DuckDB connection that notes what every statement costs inside the engine."""

    def __init__(self, connection: Any, spent: list[float]) -> None:
        self._connection, self._spent = connection, spent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, *arguments: Any, **named: Any) -> _Timed:
        self._spent.append(seconds(lambda: self._connection.execute(*arguments, **named)))
        return self


def _engine_time(backend: Any) -> list[float]:
    """Seconds of every statement from now on; the rest of the wall time builds and compiles queries."""
    backend.raw_sql(f"set threads={THREADS}")
    spent: list[float] = []
    backend.con = _Timed(backend.con, spent)
    return spent


if __name__ == "__main__":
    compare(*(int(argument) for argument in sys.argv[1:4]))
