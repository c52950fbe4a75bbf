"""A workspace's days as they would have been scored then, and what is known by a day of what became of the accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import ModelError, UsageError, did_you_mean
from keepwell.evidence.panel import Ahead
from keepwell.facts import fetch
from keepwell.insight.interventions import done
from keepwell.insight.outcomes import ends_of, had
from keepwell.model.adjacent import without_adjacent
from keepwell.model.model import Model
from keepwell.scoring.rows import group_rows, measure_rows, metric_rows, score_rows
from keepwell.scoring.score import Scores, score
from keepwell.workspace.history import Slice, replay
from keepwell.workspace.workspace import Workspace, on_model_of

CHURN = "churn"


@dataclass(frozen=True)
class Past:
    """Days scored as they would have been then.

    scores: account, day, score (NULL: none), tier, standing, variant, value (what the account pays per year), owner,
    zone. measures: account, day, measure (its path), state, points, weight (its effective share of the score).
    metrics: account, day, metric, number, text, of those asked for. groups: account, day, group (its path), points.
    left_out: outcome-adjacent parts that did not count.
    """

    scores: pa.Table
    measures: pa.Table
    metrics: pa.Table
    groups: pa.Table
    left_out: tuple[str, ...]


def past(
    workspace: Workspace,
    days: Sequence[date],
    name: str,
    adjacent: bool,
    metrics: Sequence[str] = (),
    leaking: frozenset[str] = frozenset(),
) -> Past:
    """The days, of which there is at least one, each by the model that held on it.

    adjacent: outcome-adjacent measures count as well. leaking: metrics that are to count as such.
    Raises UsageError where nothing else is in the score, and what scoring raises.
    """
    return joined(list(_by_date(workspace, days, name, adjacent, metrics, leaking)))


def _by_date(
    workspace: Workspace,
    days: Sequence[date],
    name: str,
    adjacent: bool,
    metrics: Sequence[str],
    leaking: frozenset[str],
) -> Iterator[Past]:
    for _, stretch in groupby(days, key=workspace.config.model_on):
        own = list(stretch)
        with on_model_of(workspace, own[0]) as opened:
            for part in replayed(opened, own, name, adjacent, metrics, leaking):
                yield part.past


@dataclass(frozen=True)
class Replayed:
    """Some days of the past; they can be scored again by other weights until the next are asked for."""

    past: Past
    days: tuple[date, ...]
    name: str
    adjacent: bool
    leaking: frozenset[str]
    slice: Slice

    def rescored(self, model: Model, day: date) -> pa.Table:
        """`Past.scores` of one of the days by a model of other weights and scales alone, from the same metrics."""
        judging = self.slice.workspace.judging(
            model if self.adjacent else without_adjacent(model, self.name, self.leaking)[0]
        )
        with judging.keep.apart() as keep:
            metrics = self.slice.scores.metrics.on(day)
            return _scores(score(judging.loaded, metrics, keep, self.name, day))


def replayed(
    workspace: Workspace,
    days: Sequence[date],
    name: str,
    adjacent: bool,
    metrics: Sequence[str] = (),
    leaking: frozenset[str] = frozenset(),
) -> Iterator[Replayed]:
    """The days by the workspace's own model, whichever held on them, a slice at a time. Otherwise as `past`."""
    model = workspace.loaded.model
    model, gone = (model, ()) if adjacent else without_adjacent(model, name, leaking)
    if not model.scores[name].parts and not model.scores[name].adjust:
        raise UsageError("every part of the score is outcome-adjacent; add --adjacent to count them.")
    for part in replay(workspace.judging(model), days, name):
        yield Replayed(_rows(part.scores, metrics, gone), part.days, name, adjacent, leaking, part)


def joined(parts: Sequence[Past]) -> Past:
    """All of them as one; there is at least one."""
    left_out = tuple(dict.fromkeys(path for part in parts for path in part.left_out))
    tables = (field.name for field in fields(Past) if field.name != "left_out")
    return Past(**{name: pa.concat_tables(getattr(part, name) for part in parts) for name in tables}, left_out=left_out)


NAMED = {"account": "account_id", "day": "as_of"}


def _scores(scores: Scores) -> pa.Table:
    return fetch.arrow(
        score_rows(scores).select("score", "tier", "standing", "variant", "value", "owner", "zone", **NAMED)
    )


def _rows(scores: Scores, metrics: Sequence[str], left_out: tuple[str, ...]) -> Past:
    measures, values = measure_rows(scores), metric_rows(scores)
    values = values.filter(values.metric.isin(list(metrics))) if metrics else values.filter(False)
    return Past(
        _scores(scores),
        fetch.arrow(measures.select("measure", "state", "points", weight="effective_weight", **NAMED)),
        fetch.arrow(values.select("metric", "number", "text", **NAMED)),
        fetch.arrow(group_rows(scores).select("group", "points", **NAMED)),
        left_out,
    )


def outcome_name(workspace: Workspace, name: str | None) -> str:
    """The outcome that is meant, default: churn. Raises UsageError for one that the model has not."""
    known = workspace.loaded.model.outcomes
    chosen = name or CHURN
    if chosen not in known:
        said = f"the model has no outcome ‘{chosen}’"
        if name is None and not known:
            said += "; say what became of accounts: `outcomes: {churn: {table: contracts, time: decided_on, where: …}}`"
            raise ModelError(f"{workspace.model}: {said}.")
        raise UsageError(f"{said}.{did_you_mean(chosen, known)}")
    return chosen


def ends(workspace: Workspace, outcome: str, known_by: date) -> pa.Table:
    """account, day, back, how of everyone of whom it is known by the end of this day; see `ends_of`."""
    with workspace.facts.reads():
        return fetch.arrow(ends_of(workspace.facts, outcome, known_by))


def cut_days(workspace: Workspace, ahead: Ahead, last: date) -> list[date]:
    """The days whose horizons end by the last, from one horizon after the first fact on, so that windows are full.

    Raises UsageError where there is none.
    """
    oldest = workspace.facts.oldest() or last
    if cuts := ahead.cuts(oldest + timedelta(days=ahead.horizon), last):
        return cuts
    said = f"the facts begin on {oldest}, and a score of a horizon later looks {ahead.horizon} days ahead"
    raise UsageError(f"{said}, beyond {last}; ask for a shorter --horizon.")


def with_outcome(workspace: Workspace, outcome: str, day: date) -> pa.Table:
    """account, how, day, back: the day after this one for everyone who had the outcome by then, no matter when."""
    with workspace.facts.reads():
        found = fetch.arrow(had(workspace.facts, outcome, day))
    next_day = pa.array([day + timedelta(days=1)] * found.num_rows, pa.date32())
    return found.append_column("day", next_day).append_column("back", pa.nulls(found.num_rows, pa.date32()))


def otherwise(became: pa.Table, since: date) -> dict[str, int]:
    """How many accounts ended in each other way than the outcome from a day on: `ends_of`'s how → accounts.

    Whoever had left by then, and was not back, did not end otherwise.
    """
    left: dict[str, list[tuple[date, date]]] = {}
    for row in outcomes_of(became).to_pylist():
        left.setdefault(row["account"], []).append((row["day"], row["back"] or date.max))
    found: dict[str, set[str]] = {}
    for row in became.filter(pc.is_valid(became["how"])).to_pylist():
        day, account = row["day"], row["account"]
        if day >= since and not any(first <= day < back for first, back in left.get(account, ())):
            found.setdefault(row["how"], set()).add(account)
    return {how: len(found[how]) for how in sorted(found)}


def outcomes_of(became: pa.Table) -> pa.Table:
    """The rows of the outcome itself."""
    return became.filter(pc.is_null(became["how"]))


def treated(workspace: Workspace, known_by: date) -> pa.Table | None:
    """account, day of all that the team did, as known by the end of this day; None where the model names none."""
    table = workspace.loaded.model.evidence.interventions
    if table is None or not workspace.facts.has(table):
        return None
    with workspace.facts.reads():
        return fetch.arrow(done(workspace.facts, table, known_by))


def assumed(workspace: Workspace) -> tuple[str, ...]:
    """Tables that do not say when their rows became known."""
    tables = workspace.loaded.model.tables.items()
    return tuple(name for name, spec in tables if spec.time and not spec.known and workspace.facts.has(name))
