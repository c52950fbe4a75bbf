"""Forecasts of simulated companies, a year before the end, against what then became of them: is what is said true?

Every company is a demo of another seed. A forecast is made 360 days before its end, and held against the accounts that
the simulation then lets leave: how many months' losses lay in their intervals, whether the chances were right.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from keepwell.demo.write import write_demo
from keepwell.evidence.incidence import within
from keepwell.evidence.landmarks import STEP
from keepwell.evidence.outlook import ENDS, HORIZONS, MONTHS, outlook
from keepwell.evidence.rates import share
from keepwell.evidence.walk import walk
from keepwell.workspace import open_workspace
from keepwell.workspace.forecast import Asked, forecast
from keepwell.workspace.past import ends
from tests.evidence.company import company

SEEDS = range(1, 7)
END = date(2026, 6, 30)
DAY = END - timedelta(days=STEP * MONTHS)


def run(seeds: range = SEEDS, accounts: int = 2_000) -> None:
    """A line per company, and how often the intervals held."""
    held, year, fine, months = 0, 0, 0, 0
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix="keepwell-forecast-"))
        try:
            inside, whole, right, said = _company(folder / "demo", seed, accounts)
        finally:
            shutil.rmtree(folder)
        held, year, fine, months = held + inside, year + whole, fine + right, months + MONTHS
        print(f"seed {seed}: {said}", flush=True)
    found = share(held, months)
    spread = f"{found.value:.0%}, {found.low:.0%}–{found.high:.0%}"
    print(
        f"{held} of {months} months' losses lay in their 95 % interval ({spread}), {year} of {len(seeds)} years', and "
        f"{fine} of {len(seeds)} calibration errors were within chance"
    )
    _accounts()


def _accounts(seeds: range = range(500, 540), accounts: int = 600, month: int = 24) -> None:
    """Of simpler companies, in which nothing but chance moves the level: what is said of each account, and of all."""
    held, ratios = [], []
    for seed in seeds:
        truth = company(seed, accounts=accounts, level=-4.2)
        found, here = walk(truth.knowns(month)), truth.known(month).here
        if found.model is None:
            raise SystemExit(f"seed {seed}: too little data")
        chances, _ = outlook(found.model, here, np.ones(len(here)), here.account)
        place = HORIZONS.index(90)
        true = truth.chance(month, 90 // STEP)[here.account]
        held.append(np.mean((chances.low[:, place] <= true) & (true <= chances.high[:, place])))
        year = within(found.model.hazards(here), STEP * MONTHS)
        ratios.append(np.log(np.mean(year) / np.mean(truth.chance(month, MONTHS)[here.account])))
    wide = float(np.sqrt(np.mean(np.square(ratios))))
    print(
        f"{len(held)} simulated companies: the 95 % interval of an account holds its true chance in "
        f"{np.mean(held):.0%} ({np.quantile(held, 0.1):.0%} or fewer in a tenth of the companies); "
        f"the year of all is known to ± {wide:.0%}, on average {np.mean(ratios):+.1%}"
    )


def _company(folder: Path, seed: int, accounts: int) -> tuple[int, bool, bool, str]:
    write_demo(folder, accounts=accounts, months=36, seed=seed)
    with open_workspace(folder, DAY) as workspace:
        found = forecast(workspace, Asked(DAY))
        became = ends(workspace, "churn", END)
    if found.ahead is None or found.record is None:
        raise SystemExit(f"seed {seed}: too little data")
    place = {account: row for row, account in enumerate(found.accounts)}
    true = np.zeros(MONTHS)
    for account, day in zip(became["account"].to_pylist(), became["day"].to_pylist(), strict=True):
        if day > DAY and account in place:
            true[((day - DAY).days - 1) // STEP] += np.nan_to_num(found.value[place[account]])
    sums = found.ahead.sums
    low, high = np.quantile(np.diff(sums.drawn_value[:, :MONTHS], axis=1, prepend=0), ENDS, axis=0)
    inside = int(((true >= low) & (true <= high)).sum())
    least, most = np.quantile(sums.drawn_value[:, MONTHS - 1], ENDS)
    whole = bool(least <= true.sum() <= most)
    band = found.record.error_band
    right = band.high is not None and found.record.error <= band.high
    said = (
        f"{inside} of {MONTHS} months inside; of the year {sums.expected_value[MONTHS - 1] / 1e6:.2f} M expected "
        f"({least / 1e6:.2f}–{most / 1e6:.2f}), {true.sum() / 1e6:.2f} true; AUC {found.record.ranking.auc.value:.3f}; "
        f"calibration error {found.record.error:.4f}, by chance up to {band.high:.4f}; expected "
        f"{sum(cut.expected for cut in found.record.cuts):.0f} of {sum(cut.left for cut in found.record.cuts)}"
    )
    return inside, whole, right, said
