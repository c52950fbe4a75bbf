"""Cells: one row per account and measure, with its state and points. FORMULA: metric value → points."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from keepwell.scoring.conditions import Kinds, truths
from keepwell.scoring.plan import WHOLE_AS_DECIMAL, Plan
from keepwell.scoring.rounding import nine

ABSENT = ("not_applicable", "grace", "not_connected")
"""States that leave numerator and denominator."""
COUNTS = ("ok", "ageing")
"""States with data."""


def cells(plan: Plan, rows: ir.Table, accounts: ir.Table, kinds: Kinds, as_of: date) -> ir.Table:
    """id, node (the place's number), state, points: one row per account and measure.

    points: NULL where nothing counts. `rows` are metric rows; `accounts` has one row per account of the population.
    """
    joined = _joined(plan, rows, accounts, kinds)
    return _states(_points(plan, joined), as_of, _unconnected(joined))


def bare_cells(plan: Plan, rows: ir.Table, as_of: date) -> ir.Table:
    """The cells as they would be if every measure applied: id, node, state (ok, ageing, missing, expired), points."""
    everything = ibis.literal(True)
    values = rows.select("id", "metric", "number", "text", "at", value_state="state")
    joined = (
        values.inner_join(ibis.memtable(plan.leaves), "metric")
        .drop("metric")
        .mutate(applies=everything, young=~everything)
    )
    nobody = ibis.memtable(plan.nodes).filter(~everything).select(silent="node")
    return _states(_points(plan, joined), as_of, nobody)


def _joined(plan: Plan, rows: ir.Table, accounts: ir.Table, kinds: Kinds) -> ir.Table:
    """Metric rows beside each measure that reads them, with `applies` (NULL: unknown) and `young` (in grace)."""
    values = rows.select("id", "metric", "number", "text", "at", value_state="state")
    found = values.inner_join(ibis.memtable(plan.leaves), "metric").drop("metric")
    return _with_grace(plan, rows, _with_applicability(plan, rows, accounts, kinds, found))


def _with_grace(plan: Plan, rows: ir.Table, found: ir.Table) -> ir.Table:
    if not any(grace for grace in plan.leaves["grace"].to_pylist()):
        return found.mutate(young=ibis.literal(False))
    tenure = rows.filter(rows.metric == "tenure_days").select("id", tenure="number")
    both = found.left_join(tenure, "id").drop("id_right")
    return both.mutate(young=(both.tenure < both.grace).fill_null(False)).drop("tenure")


def _with_applicability(plan: Plan, rows: ir.Table, accounts: ir.Table, kinds: Kinds, found: ir.Table) -> ir.Table:
    applies = _applies(plan, rows, accounts, kinds)
    if applies is None:
        return found.mutate(applies=ibis.literal(True))
    both = found.left_join(applies, ["id", "node"]).drop("id_right", "node_right")
    return both.mutate(applies=ibis.ifelse(both.conditional.isnull(), True, both.applies)).drop("conditional")


def _applies(plan: Plan, rows: ir.Table, accounts: ir.Table, kinds: Kinds) -> ir.Table | None:
    """id, node, applies, for measures below a condition; a group's condition holds for all below it."""
    conditions = {f"{place.number}#{i}": c for place, _ in plan.measures for i, c in enumerate(place.conditions)}
    if not conditions:
        return None
    known = truths(rows, accounts.select("id"), kinds, conditions)
    parts = []
    for place, _ in plan.measures:
        every = [known[f"{place.number}#{i}"] for i in range(len(place.conditions))]
        if every:
            node = ibis.literal(place.number, type="int16")
            parts.append(known.select("id", node=node, applies=reduce(and_, every), conditional=ibis.literal(True)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _unconnected(joined: ir.Table) -> ir.Table:
    """node: the measures for which no account that they apply to, out of grace, ever had anything."""
    counted = joined.applies.fill_null(True) & ~joined.young
    heard = counted & ~joined.value_state.isin(["no_data", "not_connected"])
    found = joined.group_by("node").aggregate(heard=heard.sum())
    return found.filter(found.heard == 0).select(silent="node")


def _points(plan: Plan, joined: ir.Table) -> ir.Table:
    """Adds `scale`: the scale's points, NULL where the value has none (no number, or a category nobody named)."""
    pieces = ibis.memtable(plan.pieces)
    on = [joined.node == pieces.node, joined.number >= pieces.start, joined.number < pieces.end]
    found = joined.left_join(pieces, on).drop("node_right", "start", "end")
    scale = found.p0 + (found.number - found.x0) / found.dx * found.dp
    if plan.entries.num_rows:
        entries = ibis.memtable(plan.entries)
        said = found.text.re_replace(WHOLE_AS_DECIMAL, r"\1")
        found = found.left_join(entries, [found.node == entries.node, said == entries.key]).drop("node_right", "key")
        category = found.mapped.fill_null(ibis.ifelse(found.text.notnull(), found.otherwise, ibis.null("float64")))
        scale = (found.p0 + (found.number - found.x0) / found.dx * found.dp).fill_null(category)
    return found.mutate(scale=nine(ibis.ifelse(found.value_state == "worst", found.reach_low, scale)))


def _states(found: ir.Table, as_of: date, silent: ir.Table) -> ir.Table:
    """The order of the cases is the order of the formula."""
    both = found.left_join(silent, found.node == silent.silent)
    age = ibis.literal(as_of).delta(both["at"].date(), unit="day")
    usable = both.value_state.isin(["ok", "worst"]) & both.scale.notnull()
    state = ibis.cases(
        (~both.applies.fill_null(True), "not_applicable"),
        (both.young, "grace"),
        (both.silent.notnull(), "not_connected"),
        (both.applies.isnull() | ~usable, "missing"),
        ((age >= both.expire).fill_null(False), "expired"),
        ((age >= both.warn).fill_null(False), "ageing"),
        else_="ok",
    )
    stated = both.mutate(state=state)
    gone = stated.state.isin(ABSENT)
    points = ibis.cases((stated.state.isin(COUNTS), stated.scale), (gone, ibis.null("float64")), else_=stated.policy)
    return stated.select("id", "node", "state", points=points)
