"""Many days in one pass are what each day is on its own, late facts included: over generated models."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.facts import fetch
from keepwell.facts.moment import ON, Days, Moment, When
from keepwell.scoring.keep import Keep
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.score import score
from keepwell.workspace import Workspace, open_workspace
from tests.scoring.cases import FEWER, Case, cases
from tests.scoring.folder import written
from tests.scoring.generated import DAY
from tests.scoring.identified import identified
from tests.scoring.workspaces import write

pytestmark = pytest.mark.timeout(3_600)
AGOS = st.lists(st.sampled_from((0, 1, 2, 6, 7, 27, 28, 29, 55, 89, 90, 200)), min_size=2, max_size=3, unique=True)

Row = tuple[tuple[str, Any], ...]
Rows = dict[str, set[Row]]


def found(workspace: Workspace, when: When, fitted_on: date, keep: Keep | None = None) -> Rows:
    """The metrics, scores, measures and flags of a day or of many, each row by the account's own id and its day."""
    metrics = metrics_of(workspace.loaded, workspace.facts, when, fitted_on, keep)
    scores = score(workspace.loaded, metrics, workspace.keep, None, fitted_on)
    tables = {"metrics": metrics.rows, "scores": scores.table, "measures": scores.measures(), "flags": scores.flags}
    return {name: _rows(table, metrics.accounts, when) for name, table in tables.items()}


def _rows(table: ir.Table, accounts: ir.Table, when: When) -> set[Row]:
    if isinstance(when, Moment):
        return _canonical(table, {ON: when.day})
    people = accounts.select("id", "account", ON)
    own = table.drop(*(name for name in (ON, "account") if name in table.columns))
    return _canonical(own.inner_join(people, "id").drop("id").rename(id="account"), {})


def _canonical(table: ir.Table, more: dict[str, Any]) -> set[Row]:
    rows = fetch.rows(table)
    shown = {
        tuple(sorted((k, round(v, 9) if isinstance(v, float) else v) for k, v in (row | more).items())) for row in rows
    }
    assert len(shown) == len(rows)
    return shown


def in_stretches(workspace: Workspace, whole: Days, first: int) -> Rows:
    """The same of many days: the first so many, then the rest, with rows that are read once for all of them."""
    rows: Rows = {}
    with workspace.keep.apart(shares=True) as keep:
        for on in filter(None, (whole.on[:first], whole.on[first:])):
            for name, some in found(workspace, replace(whole, on=on, among=whole.on), DAY, keep).items():
                rows.setdefault(name, set()).update(some)
    return rows


def agree(case: Case, agos: list[int], by_now: bool, first: int = 0) -> None:
    days = tuple(sorted(DAY - timedelta(days=ago) for ago in agos))
    with TemporaryDirectory() as folder:
        write(case, Path(folder), "parquet")
        alike(Path(folder), days, case.known_by if by_now else None, first)


def alike(folder: Path, days: tuple[date, ...], known_by: date | None = None, first: int = 0) -> None:
    with open_workspace(folder) as workspace:
        many = in_stretches(workspace, Days(days, known_by), first)
        each = [found(workspace, Moment(day, known_by or day), DAY) for day in days]
    for name, rows in many.items():
        assert rows == set[Row]().union(*(one[name] for one in each)), name


@FEWER
@given(cases(), AGOS, st.booleans(), st.integers(0, 2))
def test_many_days_are_each_day_on_its_own(case: Case, agos: list[int], by_now: bool, first: int) -> None:
    agree(case, agos, by_now, first)


@settings(FEWER, max_examples=max(1, FEWER.max_examples // 2))
@given(identified(), AGOS)
def test_many_days_are_each_day_where_accounts_have_many_ids(case: Case, agos: list[int]) -> None:
    agree(case, agos, by_now=False)


def test_columns_of_the_data_may_be_called_like_steps_of_the_way(tmp_path: Path) -> None:
    """Days are added up under names of their own: a column `key` of the data is not taken for the account's."""
    model = """
model: acme
entities: {account: {table: accounts, key: id, from: started}}
tables: {calls: {account: id, time: at}}
metrics:
  kinds: {count_distinct: calls.key, over: 28 days}
  calls_of_x: {count: calls, where: "key = 'x' and index > 1 and start < 9", over: 2 days}
  newest: {last: calls.value}
scores: {health: {parts: {calls: {metric: calls_of_x, curve: [[0, 0], [3, 100]]}}}}
"""
    calls = "id,at,key,index,start,value\na,2026-05-30,x,2,1,p\na,2026-06-01,y,2,1,q\nb,2026-06-02,x,2,1,r"
    folder = written(tmp_path, model, {"accounts": "id,started\na,2020-01-01\nb,2020-01-01", "calls": calls})
    days = tuple(date(2026, 5, 29) + timedelta(days=index) for index in range(6))
    alike(folder, days)
    alike(folder, days, first=4)
