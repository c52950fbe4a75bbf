"""Metric rows: one per account and metric, with its state.

A pulse or a weight re-scores from here, without the facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError
from keepwell.facts import Facts
from keepwell.facts.moment import ON, Moment, When
from keepwell.model.graph import asked, in_order
from keepwell.model.model import Model
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.level import ScoresAt, evaluate, no_scores
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.rounding import nine
from keepwell.scoring.terms import beside

EPOCH, MOST_ACCOUNTS = date(1900, 1, 1), 2**32
"""What the number of an account and day is made of: the day since the epoch times so many, and the account's place."""


@dataclass(frozen=True)
class Metrics:
    """The values of every account metric as of one day, or of many.

    rows: id, metric, number (double, 9 decimals), text, day, state, at (timestamp of the newest row behind the value);
    state ok, no_data, not_connected, stale_feed, undefined, worst. accounts: id, name, owner, value, parent_id, began.
    kinds: metric → number, text, day, yes_no (as number 1 or 0, and text 'true' or 'false'), or none (its table is
    not there). Of many days every account is one row for each, with a number for its id: rows and accounts
    have @on beside it, and `account`, the account's own id.
    """

    rows: ir.Table
    accounts: ir.Table
    kinds: dict[str, str]
    when: When

    @property
    def moment(self) -> Moment:
        """The day. Raises TypeError where there are many."""
        if not isinstance(self.when, Moment):
            raise TypeError("these are the metrics of many days")
        return self.when

    def on(self, day: date) -> Metrics:
        """Those of one of the days, in the same shape."""
        if isinstance(self.when, Moment):
            return self
        rows, accounts = (table.filter(table[ON] == day) for table in (self.rows, self.accounts))
        return replace(self, rows=rows, accounts=accounts)


def compute_metrics(
    model: Model,
    facts: Facts,
    moment: When,
    scores_at: ScoresAt = no_scores,
    keep: Keep | None = None,
) -> Metrics:
    """Every account metric of the model as of the day or days, from what was known by then.

    `scores_at`: where metrics read scores; see `nested.metrics_of`, which knows how. `keep`: what keeps the result.

    Raises FactsError where a value cannot be read as the model says.
    """
    keep = keep or Keep(facts.compute, facts.reads)
    try:
        return _computed(model, facts, moment, keep, scores_at)
    except FactsError as problem:
        if any(finding.code == "overflow" for finding in problem.findings):
            raise _too_large(model, facts, moment, keep, scores_at) or problem from None
        raise


def _too_large(model: Model, facts: Facts, moment: When, keep: Keep, scores_at: ScoresAt) -> FactsError | None:
    """The error that names the metric whose value is too large: each is tried, after those that it reads."""
    for name in in_order(model)[0]:
        try:
            keep(evaluate(model, facts, model.metrics[name].for_, moment, keep, {name}, scores_at).wide)
        except FactsError:
            said = f"metrics.{name}: a number on the way to its value is too large to be kept exactly; "
            return FactsError(f"{said}measure in thousands or millions, or divide before you multiply.")
    return None


def _computed(model: Model, facts: Facts, moment: When, keep: Keep, scores_at: ScoresAt) -> Metrics:
    with keep.apart() as inner:
        return _apart(model, facts, moment, inner, keep, scores_at)


def _apart(model: Model, facts: Facts, moment: When, inner: Keep, keep: Keep, scores_at: ScoresAt) -> Metrics:
    level = evaluate(model, facts, "account", moment, inner, None, scores_at)
    names = [name for name, metric in model.metrics.items() if metric.for_ == "account"]
    kinds = {name: "none" if name in level.lacking else _kind(level.wide[Need(name).value]) for name in names}
    kinds["tenure_days"] = "number"
    if "today" in asked(model):
        kinds["today"] = "day"
    wide = inner(numbered(level.wide, inner(level.spine)) if moment.keys else level.wide)
    keys = ["id", *moment.keys, *(["account"] if moment.keys else [])]
    rows = _long(wide, keys, kinds, side_by_side=bool(moment.keys) and facts.compute.unnests)
    accounts = wide.select(*keys, "name", "owner", "parent_id", "began", value=_worth(model, wide))
    return Metrics(keep(rows), keep(accounts), kinds, moment)


def numbered(wide: ir.Table, spine: ir.Table) -> ir.Table:
    """`wide` with a number as the id of each account and day, and the account's own id as `account`.

    Every later step joins by the id alone, and numbers are joined twice as fast as text. `spine`: everybody's id.
    """
    people = spine.select("id").distinct()
    people = people.mutate(number=ibis.row_number().over(order_by=people.id))
    both = beside(wide, people, ["id"])
    day = both[ON].delta(ibis.literal(EPOCH), unit="day")
    return both.mutate(account=both.id, id=(day * MOST_ACCOUNTS + both.number).cast("int64")).drop("number")


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


def _long(wide: ir.Table, keys: list[str], kinds: dict[str, str], *, side_by_side: bool) -> ir.Table:
    """A row per row of `wide` and metric: all of a metric together, or those of a row `side_by_side`.

    The latter is added up by account a third faster, and takes half the room in a file.
    """
    each = [_columns(wide, name, kind) for name, kind in kinds.items()]
    if side_by_side:
        return wide.select(*keys, **{name: ibis.array([one[name] for one in each]).unnest() for name in each[0]})
    rows = [wide.select(*keys, **one) for one in each]
    return ibis.union(*rows) if len(rows) > 1 else rows[0]


def _columns(wide: ir.Table, name: str, kind: str) -> dict[str, ir.Value]:
    """One metric's columns as a row of its own: each kind of value has its column, and NULL in the others."""
    value, state, at = (wide[column] for column in Need(name).columns)
    columns: dict[str, ir.Value] = {
        "number": ibis.null("float64"),
        "text": ibis.null("string"),
        "day": ibis.null("date"),
    }
    if kind == "number":
        columns["number"] = nine(value)
    elif kind == "yes_no":
        columns["number"] = value.cast("int64").cast("float64")
        columns["text"] = ibis.ifelse(value, "true", ibis.ifelse(value.notnull(), "false", ibis.null("string")))
    elif kind == "text":
        columns["text"] = value.cast("string")
    elif kind == "day":
        columns["day"] = value.date() if value.type().is_timestamp() else value
    return {"metric": ibis.literal(name), **columns, "state": state, "at": at}
