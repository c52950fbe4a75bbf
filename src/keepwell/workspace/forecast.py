"""What a workspace's accounts will do: chances to leave by what became of the past, as it was known on each day of it.

days ──▶ past ──▶ courses ─┐
outcome, by each day ───┴─▶ known ──▶ walk ──▶ outlook, trajectory, survival, plan
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.errors import UsageError, did_you_mean
from keepwell.evidence.known import Known
from keepwell.evidence.landmarks import STEPS, Landmarks
from keepwell.evidence.outlook import Chances, Sums, drawn_interval, outlook, retention
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import Interval
from keepwell.evidence.survival import Curve
from keepwell.evidence.tested import Record, record
from keepwell.evidence.trajectory import Trajectory, trajectory
from keepwell.evidence.walk import NEEDED, Walk, walk
from keepwell.scoring.score import score_name
from keepwell.workspace.curves import cohorts, tiers
from keepwell.workspace.growth import growth, values
from keepwell.workspace.past import assumed, ends, otherwise, outcome_name, outcomes_of
from keepwell.workspace.seen import Seen, Wanted, lives, seen
from keepwell.workspace.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """What is to be forecast.

    day: the last day that is known. score, outcome: names, None the first and churn. adjacent: measures that nearly
    state the outcome count as well. metrics: names of metrics that are wanted of the day.
    """

    day: date
    score: str | None = None
    outcome: str | None = None
    adjacent: bool = False
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """The accounts at risk on the day, a row each in all of these, by id. None where too few have left.

    chances, sums: see `outlook`. nrr, gross: net and gross retention a year on; None where they are not known. other:
    the share that ends in another way in a step, see `Model`.
    """

    chances: Chances
    sums: Sums
    nrr: Interval | None
    gross: Interval | None
    other: float


@dataclass(frozen=True)
class Forecast:
    """What was found.

    accounts, value, score, renewal: of those at risk, by id; value: NaN unknown. ahead: None, with how many more would
    have to leave in `needed`, where too few have. gone, gone_value: who is known to leave and is still there (NaN:
    what it is worth is not known). since: the first day that was looked at. leavers: accounts seen to leave since then.
    metrics: what was asked for, by name. curves: by tier and by cohort. otherwise: see `past.otherwise`.
    untold: see `Walk`.
    """

    day: date
    outcome: str
    since: date | None
    leavers: int
    needed: int
    accounts: tuple[str, ...]
    value: Numbers
    score: Numbers
    renewal: Numbers
    ahead: Outlook | None
    record: Record | None
    path: Trajectory
    gone: int
    gone_value: float
    tiers: dict[str, Curve]
    tiers_on: date | None
    cohorts: dict[str, Curve]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]
    metrics: dict[str, Numbers]
    otherwise: dict[str, int]
    untold: int

    @property
    def valued(self) -> bool:
        """Whether it is known of anybody what it is worth."""
        return bool(np.isfinite(self.value).any())


def forecast(workspace: Workspace, asked: Asked) -> Forecast:
    """Forecast from the end of a day.

    Raises UsageError for a metric that is not there or a day before all facts, ModelError where the model has no such
    outcome, and what scoring raises.
    """
    model = workspace.loaded.model
    name, named = score_name(model, asked.score), outcome_name(workspace, asked.outcome)
    for metric in asked.metrics:
        if metric not in model.metrics or model.metrics[metric].for_ != "account":
            raise UsageError(f"there is no metric ‘{metric}’ of accounts.{did_you_mean(metric, model.metrics)}")
    became = ends(workspace, named, asked.day)
    wanted = Wanted(asked.day, name, named, asked.adjacent, asked.metrics)
    return _found(workspace, wanted, seen(workspace, wanted, became), became)


def _found(workspace: Workspace, wanted: Wanted, seen: Seen, became: pa.Table) -> Forecast:
    own, last = seen.courses, seen.knowns[-1]
    here, walked = last.here, walk(seen.knowns)
    worth = values(workspace, seen.past, own, wanted.day)
    value = worth[here.account]
    gone = np.setdiff1d(np.flatnonzero(own.here[:, -1]), here.account)
    left = _left(became, wanted.day)
    gone = gone[[own.accounts[place] in left for place in gone.tolist()]]
    gone_value = _total(worth[gone])
    landmark = own.days[max(0, len(own.days) - 1 - STEPS)]
    return Forecast(
        day=wanted.day,
        outcome=wanted.outcome,
        since=own.days[0] if outcomes_of(became).num_rows else None,
        leavers=walked.leavers,
        needed=max(0, NEEDED - walked.leavers),
        accounts=tuple(own.accounts[place] for place in here.account.tolist()),
        value=value,
        score=own.score[here.account, -1],
        renewal=here.renewal,
        ahead=_ahead(workspace, wanted.day, walked, last, value, gone_value),
        record=record(walked.tested) if walked.tested else None,
        path=_only(trajectory(list(own.on), own.score), here),
        gone=len(gone),
        gone_value=gone_value,
        tiers=tiers(seen.past, own, last, landmark),
        tiers_on=landmark,
        cohorts=cohorts(lives(workspace, wanted.day), became, own.days[0], wanted.day),
        left_out=seen.left_out,
        assumed=assumed(workspace),
        metrics={name: _metric(seen, name)[here.account] for name in wanted.metrics},
        otherwise=otherwise(became, own.days[0]),
        untold=walked.untold,
    )


def _left(became: pa.Table, day: date) -> set[str]:
    """Who had the outcome by the day and is not back, and did not end in another way before."""
    away = [row for row in became.to_pylist() if row["back"] is None or row["back"] > day]
    first = {row["account"]: row["how"] for row in sorted(away, key=_earlier, reverse=True)}
    return {account for account, how in first.items() if how is None}


def _earlier(row: dict[str, Any]) -> tuple[date, bool]:
    return row["day"], row["how"] is not None


def _total(value: Numbers) -> float:
    """The sum of those that are known; NaN where none is."""
    return float(np.nansum(value)) if np.isfinite(value).any() else np.nan


def _ahead(
    workspace: Workspace, day: date, walked: Walk, last: Known, value: Numbers, gone_value: float
) -> Outlook | None:
    here = last.here
    if walked.model is None or not len(here):
        return None
    chances, sums = outlook(walked.model, here, np.nan_to_num(value), last.group(here.account))
    kept = _retention(workspace, day, sums, float(np.nansum(value)), float(np.nan_to_num(gone_value)))
    return Outlook(chances, sums, *kept, walked.model.other)


def _only(way: Trajectory, here: Landmarks) -> Trajectory:
    middle, low, high = (item[here.account] for item in (way.middle, way.low, way.high))
    return Trajectory(middle, low, high, way.held, way.slope)


def _metric(seen: Seen, name: str) -> Numbers:
    """A metric's numbers on the last day, by account; NaN where there is none."""
    rows = seen.past.metrics
    own = {
        row["account"]: row["number"]
        for row in rows.select(["account", "day", "metric", "number"]).to_pylist()
        if row["metric"] == name and row["day"] == seen.courses.days[-1] and row["number"] is not None
    }
    return np.array([own.get(account, np.nan) for account in seen.courses.accounts], np.float64)


def _retention(
    workspace: Workspace, day: date, sums: Sums, value: float, gone: float
) -> tuple[Interval | None, Interval | None]:
    """NRR (None without a book of a year) and GRR a year on."""
    total = value + gone
    if not total:
        return None, None
    kept = (value - sums.drawn_value[:, -1]) / total
    expected = (value - sums.expected_value[-1]) / total
    grown = growth(workspace, day)
    if grown is None:
        return None, drawn_interval(kept, expected)
    net, gross = (drawn_interval(kept * own, expected * own.mean()) for own in retention(*grown))
    return net, gross
