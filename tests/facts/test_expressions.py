"""One meaning of every expression: exact products, division in doubles, NULL instead of an engine's error."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from keepwell.errors import ModelError
from keepwell.facts.engine import Engine
from keepwell.facts.expressions import condition, settle, to_ibis
from keepwell.facts.kinds import implied_kinds
from keepwell.model.expressions import parse
from tests.facts.folder import at, table_of

ROW: dict[str, Any] = {
    "price": Decimal("1.500000"), "rate": Decimal("2.250000"), "count": 7, "none": 0, "share": 0.3, "word": "Ab ",
    "since": at("2026-01-01 10:00"), "yes": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def row() -> ir.Table:
    """One row with a column of every kind, and `gone`, which is NULL."""
    arrays = {name: pa.array([value]) for name, value in ROW.items()}
    arrays |= {name: arrays[name].cast(pa.decimal128(38, 6)) for name in ("price", "rate")}
    return table_of(Engine(), pa.table({**arrays, "gone": pa.array([None], pa.string())}))


def value_of(row: ir.Table, text: str) -> Any:
    found = row.select(value=to_ibis(parse(text), lambda name: row[name])).to_pyarrow()["value"][0].as_py()
    return round(found, 12) if isinstance(found, float) else found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("coalesce(count / 3000000, 0.5)", 7 / 3_000_000),
        ("if(yes, count / 3000000, 0.5)", 7 / 3_000_000),
        ("case when yes then count / 3000000 else 0.5 end", 7 / 3_000_000),
        ("count / 3000000 * 0.5", 7 / 6_000_000),
        ("count / 3000000 + 0.000001", 7 / 3_000_000 + 1e-6),
        ("greatest(count / 3000000, 0.000001)", 7 / 3_000_000),
        ("price / 3000000 - 0.0000001", 0.5e-6 - 1e-7),
    ],
)
def test_a_quotient_beside_a_decimal_stays_a_double(row: ir.Table, text: str, value: float) -> None:
    """Kept as a table, as metrics are: a column of six decimals would lose what these differ by."""
    found = row.select(value=to_ibis(parse(text), lambda name: row[name]))
    assert found["value"].type().is_floating()
    assert found.to_pyarrow()["value"][0].as_py() == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("text", "value"), [
    ("price * rate", Decimal("3.375")), ("price * rate * price * rate * price", Decimal("17.085938")),
    ("price + count", Decimal("8.5")), ("count * count - 1", 48), ("0.0000001 * price", Decimal(0)),
    ("1e3", 1000), ("-count", -7), ("count % 4", 3), ("price % 1", Decimal("0.5")), ("count % none", None),
    ("price / count", 0.214285714286), ("count / 2", 3.5), ("count / none", None), ("1 / share", 3.333333333333),
    ("share < 0.3", False), ("share = 0.3", True), ("share >= 0.30", True), ("price <> 1.5", False),
    ("count between 7 and 8", True), ("count in (1, 7)", True), ("count not in (1, 7)", False),
    ("yes and count > 7", False), ("not yes or count = 7", True), ("yes is true", True), ("yes is not false", True),
    ("gone is null", True), ("gone is not null", False), ("gone = 'x'", None), ("gone in ('x')", None),
    ("word like 'A%'", True), ("word not like '_b'", True), ("gone like 'A%'", None),
    ("since >= '2026-01-01'", True), ("since < date '2026-01-01'", False), ("date '2026-01-02' > since", True),
    ("case when count > 9 then 'big' when count > 5 then 'mid' end", "mid"),
    ("case word when 'x' then 1 else 2.5 end", Decimal("2.5")), ("case when false then 1 end", None),
    ("coalesce(gone, word)", "Ab "), ("coalesce(null, count)", 7), ("nullif(count, 7)", None),
    ("least(price, rate, count)", Decimal("1.5")), ("greatest(1, share)", 1.0), ("least(count, nullif(none, 0))", None),
    ("greatest(null, count)", None), ("least(word, gone)", None), ("greatest(coalesce(nullif(none, 0), 9), count)", 9),
    ("abs(none - count)", 7),
    ("round(rate)", Decimal(2)), ("round(rate, 1)", Decimal("2.3")), ("floor(rate)", 2), ("ceil(share)", 1),
    ("ln(1)", 0.0), ("ln(none)", None), ("ln(-1)", None), ("sqrt(rate)", 1.5), ("sqrt(none - 1)", None),
    ("power(2, 10)", 1024.0), ("power(none, -1)", None), ("power(none - 8, 0.5)", None),
    ("lower(word)", "ab "), ("upper(trim(word))", "AB"), ("length(trim(word))", 2),
])  # fmt: skip
def test_values(row: ir.Table, text: str, value: Any) -> None:
    found = value_of(row, text)
    assert found == value
    assert type(found) is type(value) or value is None


@pytest.mark.parametrize(("text", "sentence"), [
    ("word > 1", "in ‘word > 1’, ‘word’ is text and ‘1’ is a number; they cannot be put side by side."),
    ("yes + 1", "‘yes’ is yes/no, and a number is needed there."),
    ("count and yes", "‘count’ is a number, and yes/no is needed there."),
    ("least(word, 1)", "in ‘LEAST(word, 1)’, ‘word’ is text and ‘1’ is a number; they cannot be put side by side."),
    ("since like 'a'", "‘since’ is a time, and text is needed there."),
    ("word like gone", "in ‘word LIKE gone’, a pattern in 'single quotes' belongs after ‘like’."),
    ("count = null", "‘count = NULL’ is never true: nothing equals null; write ‘is null’."),
    ("count in (1, null)", "‘count IN (1, NULL)’ is never true: nothing equals null; write ‘is null’."),
    ("since > 'soon'", "in ‘since > 'soon'’, ‘since’ is a time and ‘'soon'’ is text; they cannot be put side by side."),
    ("round(price, count)", "in ‘ROUND(price, count)’, the number of decimals must be one of 0 to 9."),
])  # fmt: skip
def test_kinds_that_do_not_fit(row: ir.Table, text: str, sentence: str) -> None:
    with pytest.raises(ModelError) as caught:
        value_of(row, text)
    assert caught.value.message == sentence


def test_a_condition_is_yes_or_no(row: ir.Table) -> None:
    assert condition(parse("null"), lambda name: row[name]).type().is_boolean()
    with pytest.raises(ModelError, match="‘count’ is a number, and yes/no is needed there"):
        condition(parse("count"), lambda name: row[name])


@pytest.mark.parametrize(("text", "kind"), [
    ("count", "int64"), ("price * rate", "decimal(38, 6)"), ("price / rate", "decimal(38, 6)"), ("null", "string"),
    ("yes", "boolean"), ("since", "timestamp(6)"),
])  # fmt: skip
def test_derived_columns_have_the_types_of_facts(row: ir.Table, text: str, kind: str) -> None:
    value = settle(to_ibis(parse(text), lambda name: row[name]))
    assert str(value.type()) == kind
    assert str(row.select(value=value).to_pyarrow().schema.field("value").type) == {
        "int64": "int64", "decimal(38, 6)": "decimal128(38, 6)", "string": "string", "boolean": "bool",
        "timestamp(6)": "timestamp[us]",
    }[kind]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds"), [
    ("plan = '1'", {"plan": "text"}), ("seats > 5", {"seats": "number"}), ("a * b", {"a": "number", "b": "number"}),
    ("at >= date '2026-01-01'", {"at": "time"}), ("at >= '2026-01-01'", {}), ("open = true", {"open": "yes_no"}),
    ("kind in ('a', 'b') or 3 < n", {"kind": "text", "n": "number"}), ("x between 1 and 2", {"x": "number"}),
    ("name like 'a%'", {"name": "text"}), ("x is null", {}), ("-y < z", {"y": "number", "z": "number"}),
])  # fmt: skip
def test_what_an_expression_implies_of_its_columns(text: str, kinds: dict[str, str]) -> None:
    assert implied_kinds(parse(text)) == kinds


def test_nothing_is_put_into_sql_as_text(row: ir.Table) -> None:
    hostile = "'; DROP TABLE accounts; --"
    quoted = hostile.replace("'", "''")
    assert value_of(row, f"coalesce(gone, '{quoted}')") == hostile
    assert isinstance(to_ibis(parse("word"), lambda name: row[name]), ibis.Value)
