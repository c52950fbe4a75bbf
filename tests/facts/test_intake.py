"""What values become: exact numbers, times of the workspace's zone, ids, yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.errors import FactsError
from keepwell.facts import as_id
from keepwell.facts.engine import Engine
from tests.facts.folder import at, column, facts_of, table_of

MODEL = """
model: kinds
entities: {account: {table: accounts, key: account_id}}
tables: {facts: {account: account_id, time: at}}
metrics: {value: {last: facts.value}}
"""


def texts(values: list[str]) -> str:
    return "account_id,at,value\n" + "".join(f'A,2026-06-01,"{value}"\n' for value in values)


@pytest.mark.parametrize(("values", "kind", "read"), [
    (["1", "-2", ""], "number", [1, -2, None]),
    (["1.5", ".25", "1e2", "2"], "number", [Decimal("1.5"), Decimal("0.25"), Decimal(100), Decimal(2)]),
    (["0.1234567"], "number", [Decimal("0.123457")]),
    (["true", "False", ""], "yes_no", [True, False, None]),
    (["2026-01-01", "2026-01-01 10:00"], "time", [at("2026-01-01"), at("2026-01-01 10:00")]),
    (["007", "8"], "text", ["007", "8"]),
    (["yes", "no"], "text", ["yes", "no"]),
    (["A1", "x"], "text", ["A1", "x"]),
    (["", ""], "text", [None, None]),
    ([" a ", "b"], "text", [" a ", "b"]),
    (["12345678901234567890"], "text", ["12345678901234567890"]),
])  # fmt: skip
def test_kinds_are_inferred_from_all_values(tmp_path: Path, values: list[str], kind: str, read: list[Any]) -> None:
    facts = facts_of(tmp_path, {"facts.csv": texts(values)}, MODEL)
    assert facts.feed("facts").kinds["value"] == kind
    assert column(facts, "facts", "value") == read


def test_one_value_far_down_decides(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"facts.csv": texts(["1"] * 5_000 + ["2.5"])}, MODEL)
    assert column(facts, "facts", "value")[-1] == Decimal("2.5")


@pytest.mark.parametrize(("kind", "values", "read"), [
    ("text", ["1", "02"], ["1", "02"]),
    ("yes_no", ["yes", "No", "1", "f"], [True, False, True, False]),
    ("number", ["007", "8"], [7, 8]),
])  # fmt: skip
def test_a_declared_kind_is_obeyed(tmp_path: Path, kind: str, values: list[str], read: list[Any]) -> None:
    model = MODEL.replace("time: at", f"time: at, columns: {{value: {{kind: {kind}}}}}")
    assert column(facts_of(tmp_path, {"facts.csv": texts(values)}, model), "facts", "value") == read


def test_literals_in_conditions_say_how_a_column_reads(tmp_path: Path) -> None:
    model = MODEL.replace("time: at", "time: at, where: \"value = '2' or value in ('3')\"")
    facts = facts_of(tmp_path, {"facts.csv": texts(["1", "2", "3"])}, model)
    assert column(facts, "facts", "value") == ["2", "3"]


ZONES: Mapping[str, Any] = {
    "date": pa.array([date(2026, 7, 1)]),
    "naive": pa.array([at("2026-07-01 12:00")]),
    "seconds": pa.array([at("2026-07-01 12:00")], pa.timestamp("s")),
    "nanos": pa.array([at("2026-07-01 12:00")], pa.timestamp("ns")),
    "aware": pa.array([datetime(2026, 7, 1, 12, tzinfo=UTC)], pa.timestamp("us", "America/New_York")),
    "text": pa.array(["2026-07-01 12:00"]),
    "text_offset": pa.array(["2026-07-01T12:00:00-04:00"]),
    "text_date": pa.array(["2026-07-01"]),
}


@pytest.mark.parametrize(("zone", "table_zone", "name", "read"), [
    ("UTC", None, "naive", "2026-07-01 12:00"), ("UTC", None, "aware", "2026-07-01 12:00"),
    ("Europe/Berlin", None, "naive", "2026-07-01 12:00"), ("Europe/Berlin", "UTC", "naive", "2026-07-01 14:00"),
    ("Europe/Berlin", None, "aware", "2026-07-01 14:00"), ("UTC", "Europe/Berlin", "seconds", "2026-07-01 10:00"),
    ("UTC", "Europe/Berlin", "nanos", "2026-07-01 10:00"), ("Europe/Berlin", "UTC", "date", "2026-07-01"),
    ("Europe/Berlin", "UTC", "text", "2026-07-01 14:00"), ("Europe/Berlin", "UTC", "text_offset", "2026-07-01 18:00"),
    ("UTC", "Asia/Tokyo", "text_offset", "2026-07-01 16:00"), ("Europe/Berlin", "UTC", "text_date", "2026-07-01"),
])  # fmt: skip
def test_times_are_turned_into_the_workspaces_zone(
    tmp_path: Path, zone: str, table_zone: str | None, name: str, read: str
) -> None:
    tables = {"facts": {"zone": table_zone}} if table_zone else {}
    facts = facts_of(tmp_path, {}, MODEL, zone=zone, tables=tables)
    table = pa.table({"account_id": ["A"], "at": ZONES[name], "value": [1]})
    pq.write_table(table, tmp_path / "data" / "facts.parquet")
    assert column(facts, "facts", "at") == [at(read)]


def test_declared_forms_of_dates_know_zones_too(tmp_path: Path) -> None:
    content = "account_id,at,value\nA,01.07.2026 12:00,1\nA,02.07.2026,1\nA,03/07/2026 12:00 +0400,1\n"
    tables = {"facts": {"zone": "UTC", "dates": ["%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M %z"]}}
    facts = facts_of(tmp_path, {"facts.csv": content}, MODEL, zone="Europe/Berlin", tables=tables)
    assert column(facts, "facts", "at") == [at("2026-07-01 14:00"), at("2026-07-02"), at("2026-07-03 10:00")]


@pytest.mark.parametrize(("values", "read", "kind"), [
    (pa.array([1, 2], pa.int16()), [1, 2], "int64"),
    (pa.array([1, 2], pa.uint64()), [Decimal(1), Decimal(2)], "decimal(38, 6)"),
    (pa.array([0.1, 1e15], pa.float64()), [Decimal("0.1"), Decimal(10**15)], "decimal(38, 6)"),
    (pa.array([0.5, None], pa.float32()), [Decimal("0.5"), None], "decimal(38, 6)"),
    (pa.array([Decimal("1.23456789"), None]), [Decimal("1.234568"), None], "decimal(38, 6)"),
    (pa.array([True, None]), [True, None], "boolean"),
    (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"], "string"),
])  # fmt: skip
def test_typed_columns(tmp_path: Path, values: pa.Array, read: list[Any], kind: str) -> None:
    facts = facts_of(tmp_path, {}, MODEL)
    table = pa.table({"account_id": ["A", "B"], "at": [at("2026-06-01")] * 2, "value": values})
    pq.write_table(table, tmp_path / "data" / "facts.parquet")
    assert column(facts, "facts", "value") == read
    assert str(facts.feed("facts").rows.value.type()) == kind


def test_sums_are_exact(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {}, MODEL)
    table = pa.table({"account_id": ["A"] * 30, "at": [at("2026-06-01")] * 30, "value": [0.1] * 30})
    pq.write_table(table, tmp_path / "data" / "facts.parquet")
    assert facts.feed("facts").rows.value.sum().to_pyarrow().as_py() == Decimal(3)


@pytest.mark.parametrize(("values", "read"), [
    (pa.array([13085, None]), ["13085", None]),
    (pa.array([13085.0, None, float("nan"), 1.5]), ["13085", None, None, "1.5"]),
    (pa.array(["13085", "", " x "]), ["13085", None, " x "]),
    (pa.array([" ", " \t", None]), [None, None, None]),
    (pa.array([Decimal("13085.00"), Decimal("1.50")]), ["13085", "1.5"]),
    (pa.array([Decimal(1300), Decimal(7)]), ["1300", "7"]),
])  # fmt: skip
def test_ids_become_text(values: pa.Array, read: list[Any]) -> None:
    rows = table_of(Engine(), pa.table({"id": values}))
    assert rows.select(id=as_id(rows["id"])).to_pyarrow()["id"].to_pylist() == read


def test_uuids_are_ids() -> None:
    engine = Engine()
    rows = table_of(engine, pa.table({"id": [str(UUID(int=7))]}))
    rows = engine.keep(rows.select(id=rows["id"].cast("uuid")))
    assert rows.select(id=as_id(rows["id"])).to_pyarrow()["id"].to_pylist() == [str(UUID(int=7))]


def test_ids_of_text_files_keep_their_zeros(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"facts.csv": "account_id,at,value\n007,2026-06-01,1\n"}, MODEL)
    assert column(facts, "facts", "account_id") == ["007"]


def test_between_needs_numbers_and_happened_needs_times(tmp_path: Path) -> None:
    model = MODEL.replace("time: at", "time: at, columns: {value: happened}")
    with pytest.raises(FactsError, match="column ‘value’, row 2: ‘x’ is not a time"):
        facts_of(tmp_path, {"facts.csv": texts(["x"])}, model).feed("facts")
