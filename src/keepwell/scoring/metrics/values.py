"""Metric rows: one per account and metric, with its state.

A pulse or a weight re-scores from here, without the facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError
from keepwell.facts import Facts
from keepwell.facts.moment import Moment
from keepwell.model.graph import in_order
from keepwell.model.model import Model
from keepwell.scoring.keep import Keep, keeper
from keepwell.scoring.metrics.level import ScoresAt, evaluate, no_scores
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.rounding import nine


@dataclass(frozen=True)
class Metrics:
    """The values of every account metric as of one day.

    rows: id, metric, number (double, 9 decimals), text, day, state, at (timestamp of the newest row behind the value);
    state ok, no_data, not_connected, stale_feed, undefined, worst. accounts: id, name, owner, value, parent_id, began.
    kinds: metric → number, text, day, yes_no (as number 1 or 0, and text 'true' or 'false'), or none (its table is
    not there).
    """

    rows: ir.Table
    accounts: ir.Table
    kinds: dict[str, str]
    moment: Moment


def compute_metrics(
    model: Model,
    facts: Facts,
    as_of: date,
    known_by: date | None = None,
    scores_at: ScoresAt = no_scores,
    scored: date | None = None,
) -> Metrics:
    """Every account metric of the model as of `as_of`, from what was known by `known_by` (default: the same day).

    `scores_at`: where metrics read scores; see `nested.metrics_of`, which knows how. `scored`: see `Moment`.

    Raises FactsError where a value cannot be read as the model says.
    """
    moment = Moment(as_of, known_by or as_of, scored)
    keep = keeper(facts.backend, facts.reads)
    try:
        return _computed(model, facts, moment, keep, scores_at)
    except FactsError as problem:
        if any(finding.code == "overflow" for finding in problem.findings):
            raise _too_large(model, facts, moment, keep, scores_at) or problem from None
        raise


def _too_large(model: Model, facts: Facts, moment: Moment, keep: Keep, scores_at: ScoresAt) -> FactsError | None:
    """The error that names the metric whose value is too large: each is tried, after those that it reads."""
    for name in in_order(model)[0]:
        try:
            keep(evaluate(model, facts, model.metrics[name].for_, moment, keep, {name}, scores_at).wide)
        except FactsError:
            said = f"metrics.{name}: a number on the way to its value is too large to be kept exactly; "
            return FactsError(f"{said}measure in thousands or millions, or divide before you multiply.")
    return None


def _computed(model: Model, facts: Facts, moment: Moment, keep: Keep, scores_at: ScoresAt) -> Metrics:
    level = evaluate(model, facts, "account", moment, keep, None, scores_at)
    names = [name for name, metric in model.metrics.items() if metric.for_ == "account"]
    kinds = {name: "none" if name in level.lacking else _kind(level.wide[Need(name).value]) for name in names}
    kinds["tenure_days"] = "number"
    wide = keep(level.wide)
    rows = [_rows(wide, name, kind) for name, kind in kinds.items()]
    accounts = wide.select("id", "name", "owner", "parent_id", "began", value=_worth(model, wide))
    return Metrics(keep(ibis.union(*rows) if len(rows) > 1 else rows[0]), keep(accounts), kinds, moment)


def _worth(model: Model, wide: ir.Table) -> ir.NumericValue:
    """What each account is worth: the entity's column, or the metric that it names."""
    named = model.entities["account"].value
    return nine(wide[Need(named).value]) if named in model.metrics else wide["value"]


def _kind(value: ir.Value) -> str:
    kind = value.type()
    if kind.is_boolean():
        return "yes_no"
    if kind.is_timestamp() or kind.is_date():
        return "day"
    return "text" if kind.is_string() else "number"


def _rows(wide: ir.Table, name: str, kind: str) -> ir.Table:
    need = Need(name)
    return _row(wide, name, kind, wide[need.value], wide[need.state], wide[need.at])


def _row(wide: ir.Table, name: str, kind: str, value: ir.Value, state: ir.StringValue, at: ir.Value) -> ir.Table:
    number = (
        nine(value)
        if kind == "number"
        else value.cast("int64").cast("float64")
        if kind == "yes_no"
        else ibis.null("float64")
    )
    text = (
        value.cast("string")
        if kind == "text"
        else ibis.ifelse(value, "true", ibis.ifelse(value.notnull(), "false", ibis.null("string")))
        if kind == "yes_no"
        else ibis.null("string")
    )
    return wide.select(
        "id",
        metric=ibis.literal(name),
        number=number,
        text=text,
        day=value.date()
        if kind == "day" and value.type().is_timestamp()
        else value
        if kind == "day"
        else ibis.null("date"),
        state=state,
        at=at,
    )
