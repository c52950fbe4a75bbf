"""A time that metrics read says since when it could be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.folder import facts_of, of

MODEL = """
model: checked
entities:
  account: {table: accounts, key: account_id, from: started_on, until: ended_on}
tables:
  deals: {account: account_id, time: at, COLUMNS}
metrics: {m: METRIC}
"""
DEALS = "account_id,at,loaded,closed,ends,words\nA,2026-06-01,2026-06-02,2026-06-20,2026-12-31,x\n"
HAPPENED = "m reads the time ‘closed’, and nothing says since when it was known; so that no past day sees its future, "
HAPPENED += "add `columns: {closed: happened}` to deals (or planned, or {known: column})."
PLANNED = "m reads the time ‘ends’, and nothing says since when it was known; "
PLANNED += "if it is a plan, add `columns: {ends: planned}` to deals."


def warned(tmp_path: Path, metric: str, columns: str = "fresh: 90 days") -> list[str]:
    model = MODEL.replace("METRIC", metric).replace("COLUMNS", columns)
    return [finding.message for finding in of(facts_of(tmp_path, {"deals.csv": DEALS}, model), "undeclared-time")]


@pytest.mark.parametrize(
    "metric",
    [
        '{count: deals, where: "closed is null"}',
        '{share: deals, that: "closed is null"}',
        '{share: deals, that: "closed is null", where: "closed is not null"}',
        "{last: deals.closed}",
        "{open: deals, until: closed}",
    ],
)
def test_a_time_that_nothing_is_said_of(tmp_path: Path, metric: str) -> None:
    assert warned(tmp_path, metric) == [HAPPENED]


@pytest.mark.parametrize("how", ["happened", "planned", "{known: loaded}", "{happened: true, known: loaded}"])
def test_a_declared_time(tmp_path: Path, how: str) -> None:
    assert warned(tmp_path, '{count: deals, where: "closed is null"}', f"columns: {{closed: {how}}}") == []


def test_a_kind_alone_says_nothing_of_when(tmp_path: Path) -> None:
    assert warned(tmp_path, "{count_distinct: deals.closed}", "columns: {closed: {kind: time}}") == [HAPPENED]


def test_days_ahead_are_a_plan(tmp_path: Path) -> None:
    assert warned(tmp_path, "{days_until: deals.ends}") == [PLANNED]
    assert warned(tmp_path, "{days_until: deals.ends}", "columns: {ends: planned}") == []


@pytest.mark.parametrize(
    "metric",
    ["{days_since: deals.closed}", "{days_since: deals}", "{last: deals.words}", "{count_distinct: deals.day}"],
)
def test_what_sees_no_future(tmp_path: Path, metric: str) -> None:
    assert warned(tmp_path, metric) == []


def test_the_time_of_the_facts_and_when_they_were_known(tmp_path: Path) -> None:
    assert warned(tmp_path, '{count: deals, where: "at < loaded"}', "known: loaded") == []


def test_the_filter_of_the_table_is_read_too(tmp_path: Path) -> None:
    assert warned(tmp_path, "{count: deals}", 'where: "closed is not null"') == [HAPPENED]


def test_a_formula_hides_no_time(tmp_path: Path) -> None:
    made = 'columns: {done: {is: "closed is not null"}}'
    assert warned(tmp_path, "{count: deals, where: done}", made) == [HAPPENED]
    assert warned(tmp_path, "{count: deals, where: done}", made.replace("}}", "}, closed: happened}")) == []


def test_several_metrics_make_one_warning(tmp_path: Path) -> None:
    metrics = '{count: deals, where: "closed is null"}, n: {last: deals.closed}'
    (said,) = warned(tmp_path, metrics)
    assert said.startswith("m, n read the time ‘closed’, and")
