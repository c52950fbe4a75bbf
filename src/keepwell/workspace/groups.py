"""Groups of accounts: by tier, metric, the quarter in which their revenue began, and whoever is above them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.facts.entities import ID, PARENT
from keepwell.facts.moment import ON, Days, Moment
from keepwell.model.graph import narrowed
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.rows import score_rows
from keepwell.scoring.terms import beside
from keepwell.workspace.history import history
from keepwell.workspace.workspace import Workspace

TIER, COHORT = "tier", "cohort"
"""Groups that need no metric."""


def grouped(workspace: Workspace, by: str, tables: Sequence[ir.Table], days: Sequence[date]) -> list[ir.Table]:
    """The tables with a column `group`: what each account was on the day `at`, judged by what was known then.

    tables: with account, at and first (the day of its first revenue). days: every one that `at` can be. NULL: it was
    not scored on that day, or its metric is missing. Raises UsageError where there is no such group.
    """
    if by == COHORT:
        return [table.mutate(group=_quarter(table["first"])) for table in tables]
    found = pa.concat_tables(_tiers(workspace, days) if by == TIER else _values(workspace, by, days))
    groups = ibis.memtable(found.rename_columns(["at", "account", "group"]))
    return [beside(table, groups, ["at", "account"]) for table in tables]


def _quarter(day: ir.DateValue) -> ir.StringValue:
    return day.year().cast("string") + ibis.literal(" Q") + day.quarter().cast("string")


def _tiers(workspace: Workspace, days: Sequence[date]) -> Iterator[pa.Table]:
    for part in history(workspace, days):
        yield fetch.arrow(score_rows(part.scores).select("as_of", "account_id", "tier"))


def _values(workspace: Workspace, name: str, days: Sequence[date]) -> Iterator[pa.Table]:
    loaded = workspace.loaded
    metric = loaded.model.metrics.get(name)
    if metric is None or metric.for_ != "account":
        known = [TIER, COHORT, *(other for other, item in loaded.model.metrics.items() if item.for_ == "account")]
        raise UsageError(f"--by {name}: there is no such metric of accounts.{did_you_mean(name, known)}")
    alone = replace(loaded, model=narrowed(loaded.model, [name]))
    with workspace.keep.apart() as keep:
        found = metrics_of(alone, workspace.facts, Days(tuple(days)), days[0], keep)
        if found.kinds[name] not in ("text", "yes_no", "none"):
            made = f"{{expr: \"case when {name} < 10 then 'few' else 'many' end\"}}"
            raise UsageError(f"--by {name}: its values are no words; name a metric that makes some, such as {made}.")
        own = found.rows.filter(found.rows.metric == name).select("id", "text")
        yield fetch.arrow(beside(found.accounts, own, ["id"]).select(ON, "account", "text"))


def roots(workspace: Workspace, known_by: date) -> dict[str, str]:
    """The topmost parent of each account that has one, by what is known at the end of this day.

    Accounts in a circle stand for themselves.
    """
    if workspace.loaded.model.entities["account"].parent is None:
        return {}
    with workspace.facts.reads():
        everybody = workspace.facts.everybody("account", Moment(known_by, known_by))
        told = fetch.rows(everybody.filter(everybody[PARENT].notnull()).select(account=ID, parent=PARENT))
    above = {row["account"]: row["parent"] for row in told}
    return {account: top for account in above if (top := _top(account, above)) != account}


def _top(account: str, above: dict[str, str]) -> str:
    passed = {account}
    top = account
    while (parent := above.get(top)) is not None:
        if parent in passed:
            return account
        passed.add(parent)
        top = parent
    return top
