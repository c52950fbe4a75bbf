"""Scores as plain tables (Arrow), for files, programs and faces.

This is the one place that says which columns there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.facts import fetch
from keepwell.model.output import AFTER_PARTS, BEFORE_PARTS
from keepwell.scoring.final import override_names
from keepwell.scoring.plan import Plan
from keepwell.scoring.reasons import reasons_of, step_of
from keepwell.scoring.score import Scores
from keepwell.scoring.words import node_label, override_words


def score_table(scores: Scores, currency: str = "") -> pa.Table:
    """One row per account, sorted by id: account_id, score, low, high, coverage, tier, and all else that is said of it.

    score, low and high are NULL where there is no score. Lists (overrides, flags, reasons) are lists of texts.
    """
    rows = fetch.arrow(scores.table.order_by("id"))
    for other in (scores.metrics.accounts.drop("began"), dimensions(scores)):
        rows = _beside(rows, fetch.arrow(other))
    columns: dict[str, Any] = {"account_id": rows["id"]}
    columns |= {name: rows[name] for name in (*BEFORE_PARTS, *AFTER_PARTS) if name in rows.column_names}
    names = [None, *(variant.is_ for variant in scores.plan.score.variants)]
    columns["variant"] = pa.array([names[number] for number in rows["variant"].to_pylist()], pa.string())
    columns |= _lists(scores, rows, currency) | _steps(scores, rows) | _constant(scores, rows.num_rows)
    before, after = ({name: columns[name] for name in names} for names in (BEFORE_PARTS, AFTER_PARTS))
    return pa.table(before | {name: rows[f"part@{name}"] for name in top_parts(scores.plan)} | after)


def _beside(rows: pa.Table, other: pa.Table) -> pa.Table:
    """The rows with the columns of another table, at most one row per id, beside them; NULL where it has none.

    Here and not in the engine: planning two joins of forty columns took a tenth of a small workspace's time.
    """
    found = other.drop_columns(["id"]).take(pc.index_in(rows["id"], value_set=other["id"]))
    for name in found.column_names:
        rows = rows.append_column(name, found[name])
    return rows


def top_parts(layout: Plan) -> dict[str, list[int]]:
    """Name → numbers of the parts at the top, whichever tree they stand in."""
    found: dict[str, list[int]] = {}
    for place in layout.places:
        if place.depth == 1:
            found.setdefault(place.name, []).append(place.number)
    return found


def dimensions(scores: Scores) -> ir.Table:
    """One row per account: id, and a column per top-level part: 0–100, NULL where nothing in it counts."""
    top = top_parts(scores.plan)
    values = scores.values([number for numbers in top.values() for number in numbers])
    own = {
        f"part@{name}": values.value.max(where=values.node.isin(numbers)).cast("float64")
        for name, numbers in top.items()
    }
    return values.group_by("id").aggregate(**own)


def _lists(scores: Scores, rows: pa.Table, currency: str) -> dict[str, pa.Array]:
    ids = rows["id"].to_pylist()
    flags: dict[str, list[str]] = {}
    for row in fetch.rows(scores.flags.order_by("id", "flag")):
        flags.setdefault(row["id"], []).append(row["flag"])
    reasons = reasons_of(scores, currency)
    texts = pa.list_(pa.string())
    fired = rows.select([f"{name}_fired" for name in override_names(scores.plan.score)]).to_pylist()
    return {
        "overrides": pa.array([fired_overrides(scores, row) for row in fired] if fired else [[]] * len(ids), texts),
        "flags": pa.array([flags.get(id_, []) for id_ in ids], texts),
        "reasons": pa.array([reasons.get(id_, []) for id_ in ids], texts),
    }


def fired_overrides(scores: Scores, row: dict[str, Any]) -> list[str]:
    """What every override that fired did, and why: so the score or tier is not the computed one."""
    overrides, scale = scores.plan.score.overrides, scores.plan.score.scale
    return [
        override_words(item, scale)
        for name, item in zip(override_names(scores.plan.score), overrides, strict=True)
        if row[f"{name}_fired"]
    ]


def _steps(scores: Scores, rows: pa.Table) -> dict[str, pa.Array]:
    places = list(zip(rows["tier"].to_pylist(), rows["zone"].to_pylist(), strict=True))
    stated = {place: step_of(scores.plan.score, *place) for place in set(places)}
    steps = [stated[place] for place in places]
    return {
        "next_step": pa.array([step.step if step else None for step in steps], pa.string()),
        "next_step_owner": pa.array([step.owner if step else None for step in steps], pa.string()),
        "next_step_days": pa.array([step.due.days if step and step.due else None for step in steps], pa.int64()),
    }


def _constant(scores: Scores, rows: int) -> dict[str, pa.Array]:
    moment = scores.metrics.moment
    said = {
        "as_of": moment.as_of,
        "known_by": moment.known_by,
        "model": scores.model.model,
        "version": scores.version,
    }
    return {name: pa.repeat(value, rows) for name, value in said.items()}


def measure_table(scores: Scores, ids: Sequence[str] | None = None) -> pa.Table:
    """One row per account and measure, in file order: value, points, weight, effective weight, contribution, state.

    points and contribution are points of 100; effective_weight is what one of the measure's points is worth in the
    score.
    """
    values = scores.metrics.rows.select("id", "metric", "number", "text", "day", "at", metric_state="state")
    names = ibis.memtable(_places(scores))
    both = scores.measures(ids).inner_join(names, "node").inner_join(values, ["id", "metric"])
    columns = (
        "path",
        "label",
        "metric",
        "number",
        "text",
        "day",
        "metric_state",
        "state",
        "points",
        "weight",
        "effective_weight",
        "contribution",
        "at",
    )
    return fetch.arrow(
        both.order_by("id", "node").select(*columns, account_id="id").relocate("account_id").rename(measure="path")
    )


def _places(scores: Scores) -> pa.Table:
    rows = [
        {"node": place.number, "path": place.path, "metric": measure.metric,
         "label": node_label(scores.model, place.name, place.node),
         "weight": str(measure.weight)}
        for place, measure in scores.plan.measures
    ]  # fmt: skip
    names = pa.schema([("node", pa.int16())] + [(name, pa.string()) for name in ("path", "label", "metric", "weight")])
    return pa.Table.from_pylist(rows, schema=names)


def group_table(scores: Scores) -> pa.Table:
    """One row per account and group of the tree (the root is the raw score): value, low, high, coverage."""
    found = scores.groups.inner_join(ibis.memtable(scores.plan.nodes).select("node", "path"), "node")
    numbers = {name: found[name].cast("float64") for name in ("value", "low", "high", "coverage")}
    return fetch.arrow(found.order_by("id", "node").select(account_id="id", part="path", **numbers))


def metric_table(scores: Scores) -> pa.Table:
    """One row per account and metric, sorted: number, text, day, state and the time of the newest row behind it."""
    rows: ir.Table = scores.metrics.rows
    return fetch.arrow(
        rows.order_by("id", "metric")
        .select("metric", "number", "text", "day", "state", "at", account_id="id")
        .relocate("account_id")
    )
