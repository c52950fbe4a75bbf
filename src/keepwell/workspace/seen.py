"""The past of a workspace as a forecast needs it: days a step apart, and of some what was known on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import UsageError
from keepwell.evidence.grid import grid
from keepwell.evidence.known import Known
from keepwell.evidence.landmarks import STEP
from keepwell.evidence.panel import Ahead
from keepwell.evidence.walk import TESTED
from keepwell.facts import fetch
from keepwell.facts.entities import BEGAN, ENDED, ID
from keepwell.facts.moment import Moment
from keepwell.model.adjacent import without_adjacent
from keepwell.workspace.backtest import leaked, leaking
from keepwell.workspace.courses import TENURE, Courses, courses, known
from keepwell.workspace.groups import roots
from keepwell.workspace.past import Past, ends, outcomes_of, past
from keepwell.workspace.workspace import Workspace, on_model_of

MONTHS = 36
"""So far back the past is looked at; what is older says less of what comes."""
FULL = 90
"""Days after the first fact on which windows are full."""


@dataclass(frozen=True)
class Wanted:
    """day: the last that is known. score, outcome: their names. metrics: wanted of the day. adjacent: see `past`."""

    day: date
    score: str
    outcome: str
    adjacent: bool
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """The past: its days, the scores, and what was known of each day."""

    courses: Courses
    past: Past
    knowns: list[Known]
    left_out: tuple[str, ...]


def first_of(oldest: date, became: pa.Table) -> date | None:
    """From when on it is seen who leaves: full windows, and the first who left. None: nobody did.

    Lists of customers often lack those who left before they were made: until somebody leaves, nothing is learned.
    """
    left = outcomes_of(became)["day"].to_pylist()
    return max(min(left), oldest + timedelta(days=FULL)) if left else None


def _days(first: date, last: date) -> list[date]:
    """Days a step apart from the first on, the last of them just that; the earliest of them have no trend yet."""
    count = min((last - first).days // STEP, MONTHS)
    return [last - timedelta(days=STEP * back) for back in range(count, -1, -1)]


def seen(workspace: Workspace, wanted: Wanted, became: pa.Table) -> Seen:
    """The days up to the last. became: who left, as known on that. Raises UsageError where there is no fact by then."""
    oldest = workspace.facts.oldest()
    if oldest is None or oldest > wanted.day:
        raise UsageError(f"there is no fact by {wanted.day}; ask for a later --as-of.")
    days = _days(first_of(oldest, became) or wanted.day, wanted.day)
    renewal = workspace.loaded.model.evidence.renewal
    metrics = dict.fromkeys([TENURE, *([renewal] if renewal else []), *wanted.metrics])
    told = past(workspace, days, wanted.score, True, list(metrics))
    left_out: tuple[str, ...] = ()
    if not wanted.adjacent:
        left_out = _adjacent(workspace, days, wanted.score, _leaking(workspace, told, wanted, became))
    own = courses(told, days, left_out, renewal)
    return Seen(own, told, list(_known(workspace, own, wanted, became, oldest)), left_out)


def _leaking(workspace: Workspace, told: Past, wanted: Wanted, became: pa.Table) -> frozenset[str]:
    """Metrics that know the outcome when it is near and not before, by all that is known on the last day."""
    model, ahead = workspace.loaded.model, Ahead(TESTED)
    cuts = ahead.cuts(pc.min(told.scores["day"]).as_py() or wanted.day, wanted.day)
    rows = grid(told.scores, became, cuts, ahead, roots(workspace, wanted.day))
    if not len(rows):
        return frozenset()
    return leaked(leaking(told, rows, model, wanted.score, wanted.outcome), model, wanted.score)


def _adjacent(workspace: Workspace, days: Sequence[date], name: str, also: frozenset[str]) -> tuple[str, ...]:
    """What nearly states the outcome in the models of the days. also: metrics that are found to."""
    found: list[str] = []
    for day in dict.fromkeys({workspace.config.model_on(day): day for day in days}.values()):
        with on_model_of(workspace, day) as opened:
            found += without_adjacent(opened.loaded.model, name, also)[1]
    return tuple(dict.fromkeys(found))


def _known(workspace: Workspace, own: Courses, wanted: Wanted, became: pa.Table, oldest: date) -> Iterator[Known]:
    """Every cut with what was known on it, and on no later day."""
    for day in own.days:
        last = day == wanted.day
        if (wanted.day - day).days % TESTED:
            continue
        told = became if last else ends(workspace, wanted.outcome, day)
        if last or told.num_rows:
            yield known(own, told, lives(workspace, day), day, first_of(oldest, told) or day, roots(workspace, day))


def lives(workspace: Workspace, day: date) -> pa.Table:
    """account, began, ended (days; NULL unknown or not yet) of everybody, as known at the end of a day."""
    with workspace.facts.reads():
        people = workspace.facts.everybody("account", Moment(day, day))
        return fetch.arrow(people.select(account=people[ID], began=people[BEGAN].date(), ended=people[ENDED].date()))
