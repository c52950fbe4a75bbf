"""Scores of a day or of many as plain rows, in the engine: what is kept of them, and what history shows.

They are in the order of days and accounts where they are asked for `ordered`, which can take longer than all else.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from keepwell.facts.moment import ON, Moment
from keepwell.model.output import BEFORE_PARTS
from keepwell.scoring.final import override_names
from keepwell.scoring.score import Scores
from keepwell.scoring.tables import dimensions, top_parts
from keepwell.scoring.terms import beside
from keepwell.scoring.words import override_words

KEYS = ("as_of", "account_id")
METRIC = ("metric", "number", "text", "day", "state", "at")
"""What stands in every row of metrics after its keys."""
SCORED = (*BEFORE_PARTS[1:], "native", "raw", "variant", "name", "owner", "value", "overrides")
"""What stands in every row of scores after its keys; the parts at the top of the score follow."""


def score_rows(scores: Scores, ordered: bool = True) -> ir.Table:
    """as_of, account_id, then `SCORED` and a column per part at the top: one row per account and day.

    score, low, high, native and the parts are NULL where there is no score. overrides: in words, `; ` between them.
    """
    own = scores.table
    names = {index: item.is_ for index, item in enumerate(scores.plan.score.variants, 1)}
    none = ibis.null("string")
    variant = ibis.cases(*((own.variant == i, is_) for i, is_ in names.items()), else_=none) if names else none
    found = own.select(
        "id",
        *(name for name in SCORED if name in own.columns and name != "variant"),
        variant=variant,
        overrides=_overrides(scores),
    )
    both = beside(found, dimensions(scores), ["id"])
    named = {name: both[f"part@{name}"] for name in top_parts(scores.plan)}
    rows = both.select("id", *(name for name in found.columns if name != "id"), **named)
    return _of_account(scores, rows, ordered, SCORED)


def metric_rows(scores: Scores, ordered: bool = True) -> ir.Table:
    """as_of, account_id, metric, number, text, day, state, at: one row per account, day and metric."""
    rows, when = scores.metrics.rows, scores.metrics.when
    if isinstance(when, Moment):
        keys = {"as_of": ibis.literal(when.as_of), "account_id": rows.id}
    else:
        keys = {"as_of": rows[ON], "account_id": rows.account}
    found = rows.order_by("id") if ordered else rows
    return found.select(**keys, **{name: rows[name] for name in METRIC})


def flag_rows(scores: Scores, ordered: bool = True) -> ir.Table:
    """as_of, account_id, flag: one row for every flag that is raised."""
    return _of_account(scores, scores.flags, ordered)


def measure_rows(scores: Scores, ordered: bool = True) -> ir.Table:
    """as_of, account_id, measure (its path), state, points, effective_weight, contribution (points of 100)."""
    paths = ibis.memtable(scores.plan.nodes).select("node", measure="path")
    both = scores.measures().inner_join(paths, "node")
    rows = both.select("id", "measure", "state", "points", "effective_weight", "contribution")
    return _of_account(scores, rows, ordered)


def group_rows(scores: Scores) -> ir.Table:
    """as_of, account_id, group (its path), points: one row per account, day and group that has any, the root too."""
    paths = ibis.memtable(scores.plan.nodes).select("node", group="path")
    rows = scores.groups.filter(scores.groups.value.notnull()).inner_join(paths, "node")
    return _of_account(scores, rows.select("id", "group", points=rows["value"].cast("float64")))


ROWS = {"scores": score_rows, "metrics": metric_rows, "flags": flag_rows, "measures": measure_rows}
"""The tables that are kept of a run."""


def _of_account(scores: Scores, rows: ir.Table, ordered: bool = True, first: tuple[str, ...] = ()) -> ir.Table:
    """The rows with their day and their account's own id."""
    when, accounts = scores.metrics.when, scores.metrics.accounts
    shown = [name for name in ("name", "owner", "value") if name in first]
    if isinstance(when, Moment):
        people = accounts.select("id", *shown, as_of=ibis.literal(when.as_of), account_id="id")
    else:
        people = accounts.select("id", *shown, as_of=ON, account_id="account")
    both = rows.inner_join(people, "id")
    both = both.order_by("id") if ordered else both
    rest = [name for name in (*first, *rows.columns) if name not in ("id", *KEYS)]
    return both.select(*KEYS, *dict.fromkeys(rest))


def _overrides(scores: Scores) -> ir.StringValue:
    """What every override that fired did, and why; NULL where none did."""
    score, table = scores.plan.score, scores.table
    said = [
        ibis.ifelse(table[f"{name}_fired"].fill_null(False), f"; {override_words(item, score.scale)}", "")
        for name, item in zip(override_names(score), score.overrides, strict=True)
    ]
    return reduce(add, said).substr(2).nullif("") if said else ibis.null("string")
