"""A workspace's own scores held against its outcomes: every day scored as it would have been then.

outcome (model) ──▶ ends ─┐
cut days ──▶ history ─────┴─▶ audit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import UsageError
from keepwell.evidence.audit import Asked, Audit, audit
from keepwell.evidence.forward import folds
from keepwell.evidence.grid import Grid, grid, lessons
from keepwell.evidence.nearness import Leak, leaks
from keepwell.evidence.panel import CUT, Ahead, panel
from keepwell.evidence.resampled import Numbers
from keepwell.evidence.rivals import Rival
from keepwell.evidence.why import Why, whys
from keepwell.facts import fetch
from keepwell.model.adjacent import measures_of
from keepwell.model.model import Model
from keepwell.scoring.score import score_name
from keepwell.workspace.beside import compared, wanted
from keepwell.workspace.groups import roots
from keepwell.workspace.judged import Judged, judged
from keepwell.workspace.past import (
    Past,
    assumed,
    cut_days,
    ends,
    otherwise,
    outcome_name,
    past,
    treated,
    with_outcome,
)
from keepwell.workspace.workspace import Workspace

FOLDS = 5


@dataclass(frozen=True)
class Backtested:
    """What became of the scores.

    left_out: outcome-adjacent parts that did not count. assumed: tables that do not say when their rows became known.
    beside: the score and what it has to be better than, on the same rows. judged: the scores from every side. why: what
    held up the healthy that left. leaks: measures that know the end when it is near and not before; they did not count
    either, unless adjacent ones do. folds: of a cross-section; None: days. otherwise: how many accounts ended in each
    other way from the first day on; see `past.otherwise`.
    """

    audit: Audit
    last: date
    outcome: str
    tiers: tuple[str, ...]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]
    beside: list[Rival] = field(default_factory=list)
    judged: Judged | None = None
    why: list[Why] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)
    folds: int | None = None
    otherwise: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Which score and outcome (None: the usual), and whether outcome-adjacent measures count as well.

    other: scores of another tool to stand beside it (account, day, score; higher is healthier), and their name.
    """

    score: str | None = None
    outcome: str | None = None
    adjacent: bool = False
    other: tuple[str, pa.Table] | None = None


def backtest(workspace: Workspace, asked: Asked, question: Question) -> Backtested:
    """Score the cut days and hold them against what became of the accounts by `asked.last`.

    Raises ModelError where the model has no such outcome, and what scoring raises.
    """
    model = workspace.loaded.model
    name, named = score_name(model, question.score), outcome_name(workspace, question.outcome)
    became, groups = ends(workspace, named, asked.last), roots(workspace, asked.last)
    cuts = cut_days(workspace, asked.ahead, asked.last)
    scored = partial(past, workspace, cuts, name, question.adjacent, wanted(model, name))
    found = scored()
    rows = grid(found.scores, became, cuts, asked.ahead, groups)
    near = leaking(found, rows, model, name, named)
    if near and not question.adjacent:
        found = scored(leaking=leaked(near, model, name))
        rows = grid(found.scores, became, cuts, asked.ahead, groups)
    taught = list(lessons(rows, asked.ahead, partial(ends, workspace, named)))
    held = _held(found, became, asked, groups)
    done = treated(workspace, asked.last)
    return Backtested(
        held,
        asked.last,
        named,
        tuple(model.scores[name].tier_names),
        found.left_out,
        assumed(workspace),
        compared(found, model, name, rows, taught, _other(question, rows, became, cuts, asked)),
        judged(found, model, name, rows, taught, done, asked.ahead) if len(rows) else None,
        whys(held.missed, found.measures),
        near,
        otherwise=otherwise(became, cuts[0]),
    )


def crossed(workspace: Workspace, asked: Asked, question: Question) -> Backtested:
    """Scores of one day, the last one asked for, beside who is known to have left by its end, no matter when.

    For data without dates. What is learned of the outcome is learned from other accounts, in folds. It is no
    prediction: what the facts say may have come after the end.
    """
    model, day = workspace.loaded.model, asked.last
    name, named = score_name(model, question.score), outcome_name(workspace, question.outcome)
    became, groups = with_outcome(workspace, named, day), roots(workspace, day)
    ahead = Ahead(1)
    asked = replace(asked, last=day + timedelta(days=1), ahead=ahead)
    found = past(workspace, [day], name, question.adjacent, wanted(model, name))
    rows = grid(found.scores, became, [day], ahead, groups)
    taught = list(folds(rows.left, rows.cluster, FOLDS)) if len(rows) else []
    held = _held(found, became, asked, groups)
    return Backtested(
        held,
        day,
        named,
        tuple(model.scores[name].tier_names),
        found.left_out,
        (),
        compared(found, model, name, rows, taught, {}),
        replace(judged(found, model, name, rows, taught, None, ahead), alarms=None) if len(rows) else None,
        whys(held.missed, found.measures),
        folds=FOLDS,
        otherwise=otherwise(became, day),
    )


def _held(found: Past, became: pa.Table, asked: Asked, groups: dict[str, str]) -> Audit:
    zones = ["zone"] if found.scores["zone"].null_count < found.scores.num_rows else []
    told = found.scores.select(["account", "day", "score", "tier", "standing", *zones])
    return audit(ibis.memtable(told), ibis.memtable(became), asked, found.measures, groups)


def leaking(found: Past, rows: Grid, model: Model, name: str, outcome: str) -> list[Leak]:
    """Measures that know the end when it is near and not before.

    A silence and a renewal draw near by themselves: what tells how long it has been, or will be, knows no secret.
    """
    if model.outcomes[outcome].silent:
        return []
    kept, named, renewal = rows.counts, measures_of(model, name), model.evidence.renewal
    paths = sorted(pc.unique(found.measures["measure"]).to_pylist())
    points = rows.numbers(found.measures, "measure", "points", paths)[kept]
    after = (rows.left_on - rows.day).astype("timedelta64[D]").astype(np.float64)
    after[np.isnat(rows.left_on)] = np.nan
    told = leaks(paths, points, rows.left[kept], after[kept], rows.cluster[kept])
    return [one for one in told if renewal is None or named.get(one.measure) != renewal]


def leaked(near: Sequence[Leak], model: Model, name: str) -> frozenset[str]:
    """The metrics of these measures."""
    named = measures_of(model, name)
    return frozenset(named[one.measure] for one in near if one.measure in named)


def _other(
    question: Question, rows: Grid, became: pa.Table, cuts: Sequence[date], asked: Asked
) -> dict[tuple[str, str], Numbers]:
    """By row, the newest score of the other tool that was there on the day, not older than a horizon."""
    if question.other is None:
        return {}
    name, scores = question.other
    newest = fetch.arrow(panel(ibis.memtable(scores), ibis.memtable(became), cuts, asked.ahead))
    told = newest.select([CUT, "account", "score"]).rename_columns(["day", "account", "value"])
    told = told.append_column("name", pa.array([name] * told.num_rows, pa.string()))
    values = rows.numbers(told, "name", "value", [name])[:, 0]
    if np.isnan(values).all():
        raise UsageError(f"{name}: none of its accounts and days is among those that are scored here.")
    return {("file", name): values}
