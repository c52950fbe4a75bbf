"""Cells: one row per account and measure, with its state and points. FORMULA: metric value → points."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from keepwell.facts.moment import When
from keepwell.model.edges import Edge
from keepwell.scoring.conditions import choices, truths
from keepwell.scoring.final import holds
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.plan import Plan
from keepwell.scoring.rounding import nine
from keepwell.scoring.scales import WHOLE_AS_DECIMAL
from keepwell.scoring.terms import beside

ABSENT = ("not_applicable", "grace", "not_connected")
"""States that leave numerator and denominator."""
SILENT = ("no_data", "not_connected")
"""States of a metric of which nothing was ever heard."""
COUNTS = ("ok", "ageing", "never")
"""States with data."""


def cells(plan: Plan, metrics: Metrics, candidates: ir.Table) -> ir.Table:
    """id, node (the place's number), scale, state, points: one row per account and measure of its trees.

    points: NULL where nothing counts. `candidates`: see `who.candidates`.
    """
    joined = _joined(plan, metrics, candidates)
    return _states(plan, _points(plan, joined), metrics.when, _unconnected(joined, metrics.when))


def bare_cells(plan: Plan, rows: ir.Table, moment: When, scaled: ir.Table) -> ir.Table:
    """Cells as they would be if every measure applied, on the scales of `scaled` (id, node, scale).

    The states are ok, ageing, never, missing and expired.
    """
    everything = ibis.literal(True)
    found = _values(rows, moment).inner_join(ibis.memtable(plan.leaves), "metric").inner_join(scaled, ["id", "node"])
    joined = found.inner_join(ibis.memtable(plan.scales).drop("applies", "known"), "scale")
    joined = joined.mutate(applies=everything, young=~everything)
    nobody = ibis.memtable(plan.nodes).filter(~everything).select(silent="node")
    return _states(plan, _points(plan, joined), moment, nobody)


def _values(rows: ir.Table, moment: When) -> ir.Table:
    return rows.select("id", *moment.keys, "metric", "number", "text", "at", value_state="state")


def _joined(plan: Plan, metrics: Metrics, candidates: ir.Table) -> ir.Table:
    """Metric rows beside each measure that reads them, on its scale.

    With `applies` (NULL: unknown) and `young` (in grace).
    """
    rows = metrics.rows
    found = (
        _values(rows, metrics.when)
        .inner_join(ibis.memtable(plan.leaves if plan.cased else plan.scaled), "metric")
        .drop("metric")
    )
    if plan.score.variants or plan.score.population is not None:
        found = found.semi_join(candidates, ["id", "variant"])
    found = _with_scale(plan, metrics, found)
    return _with_grace(plan, rows, _with_applicability(plan, metrics, found))


def _with_scale(plan: Plan, metrics: Metrics, found: ir.Table) -> ir.Table:
    """The scale of each measure for each account; `fits` is false where its case says that it does not apply."""
    chosen = choices(plan, metrics)
    if chosen is None:
        return found.rename(fits="applies").drop("known")
    both = beside(found, chosen, ["id", "node"])
    found = both.mutate(scale=both.chosen.fill_null(both.usual)).drop("chosen")
    both = found.inner_join(ibis.memtable(plan.scales), "scale")
    return both.mutate(fits=ibis.ifelse(both.known, both.applies, ibis.null("boolean"))).drop("known", "applies")


def _with_grace(plan: Plan, rows: ir.Table, found: ir.Table) -> ir.Table:
    if not any(grace for grace in plan.leaves["grace"].to_pylist()):
        return found.mutate(young=ibis.literal(False))
    tenure = rows.filter(rows.metric == "tenure_days").select("id", tenure="number")
    both = beside(found, tenure, ["id"])
    return both.mutate(young=(both.tenure < both.grace).fill_null(False)).drop("tenure")


def _with_applicability(plan: Plan, metrics: Metrics, found: ir.Table) -> ir.Table:
    applies = applicability(plan, metrics)
    if applies is None:
        return found.mutate(applies=found.fits)
    both = beside(found, applies, ["id", "node"])
    return both.mutate(applies=both.fits & ibis.ifelse(both.conditional.isnull(), True, both.applies)).drop(
        "conditional"
    )


def applicability(plan: Plan, metrics: Metrics) -> ir.Table | None:
    """id, node, applies (NULL: unknown), for measures below a condition; a group's holds for all below it."""
    conditions = {f"{place.number}#{i}": c for place, _ in plan.measures for i, c in enumerate(place.conditions)}
    if not conditions:
        return None
    known = truths(metrics, metrics.accounts.select("id"), conditions)
    parts = []
    for place, _ in plan.measures:
        every = [known[f"{place.number}#{i}"] for i in range(len(place.conditions))]
        if every:
            node = ibis.literal(place.number, type="int16")
            parts.append(known.select("id", node=node, applies=reduce(and_, every), conditional=ibis.literal(True)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _unconnected(joined: ir.Table, moment: When) -> ir.Table:
    """silent: the measures (nodes) for which no account that they apply to, out of grace, had anything by the day."""
    counted = joined.applies.fill_null(True) & ~joined.young
    heard = counted & ~joined.value_state.isin(SILENT)
    found = joined.group_by("node", *moment.keys).aggregate(heard=heard.sum())
    return found.filter(found.heard == 0).select(*moment.keys, silent="node")


def _points(plan: Plan, joined: ir.Table) -> ir.Table:
    """Adds `scored`: the scale's points, NULL where the value has none (no number, or a category nobody named)."""
    pieces = ibis.memtable(plan.pieces)
    on = [joined.scale == pieces.scale, joined.number >= pieces.start, joined.number < pieces.end]
    found = joined.left_join(pieces, on).drop("scale_right", "start", "end")
    scored = found.p0 + (found.number - found.x0) / found.dx * found.dp
    if plan.mapped:
        entries = ibis.memtable(plan.entries)
        said = found.text.re_replace(WHOLE_AS_DECIMAL, r"\1")
        found = found.left_join(entries, [found.scale == entries.scale, said == entries.key]).drop("scale_right", "key")
        category = found.mapped.fill_null(ibis.ifelse(found.text.notnull(), found.otherwise, ibis.null("float64")))
        scored = (found.p0 + (found.number - found.x0) / found.dx * found.dp).fill_null(category)
    worst = ibis.ifelse(found.value_state == "worst", found.reach_low, scored)
    return found.mutate(scored=nine(worst), happened=~found.value_state.isin(SILENT))


def _expiry(plan: Plan, found: ir.Table) -> ir.IntegerValue:
    """The age in days at which each value expires: what the measure says of such a value, else of all."""
    cases = [
        ((found.node == place.number) & _is(at, found), days)
        for place, leaf in plan.measures
        for at, days in (leaf.stale.own if leaf.stale else ())
    ]
    return ibis.cases(*cases, else_=found.expire) if cases else found.expire


def _is(at: Edge | str, found: ir.Table) -> ir.BooleanValue:
    """Whether the metric's value is this category, or meets this condition on a number."""
    if isinstance(at, Edge):
        return holds(at, found.number).fill_null(False)
    said = found.text.re_replace(WHOLE_AS_DECIMAL, r"\1")
    return (said == re.sub(WHOLE_AS_DECIMAL, r"\1", at)).fill_null(False)


def _states(plan: Plan, found: ir.Table, moment: When, silent: ir.Table) -> ir.Table:
    """The order of the cases is the order of the formula."""
    both = found.left_join(silent, [found.node == silent.silent, *(found[key] == silent[key] for key in moment.keys)])
    age = moment.today(both).delta(both["at"].date(), unit="day")
    usable = both.value_state.isin(["ok", "worst"]) & both.scored.notnull()
    state = ibis.cases(
        (~both.applies.fill_null(True), "not_applicable"),
        (both.young, "grace"),
        (both.silent.notnull(), "not_connected"),
        (both.applies.notnull() & both.never.notnull() & ~both.happened, "never"),
        (both.applies.isnull() | ~usable, "missing"),
        ((age >= _expiry(plan, both)).fill_null(False), "expired"),
        ((age >= both.warn).fill_null(False), "ageing"),
        else_="ok",
    )
    stated = both.mutate(state=state)
    gone = stated.state.isin(ABSENT)
    points = ibis.cases(
        (stated.state == "never", stated.never),
        (stated.state.isin(COUNTS), stated.scored),
        (gone, ibis.null("float64")),
        else_=stated.policy,
    )
    return stated.select("id", "node", "scale", "state", points=points)
