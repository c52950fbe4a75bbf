"""A model of 100 measures over 100,000 accounts, scored from stored metric values."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.measure import THREADS, in_process_of_its_own, peak_gib, seconds

MEASURES, ACCOUNTS, MISSING = 100, 100_000, 0.1
STORED = Path(__file__).parent / "data" / "hundred-measures.parquet"
DAY = date(2026, 1, 1)


def run() -> None:
    """In a process of its own, for its peak of memory."""
    in_process_of_its_own("benchmarks.hundred_measures", "once")


def model() -> str:
    """Five groups of twenty measures, an override and a flag."""
    lines = [
        "model: wide",
        "entities: {account: {table: accounts, key: id}}",
        "tables: {facts: {account: id, time: at}}",
        "metrics:",
    ]
    lines += [f"  m{i}: {{last: facts.m{i}}}" for i in range(MEASURES)]
    lines += ["scores:", "  health:", "    parts:"]
    for group in range(5):
        lines += [f"      g{group}:", f"        weight: {group + 1}", "        parts:"]
        bands = '[["< 20", 0], ["< 50", 40], ["< 80", 75], [else, 100]]'
        lines += [
            f"          m{i}: {{metric: m{i}, weight: {1 + i % 5}, bands: {bands}}}"
            for i in range(group * 20, group * 20 + 20)
        ]
    lines += ['    tiers: [{at: ">= 70", is: great}, {at: "> 50", is: good}, {at: else, is: at_risk}]']
    lines += [
        '    overrides: [{when: "m1 < 10", cap: 30, because: a low first measure}]',
        'flags: {low: {when: "m2 < 3", because: low}}',
    ]
    return "\n".join(lines)


def store() -> None:
    """Metric rows as a run stores them, made once."""
    if STORED.exists():
        return
    STORED.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("select setseed(0.1)")
    connection.execute(
        f"""copy (select 'a' || account as id, 'm' || measure as metric, number,
                  null::varchar as text, null::date as day, timestamp '2025-12-31' as at,
                  case when number is null then 'no_data' else 'ok' end as state
                  from (select *, case when random() >= {MISSING} then round(random() * 100, 3) end as number
                        from range({ACCOUNTS}) accounts(account), range({MEASURES}) measures(measure))
                  union all by name
                  select 'a' || account as id, 'tenure_days' as metric, 400.0::double as number, 'ok' as state
                  from range({ACCOUNTS}) accounts(account)) to '{STORED}' (format parquet)"""
    )


def once() -> None:
    """Score, and also every measure row; print seconds and the peak of memory."""
    from keepwell.facts.engine import Engine
    from keepwell.facts.moment import Moment
    from keepwell.model import load_text
    from keepwell.scoring.keep import Keep
    from keepwell.scoring.metrics import Metrics
    from keepwell.scoring.score import score

    store()
    engine = Engine()
    engine.backend.raw_sql(f"set threads={THREADS}")
    keep = Keep(engine)
    rows = engine.backend.read_parquet(STORED)
    accounts = keep(rows.filter(rows.metric == "tenure_days").select("id"))
    kinds = {f"m{i}": "number" for i in range(MEASURES)} | {"tenure_days": "number"}
    metrics = Metrics(rows, accounts, kinds, Moment(DAY, DAY))
    scan = seconds(
        lambda: rows.aggregate([rows.number.sum(), rows.id.max(), rows.metric.max(), rows.state.max()]).to_pyarrow()
    )
    scored = []
    taken = seconds(lambda: scored.append(score(load_text(model()), metrics, keep)))
    peak = peak_gib()
    rest = seconds(lambda: keep(scored[0].measures()))
    print(
        f"{MEASURES} measures × {ACCOUNTS:,} accounts: load, compile and score {taken:.2f} s "
        f"= {taken / scan:.1f} × a scan of the stored values   peak {peak:.1f} GiB   "
        f"all {MEASURES * ACCOUNTS:,} measure rows on demand {rest:.2f} s   peak {peak_gib():.1f} GiB"
    )


if __name__ == "__main__" and sys.argv[1:] == ["once"]:
    once()
