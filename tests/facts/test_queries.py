"""A table that is one SELECT in a file: what it gives, over each kind of source, and what it may not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from keepwell.errors import FactsError
from keepwell.facts import Facts
from keepwell.facts.config import TableFile
from keepwell.facts.moment import Moment
from keepwell.workspace import check_workspace
from tests.facts.folder import at, column, facts_of, rows, said

ORDERS = "account_id,at,amount,currency\nA,2026-06-01,12.50,EUR\nA,2026-06-02,7,USD\nB,2026-06-03,3,GBP\n"
RATES = "currency,rate\nEUR,1.1\nUSD,1\n"
IN_USD = """-- what was paid, in dollars
with priced as (
    select o.account_id, o.at, o.amount::decimal(18, 6) * r.rate::decimal(18, 6) as amount
    from Orders as o
    left join rates as r on r.currency = o.currency
)
select account_id, at, amount, row_number() over (partition by account_id order by at) as nth
from priced
"""


def over(folder: Path, sql: str, model: str | None = None, **options: Any) -> Facts:
    """Facts whose `orders` are this query over a folder of files."""
    (folder / "queries").mkdir(exist_ok=True)
    (folder / "queries" / "orders.sql").write_text(sql, encoding="utf-8")
    files = {"orders.csv": ORDERS, "rates.csv": RATES}
    more = {"model": model} if model else {}
    return facts_of(folder, files, **more, tables={"orders": {"query": "queries/orders.sql", **options}})


def refusal(facts: Facts) -> str:
    """The sentence with which reading the query ends; `check` says the same."""
    with pytest.raises(FactsError) as caught, facts.reads():
        facts.feed("orders").rows.to_pyarrow()
    assert caught.value.findings
    assert "\n" not in caught.value.message
    assert any(caught.value.findings[0].message in line for line in said(facts))
    return caught.value.message


def test_files_of_a_folder_are_its_tables(tmp_path: Path) -> None:
    facts = over(tmp_path, IN_USD)
    assert column(facts, "orders", "amount") == [Decimal("13.75"), Decimal(7), None]  # there is no rate of GBP
    assert column(facts, "orders", "at") == [at("2026-06-01"), at("2026-06-02"), at("2026-06-03")]
    assert said(facts) == []


def test_time_and_knowledge_apply_to_its_columns(tmp_path: Path) -> None:
    model = """
model: shop
entities: {account: {table: accounts, key: account_id}}
tables: {orders: {account: account_id, time: at, known: told}}
metrics: {revenue: {sum: orders.amount}}
"""
    facts = over(tmp_path, "select *, cast(at as date) + interval 2 day as told from orders", model)
    seen = [len(rows(facts.seen("orders", Moment(date(2026, 6, 2), date(2026, 6, day))))) for day in (2, 3, 4)]
    assert seen == [0, 1, 2]


def test_text_files_give_text_and_parquet_gives_its_types(tmp_path: Path) -> None:
    typed = pa.table({"account_id": ["A"], "at": [date(2026, 6, 1)], "amount": [2.5]})
    (tmp_path / "data").mkdir()
    pq.write_table(typed, tmp_path / "data" / "bills.parquet")
    facts = over(tmp_path, "select account_id, at, amount * 2 as amount from bills")
    assert column(facts, "orders", "amount") == [Decimal(5)]
    wrong = refusal(over(tmp_path, "select account_id, at, amount * 2 as amount from orders"))
    assert wrong.startswith("queries/orders.sql: error: the query cannot be run: ")


def test_a_value_that_a_cast_cannot_read(tmp_path: Path) -> None:
    wrong = refusal(over(tmp_path, "select account_id, at, currency::int as amount from orders"))
    assert wrong.startswith("queries/orders.sql: cannot be read: Could not convert string 'EUR' to INT32")


def test_a_file_is_read_as_the_workspace_says(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "2026.txt").write_text("account_id;at;amount\nA;2026-06-01;4\n")
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "orders.sql").write_text("select account_id, at, amount::int + 1 as amount from bills")
    tables = {"orders": {"query": "queries/orders.sql"}, "bills": {"path": "raw/2026.txt", "delimiter": ";"}}
    facts = facts_of(tmp_path, {}, tables=tables)
    assert column(facts, "orders", "amount") == [Decimal(5)]
    assert facts.queried == {"bills"}


def test_a_table_that_only_a_query_reads_is_no_stranger(tmp_path: Path) -> None:
    over(tmp_path, "select account_id, at, amount from bills")
    (tmp_path / "data" / "old.csv").write_text(ORDERS)
    (tmp_path / "keepwell.yaml").write_text(
        "workspace: shop\ntables: {orders: {query: queries/orders.sql}, bills: {path: old.csv}, bils: {}}\n"
    )
    (tmp_path / "model.yaml").write_text(
        """
model: shop
entities: {account: {table: accounts, key: account_id}}
tables: {orders: {account: account_id, time: at}}
metrics: {revenue: {sum: orders.amount}}
scores:
  health: {parts: {revenue: {weight: 1, metric: revenue, curve: [[0, 0], [9, 100]]}}, tiers: [{at: else, is: ok}]}
"""
    )
    strangers = [found.message for found in check_workspace(tmp_path, date(2026, 6, 5)) if found.code == "unknown-name"]
    assert [message.split(":")[0] for message in strangers] == ["tables.bils"]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("select account_id,\n at, amnt\nfrom orders", ":2: error: there is no column ‘amnt’. Did you mean ‘amount’?"),
        ("select o.amnt from orders o", ":1: error: there is no column ‘amnt’. Did you mean ‘amount’?"),
        ("select *\nfrom ordrs", ":2: error: the source has no table ‘ordrs’. Did you mean ‘orders’?"),
        ("select *\nfrom shop.orders", ":2: error: the source has no table ‘shop.orders’. Did you mean ‘orders’?"),
        ("select account_id,\nat amount from\norders whre x", ":3: error: this cannot be read as SQL near ‘x’."),
        ("select 'open", ": error: this cannot be read as SQL; is a quote or comment open?"),
        ("", ": no SELECT stands in this file."),
        ("-- nothing\n;", ": no SELECT stands in this file."),
        ("select at, at from orders", ":1: error: two columns of the result are called ‘at’."),
        (
            "select * from orders where " + "(" * 3000 + "1 = 1" + ")" * 3000,
            ": error: this query is nested too deeply.",
        ),
        ("select " + ", ".join(["1"] * 30_000), ": this query is too long; split it into several tables."),
        # a WITH is known only where SQL knows it
        ("select * from (with t as (select 1 as x) select x from t) q, t", ":1: error: the source has no table ‘t’."),
        (
            "with a as (select * from b), b as (select 1 as x) select * from a",
            ":1: error: the source has no table ‘b’.",
        ),
        ("with orders as (select * from ordrs) select * from orders", "no table ‘ordrs’. Did you mean ‘orders’?"),
    ],
)
def test_mistakes(tmp_path: Path, sql: str, sentence: str) -> None:
    assert sentence in refusal(over(tmp_path, sql))


READS = "a query is one SELECT, and only reads"
STEADY = "a query must mean the same on every day"
NO_TABLE = "is no table: a query reads the tables of its source by name, and neither files nor functions"
NOT_LISTED = "is not in the list of what a query may hold"
BY_CHANCE = "which rows it keeps may differ from run to run"

FORBIDDEN = [
    ("select 1;\ndrop table orders", ":2: error: a second statement begins here"),
    ("drop table orders", f":1: error: DROP is not allowed: {READS}"),
    ("create table x as select * from orders", f"CREATE is not allowed: {READS}"),
    ("insert into orders values (1)", f"INSERT is not allowed: {READS}"),
    ("update orders set amount = 0", f"UPDATE is not allowed: {READS}"),
    ("delete from orders", f"DELETE is not allowed: {READS}"),
    ("truncate table orders", READS),
    ("alter table orders add column x int", READS),
    ("merge into orders using rates on true when matched then delete", READS),
    ("with gone as (delete from orders returning *) select * from gone", "DELETE is not allowed"),
    ("copy orders to 'x.csv'", READS),
    ("copy (select * from orders) to 'x.csv'", READS),
    ("attach 'x.duckdb'", READS),
    ("install httpfs", READS),
    ("load httpfs", READS),
    ("pragma database_list", READS),
    ("set memory_limit = '1GB'", READS),
    ("call pragma_version()", READS),
    ("export database 'x'", "this cannot be read as SQL near ‘'x'’"),
    ("describe orders", READS),
    ("show tables", READS),
    ("explain select 1", READS),
    ("vacuum", READS),
    ("begin", READS),
    ("select * into x from orders", "SELECT … INTO is not allowed"),
    ("select * from orders for update", "FOR UPDATE and the like are not allowed"),
    ("select *\nfrom read_csv('x.csv')", f":2: error: ‘READ_CSV('x.csv')’ {NO_TABLE}"),
    ("select * from read_csv_auto('x.csv')", NO_TABLE),
    ("select * from read_parquet('x')", NO_TABLE),
    ("select * from read_json('x')", NO_TABLE),
    ("select * from read_text('/etc/passwd')", NO_TABLE),
    ("select * from read_blob('x')", NO_TABLE),
    ("select * from glob('*')", NO_TABLE),
    ("select * from duckdb_settings()", NO_TABLE),
    ("select * from query('drop table x')", NO_TABLE),
    ("select * from query_table('orders')", NO_TABLE),
    ("select * from range(10)", NO_TABLE),
    ("select * from generate_series(1, 1000000000)", NO_TABLE),
    ("select * from unnest([1, 2])", NO_TABLE),
    ("select * from orders, lateral (select 1) x", "LATERAL"),
    ("select id, sum(amount) over w from orders window w as (partition by id)", "a WINDOW clause"),
    ("select * from postgres_query('x', 'y')", NO_TABLE),
    ("select * from sqlite_scan('x', 'y')", NO_TABLE),
    ("select (select content from read_text('/etc/passwd')) from orders", NO_TABLE),
    ("select * from orders where exists (select * from read_csv('x'))", NO_TABLE),
    ("select * from orders, (values (read_text('x'))) as v(a)", NOT_LISTED),
    ("select * from orders qualify row_number() over (order by random()) = 1", STEADY),
    ("with x as materialized (select * from orders) select * from x", "is not allowed in this form"),
    ("select * from 'x.csv'", "the source has no table ‘x.csv’."),
    ("select * from '/etc/passwd'", "A query names tables and no files"),
    ('select * from "https://example.org/x.parquet"', "A query names tables and no files"),
    ("select * from information_schema.tables", "the source has no table ‘information_schema.tables’."),
    ("select * from duckdb_tables", "the source has no table ‘duckdb_tables’."),
    ("select * from view_0", "the source has no table ‘view_0’."),
    ("select * from memory.main.view_0", "is not allowed in this form"),
    ("select read_text('/etc/passwd') from orders", NOT_LISTED),
    ("select getenv('HOME') from orders", NOT_LISTED),
    ("select getvariable('x') from orders", NOT_LISTED),
    ("select current_setting('memory_limit') from orders", NOT_LISTED),
    ("select nextval('s') from orders", NOT_LISTED),
    ("select version() from orders", NOT_LISTED),
    ("select repeat('x', 1000000000) from orders", NOT_LISTED),
    ("select list(at) from orders", NOT_LISTED),
    ("select any_value(at) from orders", NOT_LISTED),
    ("select amount.lower() from orders", NOT_LISTED),
    ("select columns('a.*') from orders", NOT_LISTED),
    ("select $1 from orders", NOT_LISTED),
    ("select ? from orders", NOT_LISTED),
    ("select [x for x in [1, 2]] from orders", NOT_LISTED),
    ("select cast(at as json) from orders", "is no type to cast to"),
    ("select cast(at as integer[]) from orders", "is no type to cast to"),
    ("select at,\n now() from orders", f":2: error: ‘NOW()’ is not allowed: {STEADY}"),
    ("select current_date from orders", STEADY),
    ("select current_timestamp from orders", STEADY),
    ("select today() from orders", STEADY),
    ("select get_current_timestamp() from orders", STEADY),
    ("select random() from orders", STEADY),
    ("select uuid() from orders", STEADY),
    ("select gen_random_uuid() from orders", ""),
    ("select localtimestamp from orders", ""),
    ("select * from orders where at < 'today'", "is read as a day that moves"),
    ("select date 'yesterday' from orders", "is read as a day that moves"),
    ("with recursive t as (select 1 as x union all select x from t) select * from t", "it may never end"),
    ("select * from orders limit 1", f"LIMIT is not allowed in a query: {BY_CHANCE}"),
    ("select * from orders offset 1", f"OFFSET is not allowed in a query: {BY_CHANCE}"),
    ("select * from orders using sample 1", BY_CHANCE),
    ("select * from orders tablesample 10%", BY_CHANCE),
    ("select distinct on (account_id) * from orders", f"DISTINCT ON is not allowed in a query: {BY_CHANCE}"),
    ("pivot orders on currency using sum(amount)", READS),
    ("select * from orders natural join rates", "is not allowed in this form"),
    ("select * from orders positional join rates", "is not allowed in this form"),
    ("select * from orders asof join rates on at >= at", "is not allowed in this form"),
]


@pytest.mark.parametrize(("sql", "sentence"), FORBIDDEN, ids=[sql.replace("\n", " ") for sql, _ in FORBIDDEN])
def test_forbidden(tmp_path: Path, sql: str, sentence: str) -> None:
    message = refusal(over(tmp_path, sql))
    assert message.startswith("queries/orders.sql:")
    assert sentence in message
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "accounts.csv", "orders.csv", "orders.sql", "rates.csv",
    ]  # fmt: skip


def test_what_runs_is_said_from_the_tree(tmp_path: Path) -> None:
    """A comment, or a name that tries to end its quotes, is never handed to the engine as it stands."""
    odd = 'select account_id, at, amount /* */ as amount, currency as "x"" from read_csv(\'y\'); --" from orders -- end'
    facts = over(tmp_path, odd)
    assert column(facts, "orders", "amount") == [Decimal("12.5"), Decimal(7), Decimal(3)]
    relation = facts.relation("orders")
    assert relation is not None
    assert relation.columns[-1] == "x\" from read_csv('y'); --"


@pytest.mark.parametrize("file", ["/etc/x.sql", "../x.sql", "queries/../../x.sql", "${HOME}/x.sql", "~/x.sql", "x.csv"])
def test_a_query_file_lies_in_the_workspace(file: str) -> None:
    with pytest.raises(ValidationError, match="is no query file; write a path inside of the workspace"):
        TableFile.model_validate({"query": file})


def test_a_link_that_leads_out_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "secret.sql").write_text("select 1")
    home = tmp_path / "home"
    facts = facts_of(home, {}, tables={"orders": {"query": "orders.sql"}})
    (home / "orders.sql").symlink_to(tmp_path / "secret.sql")
    assert "this file does not lie inside of the workspace" in refusal(facts)


@pytest.mark.parametrize("other", [{"path": "x.csv"}, {"table": "x"}, {"sheet": "x"}, {"delimiter": ";"}])
def test_a_query_and_a_file_are_not_said_together(other: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="belongs to a file or table, and this table is a query"):
        TableFile.model_validate({"query": "x.sql", **other})


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    facts = over(tmp_path, IN_USD)
    (tmp_path / "queries" / "orders.sql").rename(tmp_path / "queries" / "order.sql")
    assert refusal(facts).endswith(
        "keepwell.yaml names this query, and there is no such file. Did you mean ‘order.sql’?"
    )
    (tmp_path / "queries" / "orders.sql").write_bytes("select 'é'".encode("latin-1"))
    assert "the file is not UTF-8" in refusal(facts)
    (tmp_path / "queries" / "orders.sql").write_text("select 1 --" + "x" * 200_000)
    assert "the file has more than 100,000 bytes" in refusal(facts)


MODEL = """
model: shop
entities: {account: {table: accounts, key: account_id}}
tables: {orders: {account: account_id, time: at}}
metrics: {revenue: {sum: orders.amount}}
"""
TABLES = """
CREATE SCHEMA sales;
CREATE TABLE rates (currency text, rate decimal(18, 6));
INSERT INTO rates VALUES ('EUR', 1.1), ('USD', 1);
CREATE TABLE sales.orders (account_id integer, "at" timestamp with time zone, amount decimal(18, 6), currency text);
INSERT INTO sales.orders VALUES (1, '2026-06-01 12:00:00+00', 12.5, 'EUR'), (1, '2026-06-02 12:00:00+00', 7, 'USD'),
    (2, '2026-06-03 12:00:00+00', 3, 'GBP');
"""
JOINED = """select o.account_id, o.at, o.amount * r.rate as amount
from sales.orders as o
join rates r on r.currency = o.currency and lower(o.currency) not in ('x')
order by o.at
"""


def database(folder: Path, sql: str, source: Any, **tables: Any) -> Facts:
    """Facts whose `orders` are this query over a database."""
    folder.joinpath("orders.sql").write_text(sql, encoding="utf-8")
    entries = {"orders": {"source": "shop", "query": "orders.sql"}, **tables}
    return facts_of(folder, {}, MODEL, sources={"data": "data", "shop": source}, tables=entries)


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute(TABLES)
    return "warehouse.duckdb"


def test_over_a_duckdb_file(tmp_path: Path, warehouse: str) -> None:
    facts = database(tmp_path, JOINED, warehouse)
    assert column(facts, "orders", "amount") == [Decimal("13.75"), Decimal(7)]
    assert column(facts, "orders", "at") == [at("2026-06-01 12:00"), at("2026-06-02 12:00")]
    assert refusal(database(tmp_path, "select *\nfrom orders", warehouse)) == (
        "orders.sql:2: error: the source has no table ‘orders’. Did you mean ‘sales.orders’?"
    )
    assert "the source has no table ‘accounts’" in refusal(database(tmp_path, "select * from accounts", warehouse))


@pytest.fixture
def server(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TABLES)
    monkeypatch.setenv("QUERIES_URL", postgres_url)
    yield {"url": "${QUERIES_URL}"}
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA sales CASCADE; DROP TABLE rates")


def test_over_postgresql(tmp_path: Path, server: dict[str, str]) -> None:
    facts = database(tmp_path, JOINED, server)
    assert column(facts, "orders", "amount") == [Decimal("13.75"), Decimal(7)]
    assert column(facts, "orders", "at") == [at("2026-06-01 12:00"), at("2026-06-02 12:00")]
    assert facts.feed("orders").kinds["amount"] == "number"
    named = database(
        tmp_path, JOINED.replace("sales.orders", "Sold"), server, sold={"source": "shop", "table": "sales.orders"}
    )
    assert column(named, "orders", "amount") == [Decimal("13.75"), Decimal(7)]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "select account_id,\no.amnt from sales.orders o",
            ":2: error: there is no column ‘amnt’. Did you mean ‘amount’?",
        ),
        (
            "select *\nfrom sales.ordrs",
            ":2: error: the source has no table ‘sales.ordrs’. Did you mean ‘sales.orders’?",
        ),
        ("select * from pg_catalog.pg_authid", "the source has no table ‘pg_catalog.pg_authid’."),
        ("select * from pg_shadow", "the source has no table ‘pg_shadow’."),
        (
            "select sum(currency) from sales.orders",
            ": error: the query cannot be run: function sum(text) does not exist.",
        ),
        (
            "select a.at, b.* from sales.orders a cross join sales.orders b",
            "two columns of the result are called ‘at’.",
        ),
        ("select pg_read_file('/etc/passwd')", NOT_LISTED),
        ("select * from pg_read_file('/etc/passwd') x", NO_TABLE),
        ("select * from pg_ls_dir('.')", NO_TABLE),
        ("select lo_import('/etc/passwd')", NOT_LISTED),
        ("select pg_sleep(1000)", NOT_LISTED),
        ("select pg_terminate_backend(1)", NOT_LISTED),
        ("select set_config('transaction_read_only', 'off', false)", NOT_LISTED),
        ("select dblink('x', 'y')", NOT_LISTED),
        ("select query_to_xml('drop table rates', true, true, '')", NOT_LISTED),
        ("select pg_catalog.pg_read_file('/etc/passwd')", NOT_LISTED),
        ("select nextval('x')", NOT_LISTED),
        ("select current_user", NOT_LISTED),
        ("select session_user", NOT_LISTED),
        ("select user from rates", "there is no column ‘user’"),
        ("select current_catalog from rates", ""),
        ("select 'pg_authid'::regclass", "is no type to cast to"),
        ("select clock_timestamp()", STEADY),
        ("select statement_timestamp()", STEADY),
        ("select localtime", STEADY),
        ("select age(at) from sales.orders", NOT_LISTED),
        ("select 'now'::timestamp", "is read as a day that moves"),
        ("select * from sales.orders where at < ' Today '", "is read as a day that moves"),
        ("do $$ begin end $$", READS),
        ("copy rates to program 'id'", READS),
        ("select * from rates; commit; drop table rates", "a second statement begins here"),
        ("with x as (insert into rates values ('A', 1) returning *) select * from x", "INSERT is not allowed"),
        ("set transaction read write", READS),
        ("listen x", READS),
        ("table rates", ""),
        ("select * from rates for share", "FOR UPDATE and the like are not allowed"),
        ("select * from only rates fetch first row only", BY_CHANCE),
    ],
)
def test_what_postgresql_refuses_and_may_not_be_asked(
    tmp_path: Path, server: dict[str, str], sql: str, sentence: str
) -> None:
    message = refusal(database(tmp_path, sql, server))
    assert message.startswith("orders.sql")
    assert sentence in message


def test_a_word_that_is_no_day_can_be_written(tmp_path: Path, server: dict[str, str]) -> None:
    sql = "select account_id, at, amount from sales.orders where currency <> cast('today' as text)"
    assert len(column(database(tmp_path, sql, server), "orders", "amount")) == 3
