"""What a workspace's accounts will do: chances to leave by what became of the past, as it was known on each day of it.

days ──▶ past ──▶ grid ─┐
outcome, by each day ───┴─▶ known ──▶ walk ──▶ outlook, trajectory, survival, plan
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from keepwell.errors import UsageError, did_you_mean
from keepwell.evidence.landmarks import STEP, STEPS, Landmarks
from keepwell.evidence.outlook import Chances, Sums, outlook, retention
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.survival import Curve
from keepwell.evidence.tested import Judged, judged
from keepwell.evidence.trajectory import Trajectory, trajectory
from keepwell.evidence.walk import NEEDED, TESTED, Known, walk
from keepwell.facts import fetch
from keepwell.facts.entities import BEGAN, ENDED, ID
from keepwell.facts.moment import Moment
from keepwell.model.adjacent import without_adjacent
from keepwell.scoring.score import score_name
from keepwell.workspace.curves import cohorts, tiers
from keepwell.workspace.grid import TENURE, Grid, grid, known
from keepwell.workspace.growth import growth, values
from keepwell.workspace.past import Past, assumed, ends, outcome_name, past
from keepwell.workspace.workspace import Workspace, on_model_of

MONTHS = 36
"""So far back the past is looked at; what is older says less of what comes."""
FULL = 90
"""Days after the first fact on which windows are full."""


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
class Ahead:
    """The accounts at risk on the day, a row each in all of these, by id. None where too few have left.

    chances, sums: see `outlook`. nrr, gross: draws of net and gross retention a year on; None where they are not known.
    """

    chances: Chances
    sums: Sums
    nrr: Numbers | None
    gross: Numbers | None


@dataclass(frozen=True)
class Forecast:
    """What was found.

    accounts, value, score, renewal: of those at risk, by id; value: NaN unknown. ahead: None, with how many more would
    have to leave in `needed`, where too few have. gone, gone_value: who is known to leave and is still there. since: the
    first day that was looked at. leavers: accounts seen to leave since then. metrics: what was asked for, by name.
    curves: by tier and by cohort.
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
    ahead: Ahead | None
    judged: Judged | None
    path: Trajectory | None
    gone: int
    gone_value: float
    tiers: dict[str, Curve]
    tiers_on: date | None
    cohorts: dict[str, Curve]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]
    metrics: dict[str, Numbers]


@dataclass(frozen=True)
class _Seen:
    """The past: its days, the scores, and what was known of each day."""

    grid: Grid
    past: Past
    knowns: list[Known]
    left_out: tuple[str, ...]


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
    oldest = workspace.facts.oldest()
    if oldest is None or oldest > asked.day:
        raise UsageError(f"there is no fact by {asked.day}; ask for a later --as-of.")
    first = _first(oldest, became)
    seen = _seen(workspace, asked, name, named, became, first or asked.day)
    return _found(workspace, asked, named, seen, first, became)


def _first(oldest: date, became: pa.Table) -> date | None:
    """From when on it is seen who leaves: full windows, and the first who left. None: nobody did.

    Lists of customers often lack those who left before they were made: until somebody leaves, nothing is learned.
    """
    left = became["day"].to_pylist()
    return max(min(left), oldest + timedelta(days=FULL)) if left else None


def _days(first: date, last: date) -> list[date]:
    """Days a step apart, the last of them just that; those before the first, down to where trends need them, too."""
    count = min((last - first).days // STEP, MONTHS)
    return [last - timedelta(days=STEP * back) for back in range(count, -1, -1)]


def _seen(workspace: Workspace, asked: Asked, name: str, outcome: str, became: pa.Table, first: date) -> _Seen:
    days = _days(first, asked.day)
    renewal = workspace.loaded.model.evidence.renewal
    wanted = dict.fromkeys([TENURE, *([renewal] if renewal else []), *asked.metrics])
    told = past(workspace, days, name, True, list(wanted))
    assert told is not None  # there is a day
    left_out = () if asked.adjacent else _adjacent(workspace, days, name)
    own = grid(told, days, left_out, renewal)
    cuts = [day for day in days if not (asked.day - day).days % TESTED]
    knowns = list(_known(workspace, own, cuts, outcome, became, asked.day))
    return _Seen(own, told, knowns, left_out)


def _adjacent(workspace: Workspace, days: Sequence[date], name: str) -> tuple[str, ...]:
    """What nearly states the outcome in the models of the days."""
    found: list[str] = []
    for day in dict.fromkeys({workspace.config.model_on(day): day for day in days}.values()):
        with on_model_of(workspace, day) as opened:
            found += without_adjacent(opened.loaded.model, name)[1]
    return tuple(dict.fromkeys(found))


def _known(
    workspace: Workspace, own: Grid, cuts: Sequence[date], outcome: str, became: pa.Table, last: date
) -> Iterator[Known]:
    """Each cut with what was known on it, and on no later day."""
    oldest = workspace.facts.oldest() or last
    for day in cuts:
        told = became if day == last else ends(workspace, outcome, day)
        if day == last or told.num_rows:
            yield known(own, told, lives(workspace, day), day, _first(oldest, told) or day)


def lives(workspace: Workspace, day: date) -> pa.Table:
    """account, began, ended (days; NULL unknown or not yet) of everybody, as known at the end of a day."""
    with workspace.facts.reads():
        people = workspace.facts.everybody("account", Moment(day, day))
        return fetch.arrow(people.select(account=people[ID], began=people[BEGAN].date(), ended=people[ENDED].date()))


def _found(
    workspace: Workspace, asked: Asked, outcome: str, seen: _Seen, first: date | None, became: pa.Table
) -> Forecast:
    own, last = seen.grid, seen.knowns[-1]
    here = last.here
    accounts = tuple(own.accounts[place] for place in here.account.tolist())
    worth = values(workspace, seen.past, own, asked.day)
    walked = walk(seen.knowns)
    living = own.here[:, -1]
    gone = np.setdiff1d(np.flatnonzero(living), here.account)
    gone_value = float(np.nansum(worth[gone]))
    value = worth[here.account]
    ahead = None
    if walked.model is not None and len(here):
        chances, sums = outlook(walked.model, here, np.nan_to_num(value))
        ahead = Ahead(chances, sums, *_retention(workspace, asked.day, sums, float(np.nansum(value)), gone_value))
    way = trajectory(list(own.on), own.score)
    people = lives(workspace, asked.day)
    landmark = own.days[max(0, len(own.days) - 1 - STEPS)]
    return Forecast(
        day=asked.day,
        outcome=outcome,
        since=first and own.days[0],
        leavers=walked.leavers,
        needed=max(0, NEEDED - walked.leavers),
        accounts=accounts,
        value=value,
        score=own.score[here.account, -1],
        renewal=here.renewal,
        ahead=ahead,
        judged=judged(walked.tested) if walked.tested else None,
        path=_only(way, here),
        gone=len(gone),
        gone_value=gone_value,
        tiers=tiers(seen.past, own, last, landmark),
        tiers_on=landmark,
        cohorts=cohorts(own, people, became, own.days[0], asked.day),
        left_out=seen.left_out,
        assumed=assumed(workspace),
        metrics={name: _metric(seen, name)[here.account] for name in asked.metrics},
    )


def _only(way: Trajectory, here: Landmarks) -> Trajectory:
    middle, low, high = (item[here.account] for item in (way.middle, way.low, way.high))
    return Trajectory(middle, low, high, way.held, way.slope)


def _metric(seen: _Seen, name: str) -> Numbers:
    """A metric's numbers on the last day, by account; NaN where there is none."""
    rows = seen.past.metrics
    own = {
        row["account"]: row["number"]
        for row in rows.select(["account", "day", "metric", "number"]).to_pylist()
        if row["metric"] == name and row["day"] == seen.grid.days[-1] and row["number"] is not None
    }
    return np.array([own.get(account, np.nan) for account in seen.grid.accounts], np.float64)


def _retention(
    workspace: Workspace, day: date, sums: Sums, value: float, gone: float
) -> tuple[Numbers | None, Numbers | None]:
    """Draws of NRR (None without a book of a year) and of GRR."""
    total = value + gone
    if not total:
        return None, None
    kept = (value - sums.drawn_value[:, -1]) / total
    grown = growth(workspace, day)
    if grown is None:
        return None, kept
    factors = retention(*grown)
    return kept * factors[0], kept * factors[1]

