"""The nightly refresh of one new day against scoring that day, over 3 and 24 months of facts in a file per day."""

from __future__ import annotations

import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.measure import in_process_of_its_own, seconds
from benchmarks.one_day import DATA, HERE, SIZES, partition, reference
from benchmarks.one_day import workspace as one_year

MONTHS = (3, 24)
NIGHTS = 5
LAST = date(2025, 12, 20)


def run() -> None:
    """Both lengths, each in a process of its own."""
    if reference() is None:
        print("skipped: set KEEPWELL_BENCHMARK to the folder with workload.py and one_day.sql")
        return
    accounts, events, _ = SIZES[0]
    for months in MONTHS:
        in_process_of_its_own("benchmarks.refresh", str(accounts), str(events), str(months))


def compare(accounts: int, events: int, months: int) -> None:
    """Print the time of a refresh that finds one new day, of scoring that day alone, and their ratio."""
    from keepwell.workspace import open_workspace
    from keepwell.workspace.history import history
    from keepwell.workspace.refresh import Asked, refresh

    folder, coming = workspace(accounts, events, months)
    usual, alone = [], []
    for night in range(NIGHTS + 1):
        day = LAST - timedelta(days=NIGHTS - night)
        shutil.move(coming / f"date={day}", folder / "data" / "events" / f"date={day}")
        usual.append(seconds(lambda day=day: refresh(folder, Asked(last=day))))  # type: ignore[misc]

        def score(day: date = day) -> None:
            with open_workspace(folder, day) as opened:
                for part in history(opened, [day]):
                    part.scores.table.count().execute()

        alone.append(seconds(score))
    one, other = median(usual[1:]), median(alone[1:])
    print(f"{accounts:,} accounts, {months} months of {events // 12:,} events each in a file per day")
    print(
        f"  refresh of one new day   {one:6.2f} s = {one / other:.2f} × scoring that day alone ({other:.2f} s)",
        flush=True,
    )


def workspace(accounts: int, events: int, months: int) -> tuple[Path, Path]:
    """A new workspace over the days up to the first night, and the folder of the days that come after."""
    folder, source = DATA / f"refresh-{months}", one_year(accounts, events)
    shutil.rmtree(folder, ignore_errors=True)
    (made := folder / "data" / "events").mkdir(parents=True)
    shutil.copy(source / "data" / "accounts.parquet", folder / "data")
    (folder / "model.yaml").write_text((HERE / "one_day" / "model.yaml").read_text())
    (folder / "keepwell.yaml").write_text("workspace: workload\n")
    rows = f"from '{source}/data/events/*.parquet'"
    years = [f"select * {rows}", f"select * replace (ts - interval 365 days as ts) {rows}"][: 1 + months // 12]
    first = LAST - timedelta(days=months * 365 // 12)
    partition(f"from ({' union all '.join(years)}) where ts::date between '{first}' and '{LAST}'", made)
    coming = folder / "coming"
    coming.mkdir()
    for night in range(NIGHTS + 1):
        shutil.move(made / f"date={LAST - timedelta(days=night)}", coming)
    return folder, coming


if __name__ == "__main__":
    compare(*map(int, sys.argv[1:]))
