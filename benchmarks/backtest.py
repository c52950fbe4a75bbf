"""A score and its measures held against who left, against one fit of gradient boosting on the same rows.

Arrays in; both sides in one process, one after the other. Every figure of the score (area, precision, mean
difference) and of each measure alone has an interval from five hundred replicates; accounts are drawn with all dates.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from benchmarks.measure import THREADS, in_process_of_its_own, peak_gib, seconds

ACCOUNTS, DATES, MEASURES, REPLICATES = 100_000, 24, 20, 500


def run() -> None:
    """In a process of its own, for its peak of memory."""
    in_process_of_its_own("benchmarks.backtest")


def panel(accounts: int, dates: int, measures: int) -> tuple[Any, Any, Any, Any]:
    """score, left, cluster, points: a row per account and date; about one in a hundred leaves in the horizon."""
    rng = np.random.default_rng(1)
    rows = accounts * dates
    health = np.repeat(rng.normal(0, 1, accounts), dates) + rng.normal(0, 0.5, rows)
    points = np.empty((rows, measures))
    for index in range(measures):
        points[:, index] = np.clip(50 + 15 * (health * (index % 3) / 2 + rng.normal(0, 1, rows)), 0, 100)
    left = rng.random(rows) < 1 / (1 + np.exp(4.8 + health))
    return points.mean(axis=1).round(2), left, np.repeat(np.arange(accounts), dates), points


def main(accounts: int = ACCOUNTS) -> None:
    """Print the times of both sides and what they are to each other."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    from keepwell.evidence.ranking import Sample, rank
    from keepwell.evidence.resampled import areas, interval, spread, tally

    score, left, cluster, points = panel(accounts, DATES, MEASURES)

    def held() -> None:
        rank(Sample(score, left, cluster), REPLICATES)
        tallies = [tally(points[:, index], left, cluster, accounts) for index in range(MEASURES)]
        values = [float(areas(*one.whole, one.begins)[0]) for one in tallies]
        found = spread(tallies, accounts, REPLICATES)
        for value, row in zip(values, found, strict=True):
            interval(value, row)

    fits = []
    for threads in (1, THREADS):  # on a busy machine one thread is the faster
        with threadpool_limits(threads):
            model = HistGradientBoostingClassifier(early_stopping=False, random_state=1)
            fits.append(seconds(lambda model=model: model.fit(points, left)))  # type: ignore[misc]
    fit = min(fits)
    own = seconds(held)
    print(f"{accounts:,} accounts × {DATES} dates × {MEASURES} measures, {left.sum():,} of {len(left):,} rows left")
    print(f"  one fit of gradient boosting          {fit:7.2f} s")
    print(f"  score and measures, {REPLICATES} replicates   {own:7.2f} s = {own / fit:.2f} × the fit (goal ≤ 3)")
    print(f"  peak                                  {peak_gib():7.1f} GiB (goal < 4)", flush=True)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]))
