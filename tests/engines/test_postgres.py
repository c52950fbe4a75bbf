"""PostgreSQL as the engine: what it reads, what it leaves behind, and what it says of values that are no facts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import psycopg
import pyarrow as pa
import pytest
from psycopg import sql

from keepwell.errors import FactsError, WorkspaceError
from keepwell.facts.fingerprint import fingerprints
from keepwell.facts.postgres_dialect import Postgres
from keepwell.scoring.rounding import fine, nine, shown
from keepwell.scoring.tables import metric_table
from keepwell.workspace import Workspace, check_workspace, open_workspace
from keepwell.workspace.refresh import Asked, refresh
from tests.engines.postgres import database
from tests.scoring.folder import NO_TREE

DAY = date(2026, 6, 30)
TABLES = """
CREATE TYPE plan AS ENUM ('pro', 'basic');
CREATE TABLE accounts (account_id int, plan plan, started_on date, worth double precision);
INSERT INTO accounts VALUES (1, 'pro', '2024-01-01', 100.5), (2, 'basic', '2024-01-01', NULL);
CREATE SCHEMA shop;
CREATE TABLE shop.orders (account_id int, at timestamptz, amount double precision, note text, gift boolean);
INSERT INTO shop.orders VALUES
  (1, '2026-06-30 23:30+02', 0.1, 'a', true), (1, '2026-07-01 00:30+02', 0.2, 'b', false),
  (2, '2026-06-01 12:00+00', 5, '7', NULL);
"""
MODEL = """
model: small
entities: {account: {table: accounts, key: account_id, from: started_on, value: worth}}
tables:
  orders: {account: account_id, time: at}
  calls: {account: account_id, time: at}
metrics:
  plan: {attribute: plan}
  orders_28d: {count: orders, over: 28 days}
  spent: {sum: orders.amount, over: 28 days}
  gifts: {count: orders, where: gift}
  calls_28d: {count: calls, over: 28 days}
"""
WORKSPACE = """
workspace: small
zone: Europe/Berlin
as_of: 2026-06-30
compute: warehouse
sources: {data: data, warehouse: {url: "${ENGINES_URL}"}}
tables:
  accounts: {source: warehouse}
  orders: {source: warehouse, table: shop.orders}
"""
Run = Callable[[str], None]


@pytest.fixture
def run(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs statements in a database of this test, which holds the tables."""
    with database(postgres_url) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
        monkeypatch.setenv("ENGINES_URL", url)

        def execute(statement: str) -> None:
            connection.execute(sql.SQL(statement))

        yield execute


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calls.csv").write_text("account_id,at\n1,2026-06-30 10:00\n1,2026-06-29\n2,2026-01-01\n")
    (tmp_path / "keepwell.yaml").write_text(WORKSPACE)
    (tmp_path / "model.yaml").write_text(MODEL + NO_TREE)
    return tmp_path


def values(folder: Path) -> dict[tuple[str, str], object]:
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score()).to_pylist()
    return {(row["metric"], row["account_id"]): row["number"] if row["text"] is None else row["text"] for row in rows}


def test_tables_are_read_where_they_lie_and_those_of_other_sources_are_brought(folder: Path) -> None:
    """An order at half past midnight in Berlin is the next day's; an enumeration is text; calls come from a file."""
    found = values(folder)
    assert (found["plan", "1"], found["plan", "2"]) == ("pro", "basic")
    assert (found["orders_28d", "1"], found["spent", "1"], found["gifts", "1"]) == (1, 0.1, 1)
    assert (found["calls_28d", "1"], found["calls_28d", "2"]) == (2, 0)
    assert [item.code for item in check_workspace(folder) if item.severity == "error"] == []


def test_one_snapshot_and_nothing_left_behind(folder: Path, run: Run) -> None:
    with open_workspace(folder) as workspace:
        before = metric_table(workspace.score()).to_pylist()
        run("INSERT INTO shop.orders VALUES (1, '2026-06-30 12:00+02', 7, 'c', true)")
        assert metric_table(workspace.score()).to_pylist() == before
    assert values(folder)["spent", "1"] == pytest.approx(7.1, abs=1e-9)
    with open_workspace(folder) as workspace:
        assert _tables(workspace.facts.compute.backend) == {("public", "accounts"), ("shop", "orders")}


def test_the_snapshot_is_that_of_the_first_question(folder: Path, run: Run) -> None:
    """What a refresh counts of its tables, and what it scores, is of one moment."""
    (folder / "data" / "calls.csv").unlink()
    with open_workspace(folder) as workspace:
        before = fingerprints(workspace.facts)
        run("INSERT INTO shop.orders VALUES (1, '2026-06-30 12:00+02', 7, 'c', true)")
        assert fingerprints(workspace.facts) == before
        assert {row["number"] for row in _metric(workspace, "spent")} == {0.1, 0}


def _metric(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    return [row for row in metric_table(workspace.score()).to_pylist() if row["metric"] == name]


def test_words_are_ordered_by_their_characters_whatever_the_database_thinks(folder: Path, run: Run) -> None:
    """The server of the tests orders words as a dictionary does: alpha before Beta."""
    run("TRUNCATE shop.orders")
    run("INSERT INTO shop.orders SELECT 1, '2026-06-30 10:00+02', 1, w, true FROM unnest('{alpha,Beta}'::text[]) w")
    words = "  highest: {max: orders.note}\n  newest: {last: orders.note}\n  low: {count: orders, where: note > 'B'}\n"
    words += "  tier_of: {max: orders.kind}\n"
    (folder / "model.yaml").write_text(MODEL + words + NO_TREE)
    run("ALTER TABLE shop.orders ADD kind plan DEFAULT 'pro'")
    found = values(folder)
    assert (found["highest", "1"], found["newest", "1"], found["low", "1"]) == ("alpha", "alpha", 2)
    assert found["tier_of", "1"] == "pro"


def test_columns_of_a_file_may_have_any_name(folder: Path) -> None:
    calls = "account_id,at,ARR (EUR) in %\n1,2026-06-30 10:00,7.5\n"
    (folder / "data" / "calls.csv").write_text(calls)
    odd = """  odd: {count: calls, where: '"ARR (EUR) in %" > 7'}\n"""
    (folder / "model.yaml").write_text(MODEL + odd + NO_TREE)
    assert values(folder)["odd", "1"] == 1


def _tables(backend: Any) -> set[tuple[str, str]]:
    query = """SELECT table_schema, table_name FROM information_schema.tables
               WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"""
    return set(backend.con.execute(query).fetchall())


def test_a_query_of_the_engine(folder: Path) -> None:
    (folder / "recent.sql").write_text("SELECT account_id, at, amount * 2 AS amount, gift FROM shop.orders")
    text = WORKSPACE.replace("table: shop.orders", "query: recent.sql")
    (folder / "keepwell.yaml").write_text(text)
    (folder / "keepwell.yaml").write_text(text)
    assert values(folder)["spent", "1"] == 0.2


@pytest.mark.parametrize("bad", ["'NaN'", "'Infinity'", "1e30"])
def test_numbers_that_are_no_facts(folder: Path, run: Run, bad: str) -> None:
    run(f"UPDATE shop.orders SET amount = {bad} WHERE note = 'a'")
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match=r"column ‘amount’, row .*is") as refused:
        workspace.score()
    assert refused.value.findings[0].code == "unreadable"
    text = WORKSPACE.replace("table: shop.orders", "table: shop.orders, unreadable: missing")
    (folder / "keepwell.yaml").write_text(text)
    assert values(folder)["spent", "1"] == 0


def test_a_decimal_that_is_no_number(folder: Path, run: Run) -> None:
    run("ALTER TABLE shop.orders ALTER amount TYPE numeric(12, 2)")
    assert values(folder)["spent", "1"] == 0.1
    run("UPDATE shop.orders SET amount = 'NaN' WHERE note = 'a'")
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match="‘NaN’ is not a number"):
        workspace.score()


def test_text_that_the_model_reads_as_a_number(folder: Path) -> None:
    (folder / "model.yaml").write_text(MODEL.replace("orders.amount", "orders.note") + NO_TREE)
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match=r"‘note’ is text, and .*cast it"):
        workspace.score()


@pytest.mark.parametrize(
    ("compute", "said"),
    [
        ("warehous", "there is no source ‘warehous’. Did you mean ‘warehouse’?"),
        ("data", "the source ‘data’ is no database; without `compute`, this machine computes"),
    ],
)
def test_a_source_that_cannot_compute(folder: Path, compute: str, said: str) -> None:
    (folder / "keepwell.yaml").write_text(WORKSPACE.replace("compute: warehouse", f"compute: {compute}"))
    with pytest.raises(WorkspaceError, match=said.replace("?", "[?]")):
        values(folder)


def test_a_user_who_may_make_no_temporary_tables(
    folder: Path, run: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles belong to the whole server, so this one is dropped again."""
    url = os.environ["ENGINES_URL"]
    run("CREATE ROLE onlooker LOGIN; GRANT USAGE ON SCHEMA shop TO onlooker")
    run("GRANT SELECT ON accounts, shop.orders TO onlooker")
    run(f"REVOKE TEMPORARY ON DATABASE {url.rpartition('/')[2]} FROM PUBLIC")
    monkeypatch.setenv("ENGINES_URL", url.replace("postgres@", "onlooker@"))
    try:
        with open_workspace(folder) as workspace, pytest.raises(FactsError, match="the database refused: permission"):
            workspace.score()
    finally:
        run("DROP OWNED BY onlooker; DROP ROLE onlooker")


def test_a_server_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINES_URL", "postgresql://reader:hush@127.0.0.1:1/shop")
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match="cannot be reached") as refused:
        workspace.score()
    assert "hush" not in str(refused.value)


def test_refresh_keeps_what_the_engine_computed_and_sees_what_changed(folder: Path, run: Run) -> None:
    (folder / "keepwell.yaml").write_text(WORKSPACE.replace("as_of: 2026-06-30\n", ""))
    first = refresh(folder, Asked(first=date(2026, 6, 28), last=date(2026, 6, 29)))
    run("INSERT INTO shop.orders VALUES (1, '2026-06-28 12:00+02', 7, 'late', true)")
    second = refresh(folder, Asked(last=DAY))
    assert [day.as_of for day in first.scored] == [date(2026, 6, 28), date(2026, 6, 29)]
    assert [change.table for change in second.changed] == ["orders"]


def test_doubles_are_rounded_as_duckdb_rounds_them(postgres_url: str) -> None:
    """Ties, halves of the ninth decimal, numbers of every size."""
    ties = [whole / 2**power for whole in range(1, 60) for power in range(1, 40)]
    edges = [0.49999999999999994e-9, 0.5e-9, 64.705, 123456789012.345678, 2.0**52 + 1, -0.0, 99.9999999995, 1 / 3]
    numbers = [sign * number for number in (*ties, *edges) for sign in (1, -1)]
    rows = pa.table({"row": range(len(numbers)), "number": numbers})
    with database(postgres_url) as url, psycopg.connect(url) as connection:
        backends = (ibis.duckdb.connect(), Postgres.from_connection(connection))
        here, there = (_rounded(backend.create_table("t", rows)).to_pyarrow().to_pylist() for backend in backends)
    assert here == there


def _rounded(table: ibis.Table) -> ibis.Table:
    inside = table.number.clip(0, 100)
    exact = table.number.clip(-1e9, 1e9).cast("decimal(24,6)")  # beyond, DuckDB multiplies doubles inexactly
    rounded = {"nine": nine(table.number), "fine": fine(inside), "one": shown(inside, 0), "two": shown(inside, 2)}
    return table.select("row", exact=exact, **rounded).order_by("row")
