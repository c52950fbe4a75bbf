"""Many days against one: the same workload and model as `one-day`, metrics and scores written as they are kept.

Every size in a process of its own, for its peak of memory; the one day and the plain scan beside it in the same
process.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.measure import THREADS, in_process_of_its_own, peak_gib, seconds
from benchmarks.one_day import DAY, FIRST, SIZES, reference, workspace

LAST = FIRST + timedelta(days=DAY + 63)
KINDS = {"52 weekly dates": (52, 7), "365 daily dates": (365, 1)}


def run() -> None:
    """The small size; `python -m benchmarks.history 100000 100000000` is the large one."""
    if reference() is None:
        print("skipped: set KEEPWELL_BENCHMARK to the folder with workload.py and one_day.sql")
        return
    accounts, events, _ = SIZES[0]
    for kind in KINDS:
        in_process_of_its_own("benchmarks.history", str(accounts), str(events), kind)


def compare(accounts: int, events: int, kind: str) -> None:
    """Print the times of one date and of many, and what they are to each other."""
    folder = workspace(accounts, events)
    count, step = KINDS[kind]
    many = [LAST - timedelta(days=step * index) for index in reversed(range(count))]
    scan = f"select {', '.join(f'max({name})' for name in ('account_id', 'user_id', 'event_type', 'ts', 'value'))}"
    connection = duckdb.connect()
    connection.execute(f"set threads={THREADS}")
    plain = seconds(lambda: connection.execute(f"{scan} from '{folder}/data/events/**/*.parquet'").fetchall())
    kept(folder, [LAST])
    one = min(seconds(lambda: kept(folder, [LAST])) for _ in range(2))
    all_ = seconds(lambda: kept(folder, many))
    print(f"{accounts:,} accounts, {events:,} events, ten metrics, {kind}; metrics and scores written")
    print(f"  plain scan of all columns          {plain:7.2f} s")
    print(f"  one date                           {one:7.2f} s")
    print(f"  {kind:<34} {all_:7.2f} s = {all_ / one:.1f} × one date = {all_ / plain:.0f} × the scan")
    print(f"  peak                               {peak_gib():7.1f} GiB", flush=True)


def kept(folder: Path, days: Sequence[date]) -> None:
    """Score these days and write them, as `keepwell history --save` does, into a folder that goes away."""
    from keepwell.results import Results
    from keepwell.workspace import open_workspace
    from keepwell.workspace.history import history
    from keepwell.workspace.kept import keep_slice

    with (
        TemporaryDirectory(dir=folder) as place,
        open_workspace(folder) as workspace,
        Results(Path(place)).writer() as writer,
    ):
        for part in history(workspace, days):
            keep_slice(writer, part, None)


if __name__ == "__main__":
    sizes, names = [int(text) for text in sys.argv[1:3]], sys.argv[3:] or list(KINDS)
    for name in names:
        compare(*sizes, name)
