"""What the rows say: answers out of range, several currencies, unmet expectations, rows that repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from sqlglot import exp

from keepwell.errors import Finding, ModelError
from keepwell.facts import fetch
from keepwell.facts.check.report import Findings, Look, few, one
from keepwell.facts.check.words import many, plain, rows_of, share, such_as
from keepwell.facts.expressions import condition
from keepwell.facts.feed import Bounds, column_of, out_of_range
from keepwell.model import Column
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Aggregate, Nps
from keepwell.model.spec import NAME

LARGEST = 20_000_000
"""Rows are compared with each other up to this many; beyond, it would cost minutes and gigabytes."""
ALMOST_ALL = 0.95
NPS_RANGE = (Decimal(0), Decimal(10))


def ranges(look: Look) -> Findings:
    """Check `between:` of columns, and answers that are no NPS."""
    spec, plain_rows = look.feed.spec, look.feed.plain
    for column, special in spec.columns.items():
        if special.between is not None and column in plain_rows.columns:
            yield from _range(look, column, special.between, "read as missing")
    for name, metric in look.facts.model.metrics.items():
        if isinstance(metric, Nps) and metric.source == look.feed.name:
            column = metric.column or ""
            if column in plain_rows.columns and spec.columns.get(column, Column()).between is None:
                yield from _range(look, column, NPS_RANGE, f"left out of the NPS ({name}), which is of answers 0 to 10")


def _range(look: Look, column: str, bounds: Bounds, then: str) -> Findings:
    rows = look.feed.plain
    outside = rows.filter(out_of_range(rows[column], bounds))
    found = one(outside.aggregate(rows=outside.count()))["rows"]
    if found:
        among = one(rows.aggregate(rows=rows[column].count()))["rows"]
        shown = few(outside.select(column).distinct().order_by(column), column)
        low, high = ("…" if bound is None else plain(bound) for bound in bounds)
        said = f"{many(found, 'value')} ({share(found, among)}) of {column} outside of {low} to {high}{such_as(shown)}"
        yield look.warn("out-of-range", f"{said}: {then}.")


def currencies(look: Look) -> Findings:
    """Check that amounts are in one currency, in the table or in every metric that reads one."""
    column = look.feed.spec.currency
    if column is None:
        return
    rows = look.feed.rows
    sizes = rows.group_by(code=rows[column]).aggregate(rows=rows.count())
    found = fetch.rows(sizes.filter(sizes.code.notnull()).order_by(ibis.desc("rows"), "code"))
    amounts = _amounts(look)
    mixing = [name for name, metric in amounts.items() if not _keeps_one(metric.where, column)]
    if len(found) > 1 and (mixing or not amounts):
        shown = ", ".join(f"{item['code']} {share(item['rows'], look.count)}" for item in found[:5])
        whose = f" (metrics: {', '.join(mixing[:5])}{', …' if mixing[5:] else ''})" if mixing else ""
        said = f"amounts are in {len(found)} currencies ({shown}), and would be summed as if they were one{whose}; "
        said += (
            f"keep one with `where: \"{_name(column)} = '{found[0]['code']}'\"` at the table or at every such metric, "
        )
        yield look.warn("mixed-currency", f"{said}or convert with a column `is:`.")


def _amounts(look: Look) -> dict[str, Aggregate]:
    """The metrics over the table that read a number of its rows."""
    numbers = {name for name, kind in look.feed.kinds.items() if kind == "number"}
    metrics = look.facts.model.metrics.items()
    over = {
        name: metric for name, metric in metrics if isinstance(metric, Aggregate) and metric.source == look.feed.name
    }
    return {
        name: metric for name, metric in over.items() if numbers & set(metric.names) and not isinstance(metric, Nps)
    }


def _keeps_one(where: Expression | None, column: str) -> bool:
    """Whether a condition holds for one currency only: `currency = 'EUR'` alone, or as one of several by `and`."""
    if where is None:
        return False
    tree = where.tree.unnest()
    parts = tree.flatten() if isinstance(tree, exp.And) else [tree]
    return any(_is_one(part.unnest(), column) for part in parts)


def _is_one(part: exp.Expr, column: str) -> bool:
    """Whether this is the column (as it is, or in capitals, say) equal to a value."""
    if not isinstance(part, exp.EQ) or not isinstance(part.left, exp.Literal) ^ isinstance(part.right, exp.Literal):
        return False
    return [name.name for name in part.find_all(exp.Column)] == [column]


def _name(column: str) -> str:
    """A column as a condition names it."""
    return column if re.fullmatch(NAME, column) else exp.to_identifier(column, quoted=True).sql()


def expectations(look: Look) -> Findings:
    """Check `expect:`. A row where the condition is unknown does not meet it."""
    rows, spec = look.feed.rows, look.feed.spec
    for name, expression in spec.expect.items():
        try:
            met = condition(expression, lambda column: column_of(rows, spec, column))
        except ModelError as problem:
            yield look.say("error", "kind", f"expect ‘{name}’: {problem.message}")
            continue
        failed = one(rows.aggregate(rows=(~ibis.coalesce(met, ibis.literal(False))).sum().fill_null(0)))["rows"]
        if failed:
            such = _such(look, rows.filter(~ibis.coalesce(met, ibis.literal(False))), expression.names)
            said = f"{rows_of(int(failed), look.count)} not as expected: {name} ({expression}){such}."
            yield look.warn("unexpected", said)


def _such(look: Look, failed: ir.Table, names: Sequence[str]) -> str:
    """One of the rows, by what the condition reads and whose it is: ‘, such as commitment ‘renew’ of Acme’."""
    owner = next((item.column for item in look.feed.spec.ids.get("account", ())), "")
    columns = [name for name in dict.fromkeys((*names, owner)) if name in failed.columns]
    if not columns:
        return ""
    text = failed.select(**{name: failed[name].cast("string") for name in columns}).order_by(columns).limit(1)
    row = fetch.rows(text)[0]
    said = [f"{name} ‘{row[name]}’" if row[name] is not None else f"no {name}" for name in names if name in row]
    whose = f" of {row[owner]}" if row.get(owner) is not None and owner not in names else ""
    return f", such as {' and '.join(said)}{whose}" if said else ""


def repeats(look: Look) -> Findings:
    """Check for rows that repeat another one in every column of the file; once, however many tables read the file."""
    relation = look.facts.intake(look.feed.name).relation
    if relation.costly or relation.origin in look.compared or not 0 < look.count <= LARGEST:
        return
    look.compared.add(relation.origin)
    rows = relation.scan(relation.columns)
    total = one(rows.aggregate(rows=rows.count()))["rows"]
    again = total - one(rows.distinct().count().name("rows").as_table())["rows"]
    if again:
        said = f"{rows_of(again, total)} like another row in every column: if that is one fact, it counts twice"
        yield Finding(relation.origin, None, "warning", "duplicate-rows", f"{said}.")


def same_day(look: Look) -> Findings:
    """Check for a second row of a customer's day, in tables that otherwise hold one row per customer and day.

    Such a table has no clock times, and no two rows of an account, day and text columns in 95 % of cases.
    """
    spec, rows = look.feed.spec, look.feed.rows
    if spec.key or spec.time is None or not spec.ids or not 0 < look.count <= LARGEST:
        return
    at = rows[spec.time]
    if one(rows.aggregate(clocks=(at != at.truncate("D")).sum().fill_null(0)))["clocks"]:
        return
    words = [
        name for name, kind in look.feed.kinds.items() if kind in ("text", "id", "yes_no") and name in rows.columns
    ]
    columns = list(dict.fromkeys([*spec.id_columns, spec.time, *words]))
    dated = rows.filter(at.notnull())
    groups = dated.group_by(columns).aggregate(**{"@rows": dated.count()})
    groups = groups.aggregate(all=groups.count(), twice=(groups["@rows"] > 1).sum().fill_null(0))
    found = one(groups)
    if found["twice"] and found["twice"] <= (1 - ALMOST_ALL) * found["all"]:
        said = f"{many(int(found['twice']), 'customer day')} of {found['all']:,} in more than one row"
        yield look.warn("same-day", f"{said} ({', '.join(columns)}); say `key:` if there is to be one row for each.")
