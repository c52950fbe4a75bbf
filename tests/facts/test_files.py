"""Files of every format give the same facts, found by the table's name or by the path that the workspace names."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from keepwell.errors import FactsError
from keepwell.facts.moment import Moment
from tests.facts.folder import at, column, facts_of

COLUMNS: dict[str, list[Any]] = {
    "account_id": ["A", "B", "A"],
    "at": [at("2026-06-01 09:30"), at("2026-06-02"), at("2026-06-03 23:59:59")],
    "amount": [1.1, 2.0, None],
}


def as_csv(path: Path) -> None:
    table = pa.table(COLUMNS)
    times = pa.array([str(value) for value in COLUMNS["at"]])
    pyarrow.csv.write_csv(table.set_column(1, "at", times), path)


def packed(path: Path) -> None:
    as_csv(path.with_suffix(""))
    path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
    path.with_suffix("").unlink()


def as_parquet(path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), path)


def as_lines(path: Path) -> None:
    records = (dict(zip(COLUMNS, values, strict=True)) for values in zip(*COLUMNS.values(), strict=True))
    text = "".join(json.dumps(record, default=str) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def as_workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    for values in zip(*COLUMNS.values(), strict=True):
        sheet.append(values)
    book.save(path)


@pytest.mark.parametrize(("name", "write"), [
    ("orders.csv", as_csv), ("orders.csv.gz", packed), ("orders.parquet", as_parquet), ("orders.jsonl", as_lines),
    ("orders.jsonl.gz", as_lines), ("orders.xlsx", as_workbook), ("orders/part-0.parquet", as_parquet),
    ("orders/2026/06.csv", as_csv),
])  # fmt: skip
def test_every_format_gives_the_same_facts(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    facts = facts_of(tmp_path, {})
    path = tmp_path / "data" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    assert column(facts, "orders", "account_id") == ["A", "B", "A"]
    assert column(facts, "orders", "at") == COLUMNS["at"]
    assert column(facts, "orders", "amount") == [Decimal("1.1"), Decimal(2), None]
    assert facts.feed("orders").kinds == {"account_id": "id", "at": "time", "amount": "number"}
    assert facts.check(date(2026, 6, 4)) == []


def test_whole_numbers_stay_whole(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": "account_id,at,amount\nA,2026-06-01,3\nA,2026-06-01,+4\n"})
    assert str(facts.feed("orders").rows.amount.type()) == "int64"
    assert column(facts, "orders", "amount") == [3, 4]


def test_json_lines_whose_schema_grows_and_whose_types_vary(tmp_path: Path) -> None:
    lines = [
        '{"account_id": 7, "at": "2026-06-01T08:00:00Z"}',
        '{"account_id": "7", "at": "2026-06-02", "amount": "1.5"}',
    ]
    lines += ["", '{"account_id": "B", "at": "2026-06-02T10:00:00+02:00", "amount": 2, "extra": {"deep": [1]}}']
    facts = facts_of(tmp_path, {"orders.jsonl": "\n".join(lines)})
    assert column(facts, "orders", "account_id") == ["7", "7", "B"]
    assert column(facts, "orders", "at") == [at("2026-06-01 08:00"), at("2026-06-02"), at("2026-06-02 08:00")]
    assert column(facts, "orders", "amount") == [None, Decimal("1.5"), Decimal(2)]


def test_json_that_is_no_lines_of_objects(tmp_path: Path) -> None:
    for content, sentence in (('[{"account_id": 1}]', "one object per line"), ('{"account_id": 1}\n{"acc', "line 2")):
        with pytest.raises(FactsError, match=sentence):
            facts_of(tmp_path, {"orders.jsonl": content}).feed("orders")


def test_parquet_files_whose_schema_grew(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    folder = tmp_path / "data" / "orders"
    folder.mkdir()
    time = [at("2026-06-01")]
    pq.write_table(pa.table({"account_id": [1], "at": time}), folder / "a.parquet")
    pq.write_table(pa.table({"at": time, "amount": [2.5], "account_id": [2]}), folder / "b.parquet")
    (folder / "_SUCCESS").touch()
    assert column(facts, "orders", "account_id") == [1, 2]
    assert column(facts, "orders", "amount") == [None, Decimal("2.5")]


def test_folder_names_become_columns_that_lose_no_zeros(tmp_path: Path) -> None:
    model = """
    model: parts
    entities: {account: {table: accounts, key: account_id}}
    tables: {orders: {account: account_id, time: day, where: "region = '07' and year = 2026"}}
    metrics: {n: {count: orders}}
    """
    facts = facts_of(tmp_path, {}, model)
    for region, year, day in (("07", 2026, "2026-06-01"), ("08", 2026, "2026-06-02"), ("07", 2025, "2025-06-01")):
        folder = tmp_path / "data" / "orders" / f"region={region}" / f"year={year}" / f"day={day}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"account_id": [1, 2]}), folder / "part.parquet")
    assert column(facts, "orders", "day") == [at("2026-06-01")] * 2


def test_several_csv_files_are_one_table_and_rows_are_found_in_their_own(tmp_path: Path) -> None:
    files = {"orders/a.csv": "account_id,at,amount\nA,2026-06-01,1\nA,2026-06-02,2\n"}
    files |= {"orders/b.csv": "at,amount,account_id,more\n2026-06-03,3,B,x\n2026-06-04,oops,B,y\n"}
    with pytest.raises(
        FactsError, match=r"data/orders/: error: column ‘amount’, row 3 of b.csv: ‘oops’ is not a number"
    ):
        facts_of(tmp_path, files).feed("orders")
    facts = facts_of(tmp_path, files, tables={"orders": {"unreadable": "missing"}})
    assert column(facts, "orders", "amount") == [1, 2, 3, None]
    assert column(facts, "orders", "account_id") == ["A", "A", "B", "B"]


def test_paths_and_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "account_id,at,amount\nA,2026-06-01,1\n"
    files = {"2026/orders june [new].csv": content, "2026/orders july [new].csv": content, "2026/other.csv": "x"}
    for path in ("2026/orders june [[]new].csv", "2026/orders june [new].csv"):
        assert column(facts_of(tmp_path, files, tables={"orders": {"path": path}}), "orders", "amount") == [1]
    both = facts_of(tmp_path, files, tables={"orders": {"path": "2026/orders *.csv"}})
    assert column(both, "orders", "amount") == [1, 1]
    monkeypatch.setenv("SALES", str(tmp_path / "data" / "2026"))
    sources = {"data": "data", "sales": "${SALES}"}
    far = facts_of(tmp_path, files, sources=sources, tables={"orders": {"source": "sales", "path": "orders july*"}})
    assert column(far, "orders", "amount") == [1]


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {}, sources={"data": "dta"})
    with pytest.raises(FactsError, match=r"source ‘data’: keepwell.yaml names dta, and there is no such folder"):
        facts.has("orders")


def test_workbooks_with_several_sheets(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    book = Workbook()
    for name in ("June", "July"):
        sheet = book.create_sheet(name)
        sheet.append([None, None])
        sheet.append(["account_id", "at", "amount", None])
        sheet.append([13085, datetime(2026, 6, 1), 2.5, "a remark beside the table"])  # noqa: DTZ001
        sheet.append([13086, date(2026, 6, 2), "3", None])
        sheet.append([None, None, None])
    del book["Sheet"]
    book.save(tmp_path / "data" / "orders.xlsx")
    with pytest.raises(FactsError, match=r"has 2 sheets \(‘June’, ‘July’\); say `sheet:` for this table"):
        facts.feed("orders")
    with pytest.raises(FactsError, match="no sheet ‘Juli’"):
        facts_of(tmp_path, {}, tables={"orders": {"sheet": "Juli"}}).feed("orders")
    told = facts_of(tmp_path, {}, tables={"orders": {"sheet": "June", "dates": "%d.%m.%Y"}})
    assert column(told, "orders", "account_id") == ["13085", "13086"]
    assert column(told, "orders", "at") == [at("2026-06-01"), at("2026-06-02")]
    assert column(told, "orders", "amount") == [Decimal("2.5"), Decimal(3)]


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"data/orders.xlsx: this is not an Excel workbook"):
        facts_of(tmp_path, {"orders.xlsx": b"account_id,at\n"}).feed("orders")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
@pytest.mark.may_skip("root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": "account_id,at,amount\n"})
    (tmp_path / "data" / "orders.csv").chmod(0)
    with pytest.raises(FactsError, match="Permission denied"):
        facts.feed("orders")


def test_parquet_is_scanned_lazily_with_its_filter_pushed_down(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    as_parquet(tmp_path / "data" / "orders.parquet")
    seen = facts.seen("orders", Moment(date(2026, 6, 1), date(2026, 6, 1)))
    explained = facts.engine.backend.con.execute("EXPLAIN " + str(seen.count().compile())).fetchall()[0][1]
    assert "PARQUET" in explained.upper()
    assert "Filters" in explained
    assert "amount" not in explained
