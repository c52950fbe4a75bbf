"""Databases as sources: a DuckDB file that several processes read, and PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from keepwell.errors import FactsError, WorkspaceError
from keepwell.facts import Facts
from keepwell.facts.moment import Moment
from tests.facts.folder import at, codes, column, facts_of, said

MODEL = """
model: shop
entities: {account: {table: accounts, key: account_id, from: started_on}}
tables: {orders: {account: account_id, time: at, where: "paid"}}
metrics: {revenue: {sum: orders.amount}}
"""
TABLES = """
CREATE SCHEMA shop;
CREATE TABLE accounts (account_id integer, started_on date);
INSERT INTO accounts VALUES (1, '2026-01-01'), (2, '2026-02-01');
CREATE TABLE shop."Orders 2026" (account_id integer, "at" timestamp with time zone, amount double precision,
                                 paid boolean, note text);
INSERT INTO shop."Orders 2026" VALUES
    (1, '2026-06-01 12:00:00+00', 0.1, true, 'a "quoted", note'), (1, '2026-06-02 12:00:00+00', 2.5, true, ''),
    (2, '2026-06-03 23:30:00+00', NULL, true, NULL), (2, '2026-06-04 12:00:00+00', 9, false, NULL);
"""
WANTED = {
    "sources": {"data": "data", "shop": "warehouse.duckdb"},
    "tables": {"accounts": {"source": "shop"}, "orders": {"source": "shop", "table": "shop.Orders 2026"}},
    "zone": "Europe/Berlin",
}
TIMES = [at("2026-06-01 14:00"), at("2026-06-02 14:00"), at("2026-06-04 01:30")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A DuckDB file with the tables."""
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute(TABLES)
    return tmp_path / "warehouse.duckdb"


def expect(facts: Facts) -> None:
    assert column(facts, "orders", "account_id") in ([1, 1, 2], ["1", "1", "2"])
    assert column(facts, "orders", "at") == TIMES
    assert column(facts, "orders", "amount") == [Decimal("0.1"), Decimal("2.5"), None]
    found = facts.entity("account", Moment(date(2026, 1, 31), date(2026, 1, 31))).to_pyarrow().to_pylist()
    assert [row["@id"] for row in found] == ["1"]
    assert facts.check(date(2026, 6, 4)) == []


def test_a_duckdb_file(tmp_path: Path, file: Path) -> None:
    expect(facts_of(tmp_path, {}, MODEL, **WANTED))
    assert file.exists()


def test_two_processes_read_one_duckdb_file(tmp_path: Path, file: Path) -> None:
    facts = facts_of(tmp_path, {}, MODEL, **WANTED)
    assert facts.has("orders")
    code = f"import duckdb; print(len(duckdb.connect({str(file)!r}, read_only=True).sql('FROM accounts').fetchall()))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "2"


def test_a_duckdb_file_that_another_process_writes(tmp_path: Path, file: Path) -> None:
    code = f"import duckdb; c = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        facts = facts_of(tmp_path, {}, MODEL, **WANTED)
        with pytest.raises(
            FactsError, match=r"warehouse\.duckdb: another program has this DuckDB file open for writing"
        ):
            facts.has("orders")
        writer.communicate("\n")


def test_a_file_that_is_no_duckdb_and_a_table_that_is_not_there(tmp_path: Path, file: Path) -> None:
    missing = facts_of(
        tmp_path, {}, MODEL, **{**WANTED, "tables": {"orders": {"source": "shop", "table": "shop.Orders"}}}
    )
    assert said(missing)[0] == (
        "warehouse.duckdb: error: keepwell.yaml names the table ‘shop.Orders’, and there is none of that name. "
        "Did you mean ‘shop.Orders 2026’?"
    )
    file.write_text("a,b\n" * 5_000)
    with pytest.raises(FactsError, match="this is not a DuckDB file"):
        facts_of(tmp_path, {}, MODEL, **WANTED).has("orders")


@pytest.fixture
def shop(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database with the tables."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TABLES)
    yield postgres_url
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA shop CASCADE; DROP TABLE accounts")


def test_postgresql(tmp_path: Path, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", shop)
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": {"data": "data", "shop": {"url": "${SHOP_URL}"}}})
    expect(facts)
    assert "note" not in facts.feed("orders").rows.columns, "only what the model reads is fetched"
    scratch = facts.engine.scratch
    facts.close()
    assert not scratch.exists()


def test_postgresql_values_that_are_no_facts(tmp_path: Path, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", shop)
    with psycopg.connect(shop, autocommit=True) as connection:
        connection.execute("""INSERT INTO shop."Orders 2026" VALUES (2, '2026-06-05', 'NaN', true)""")
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": {"data": "data", "shop": {"url": "${SHOP_URL}"}}})
    with pytest.raises(
        FactsError, match=r"shop: shop.Orders 2026: error: column ‘amount’, row 5: ‘NaN’ is not a number"
    ):
        facts.feed("orders")


def test_a_database_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "postgresql://eva:s3cret@127.0.0.1:9/shop")
    sources = {"data": "data", "shop": {"url": "${SHOP_URL}"}}
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": sources})
    with pytest.raises(FactsError) as caught:
        facts.feed("orders")
    assert caught.value.message.startswith("shop (127.0.0.1): the database cannot be reached: ")
    assert "s3cret" not in caught.value.message
    assert "eva" not in caught.value.message
    assert "\n" not in caught.value.message
    assert set(codes(facts)) == {"cannot-read"}


@pytest.mark.parametrize("secret", ["s3[cret", "s3]cret", "s3%zzcret", "s3/cret", "12/s3cret", "s3#cret", "s3%5Bcret"])
def test_signs_in_a_password_are_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("SHOP_URL", f"postgresql://eva:{secret}@127.0.0.1:9/shop")
    sources = {"data": "data", "shop": {"url": "${SHOP_URL}"}}
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": sources})
    with pytest.raises(FactsError, match=r"^shop \(.*\): (the database cannot be reached|its url cannot)") as caught:
        facts.feed("orders")
    for part in ("s3", "cret", "eva", "\n"):
        assert part not in caught.value.message
    assert set(codes(facts)) == {"cannot-read"}


def test_a_variable_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_URL", raising=False)
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": {"data": "data", "shop": {"url": "${SHOP_URL}"}}})
    with pytest.raises(WorkspaceError, match="reads the environment variable SHOP_URL, and it is not set"):
        facts.has("orders")


def test_another_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "mysql://host/shop")
    facts = facts_of(tmp_path, {}, MODEL, **{**WANTED, "sources": {"data": "data", "shop": {"url": "${SHOP_URL}"}}})
    with pytest.raises(FactsError, match="its url does not begin with postgresql://"):
        facts.has("orders")
