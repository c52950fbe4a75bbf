"""Scores of many days: cut into stretches that one model and one fit hold on, and into slices that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from keepwell.errors import ModelError, UsageError
from keepwell.facts import fetch
from keepwell.facts.moment import Days, Moment, When
from keepwell.model import load_model
from keepwell.scoring.keep import Keep
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.plan import plan
from keepwell.scoring.score import Scores, score, score_name
from keepwell.scoring.tables import top_parts
from keepwell.workspace.calendar import Every, days_between
from keepwell.workspace.file import model_path
from keepwell.workspace.progress import tell
from keepwell.workspace.rehearsal import scales
from keepwell.workspace.workspace import Workspace, on_model_of

SLICE = 12_000_000
"""So many values of metrics are computed at once: half as many took 2 GiB."""

READ = 6 * SLICE
"""For so many the facts are read at once, and what they come to is held while slice after slice is scored."""

FEW = 3
"""So many days are scored sooner one by one: all days at once cost about four times one."""


@dataclass(frozen=True)
class Slice:
    """Some days of a history, scored. `scores` can be read until the next slice is asked for."""

    workspace: Workspace
    days: tuple[date, ...]
    scores: Scores


def history(
    workspace: Workspace, days: Sequence[date], name: str | None = None, known_by: date | None = None
) -> Iterator[Slice]:
    """Score the accounts of every day, each by the model and the fit that hold on it, in slices of days, in order.

    Each is what scoring that day alone gives. `known_by`: what was known by this day for all of them; default: by the
    end of each. Raises what opening a workspace and scoring raise.
    """
    for _, stretch in groupby(days, key=workspace.config.model_on):
        own = list(stretch)
        with on_model_of(workspace, own[0]) as opened:
            yield from replay(opened, own, name, known_by)


def replay(
    workspace: Workspace, days: Sequence[date], name: str | None = None, known_by: date | None = None
) -> Iterator[Slice]:
    """Score every day by the workspace's own model, whichever held on it; each by the fit that the model has for it."""
    done = 0
    for _, fitted in groupby(days, key=partial(_fit, workspace)):
        for part in _slices(workspace, list(fitted), name, known_by):
            yield part
            done += len(part.days)
            tell(done, len(days), "days scored")


def parts_at_top(workspace: Workspace, days: Sequence[date], name: str | None = None) -> list[str]:
    """The parts at the top of the score, of every model that holds on one of the days, each once."""
    found: list[str] = []
    for file in dict.fromkeys(map(workspace.config.model_on, days)):
        own = file == workspace.model
        loaded = workspace.loaded if own else load_model(model_path(workspace.folder, workspace.file, file), file)
        chosen = score_name(loaded.model, name)
        found += top_parts(plan(chosen, loaded.model.scores[chosen]))
    return list(dict.fromkeys(found))


def _fit(workspace: Workspace, day: date) -> date | None:
    """From when the fit of a day holds, where the model has any."""
    fit = workspace.loaded.model.fit_on(day)
    return fit.from_ if fit else None


def _slices(workspace: Workspace, days: list[date], name: str | None, known_by: date | None) -> Iterator[Slice]:
    """The days in slices that fit into memory; few of them one by one."""
    values = _values(workspace, days[-1]) if len(days) > FEW else SLICE
    for read in _cut(days, READ // values):
        with workspace.keep.apart(shares=True) as keep:
            for own in _cut(read, SLICE // values):
                one = len(own) == 1
                when = Moment(own[0], known_by or own[0]) if one else Days(own, known_by, among=read)
                with keep.apart() as inner:
                    yield Slice(workspace, own, _scored(workspace, when, own[0], name, inner))


def _scored(workspace: Workspace, when: When, first: date, name: str | None, keep: Keep) -> Scores:
    metrics = metrics_of(workspace.loaded, workspace.facts, when, first, keep)
    with workspace.facts.reads():
        if unfit := list(scales(workspace.loaded, workspace.facts, metrics.kinds)):
            raise ModelError.of(unfit)
        return score(workspace.loaded, metrics, keep, name, first)


def _cut(days: Sequence[date], step: int) -> Iterator[tuple[date, ...]]:
    step = max(1, step)
    yield from (tuple(days[start : start + step]) for start in range(0, len(days), step))


def _values(workspace: Workspace, day: date) -> int:
    """How many values of metrics a day has."""
    with workspace.facts.reads():
        entities = workspace.facts.entity("account", Moment(day, day))
        living = int(fetch.rows(entities.aggregate(n=entities.count()))[0]["n"])
    return max(1, living * len(workspace.loaded.model.metrics))


def asked_days(workspace: Workspace, first: date | None, last: date | None, every: Every) -> list[date]:
    """The days of a history: between two days, or else from the first fact to the day that the workspace scores.

    Raises UsageError where there is none.
    """
    end = workspace.day(last)
    begin = first or workspace.facts.oldest() or end
    if begin > end:
        raise UsageError(f"--from {begin} is after {end}, the last day of the history.")
    if days := days_between(workspace.day(begin), end, every):
        return days
    raise UsageError(f"no {every} ends from {begin} to {end}; ask for more days, or --every day.")
