"""Input as it really arrives: each defect becomes one sentence that says what and where, or is read right."""

from __future__ import annotations

import codecs
import gzip
import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.errors import FactsError
from keepwell.facts import Facts
from keepwell.facts.moment import Moment
from tests.facts.folder import DAY, at, codes, column, facts_of, of, rows, said

HEADER = "account_id,at,amount\n"
ONE = HEADER + "A,2026-06-01,12.50\n"


def refusal(facts: Facts, table: str = "orders") -> str:
    """The sentence with which reading this table ends."""
    with pytest.raises(FactsError) as caught, facts.reads():
        facts.feed(table).rows.to_pyarrow()
    assert caught.value.findings
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("content", ["", "\n\n", "  \r\n"])
def test_an_empty_file(tmp_path: Path, content: str) -> None:
    assert refusal(facts_of(tmp_path, {"orders.csv": content})) == (
        "data/orders.csv: the file is empty; not even a header stands in it."
    )


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, end: str) -> None:
    facts = facts_of(tmp_path, {"orders.csv": HEADER.strip() + end})
    assert column(facts, "orders", "amount") == []
    assert said(facts) == ["data/orders.csv: note: there is a header and no row."]


def test_a_wrong_delimiter_is_named(tmp_path: Path) -> None:
    semicolons = ONE.replace(",", ";")
    message = refusal(facts_of(tmp_path, {"orders.csv": semicolons}))
    assert message == (
        "data/orders.csv: the columns of its header seem to be split by ‘;’; "
        'say `delimiter: ";"` for this table in keepwell.yaml.'
    )
    told = facts_of(tmp_path, {"orders.csv": semicolons}, tables={"orders": {"delimiter": ";"}})
    assert column(told, "orders", "amount") == [Decimal("12.5")]


def test_tabs_in_a_tsv_file(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.tsv": ONE.replace(",", "\t")})
    assert column(facts, "orders", "amount") == [Decimal("12.5")]


NAMES = """
model: names
entities: {account: {table: accounts, key: account_id, name: title}}
tables: {orders: {account: account_id, time: at}}
metrics: {n: {count: orders}}
"""


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("account_id,title\nA,Café Größe\n".encode("windows-1252"), {"encoding": "windows-1252"}),
        (codecs.BOM_UTF16_LE + "account_id,title\nA,Café Größe\n".encode("utf-16-le"), {}),
        (codecs.BOM_UTF16_BE + "account_id,title\r\nA,Café Größe\r\n".encode("utf-16-be"), {}),
        (codecs.BOM_UTF8 + "account_id,title\nA,Café Größe\n".encode(), {}),
        ("account_id,title\nA,Café Größe\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, options: Mapping[str, Any]) -> None:
    facts = facts_of(tmp_path, {"accounts.csv": content}, NAMES, tables={"accounts": options})
    assert rows(facts.entity("account", Moment(DAY, DAY)))[0]["title"] == "Café Größe"
    assert rows(facts.entity("account", Moment(DAY, DAY)))[0]["@id"] == "A"


def test_another_encoding_that_nobody_declared(tmp_path: Path) -> None:
    content = "account_id,title\nA,plain\nB,Café\n".encode("windows-1252")
    message = refusal(facts_of(tmp_path, {"accounts.csv": content}, NAMES), "accounts")
    assert message == (
        "data/accounts.csv: line 3 is not UTF-8; say which encoding the file has: "
        "`encoding: windows-1252` for this table in keepwell.yaml."
    )


def test_utf_16_without_a_mark_is_asked_for(tmp_path: Path) -> None:
    content = "account_id,title\nA,plain\n".encode("utf-16-le")
    assert "`encoding: utf-16-le`" in refusal(facts_of(tmp_path, {"accounts.csv": content}, NAMES), "accounts")


def test_transcoded_files_leave_nothing_behind(tmp_path: Path) -> None:
    content = "account_id,title\nA,Größe\n".encode("windows-1252")
    facts = facts_of(tmp_path, {"accounts.csv": content}, NAMES, tables={"accounts": {"encoding": "windows-1252"}})
    rows(facts.entity("account", Moment(DAY, DAY)))
    scratch = facts.engine.scratch
    assert scratch.is_dir()
    facts.close()
    assert not scratch.exists()


def test_mixed_types_in_a_column(tmp_path: Path) -> None:
    content = HEADER + "A,2026-06-01,12.50\nA,2026-06-02,n/a\nA,2026-06-03,7\nA,2026-06-04,n/a\n"
    facts = facts_of(tmp_path, {"orders.csv": content})
    assert refusal(facts) == (
        "data/orders.csv: error: column ‘amount’, row 3: ‘n/a’ is not a number (2 of 4 values are not). "
        'Say `null_words: ["n/a"]` for this table in keepwell.yaml if it means «no value»; '
        "`unreadable: missing` reads such values as missing."
    )
    told = facts_of(tmp_path, {"orders.csv": content}, tables={"orders": {"null_words": ["N/A"]}})
    assert column(told, "orders", "amount") == [Decimal("12.5"), None, Decimal(7), None]
    assert "unreadable" not in codes(told)


def test_unreadable_values_as_missing_are_counted(tmp_path: Path) -> None:
    content = HEADER + "A,2026-06-01,12.50\nA,2026-06-02,twelve\nA,2026-02-30,7\n"
    facts = facts_of(tmp_path, {"orders.csv": content}, tables={"orders": {"unreadable": "missing"}})
    assert column(facts, "orders", "amount") == [Decimal("12.5"), None, Decimal(7)]
    assert [finding.message for finding in of(facts, "unreadable")] == [
        "column ‘at’, row 4: ‘2026-02-30’ is no day or time that exists. They read as missing.",
        "column ‘amount’, row 3: ‘twelve’ is not a number. They read as missing.",
    ]


def test_a_column_of_numbers_and_words_that_nobody_reads_as_either_is_asked_about(tmp_path: Path) -> None:
    model = NAMES.replace("metrics: {n: {count: orders}}", "metrics: {seats: {last: orders.seats}}")
    content = "account_id,at,seats\nA,2026-06-28,5\nA,2026-06-29,many\nA,2026-06-30,7\n"
    facts = facts_of(tmp_path, {"orders.csv": content}, model)
    message = refusal(facts)
    assert message == (
        "data/orders.csv: error: column ‘seats’, row 3: ‘many’ is not a number, and 2 other values are; say which it "
        "is in the model, such as `columns: {seats: {kind: number}}` (or kind: text) for table orders, or which words "
        "mean «no value» with `null_words:` in keepwell.yaml."
    )
    (mixed,) = of(facts, "mixed")
    assert (mixed.severity, str(mixed)) == ("error", message)
    declared = model.replace("time: at}", "time: at, columns: {seats: {kind: text}}}")
    assert column(facts_of(tmp_path, {"orders.csv": content}, declared), "orders", "seats") == ["5", "many", "7"]
    told = facts_of(tmp_path, {"orders.csv": content}, model, tables={"orders": {"null_words": ["many"]}})
    assert column(told, "orders", "seats") == [5, None, 7]


@pytest.mark.parametrize(("values", "first", "kind"), [
    (["4", "n/a", "none", "-"], "n/a", "number"), (["true", "maybe"], "maybe", "yes_no"),
    (["2026-01-05", "soon"], "soon", "time"),
])  # fmt: skip
def test_one_value_of_another_kind_is_enough_to_ask(tmp_path: Path, values: list[str], first: str, kind: str) -> None:
    """Read without the later rows, the first value would have been of that kind."""
    model = NAMES.replace("metrics: {n: {count: orders}}", "metrics: {seats: {last: orders.seats}}")
    content = "account_id,at,seats\n" + "".join(f"A,2026-06-28,{value}\n" for value in values)
    said = refusal(facts_of(tmp_path, {"orders.csv": content}, model))
    assert f"row 3: ‘{first}’ is not" in said
    assert f"kind: {kind}" in said


@pytest.mark.parametrize(
    ("amount", "options", "advice"),
    [
        ("1,234.50", {"thousands": ","}, '`thousands: ","`'),
        ("1.234,50", {"decimal": ",", "thousands": "."}, '`decimal: ","` and `thousands: "."`'),
        ("1'234.50", {"thousands": "'"}, '`thousands: "\'"`'),
        ("1 234,50", {"decimal": ",", "thousands": " "}, '`decimal: ","` and `thousands: " "`'),
        ("1234,50", {"decimal": ","}, '`decimal: ","`'),
    ],
)
def test_numbers_with_separators(tmp_path: Path, amount: str, options: Mapping[str, Any], advice: str) -> None:
    content = HEADER + f'A,2026-06-01,"{amount}"\n'
    assert f"row 2: ‘{amount}’ is not a number. Say {advice} for this table" in refusal(
        facts_of(tmp_path, {"orders.csv": content})
    )
    told = facts_of(tmp_path, {"orders.csv": content}, tables={"orders": options})
    assert column(told, "orders", "amount") == [Decimal("1234.5")]


def test_a_group_of_thousands_has_three_digits(tmp_path: Path) -> None:
    content = HEADER + "A,2026-06-01,1.5\n"
    facts = facts_of(tmp_path, {"orders.csv": content}, tables={"orders": {"decimal": ",", "thousands": "."}})
    assert "‘1.5’ is not a number" in refusal(facts)


THREE_FORMS = HEADER + "A,2026-06-01,1\nA,02.06.2026,2\nA,06/03/2026,3\n"


def test_dates_in_three_forms(tmp_path: Path) -> None:
    message = refusal(facts_of(tmp_path, {"orders.csv": THREE_FORMS}))
    assert "column ‘at’, row 3: ‘02.06.2026’ is not a time (2 of 3 values are not)." in message
    assert 'Say `dates: ["iso", "%d.%m.%Y"]`' in message
    told = facts_of(
        tmp_path, {"orders.csv": THREE_FORMS}, tables={"orders": {"dates": ["iso", "%d.%m.%Y", "%m/%d/%Y"]}}
    )
    assert column(told, "orders", "at") == [at(f"2026-06-0{day}") for day in (1, 2, 3)]


@pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01", "2026-06-01T25:00:00"])
def test_impossible_dates(tmp_path: Path, value: str) -> None:
    message = refusal(facts_of(tmp_path, {"orders.csv": HEADER + f"A,{value},1\n"}))
    assert f"row 2: ‘{value}’ is no day or time that exists." in message


@pytest.mark.parametrize("value", ["31.06.2026", "1.1.26", "epoch"])
def test_impossible_dates_in_a_declared_form(tmp_path: Path, value: str) -> None:
    facts = facts_of(tmp_path, {"orders.csv": HEADER + f"A,{value},1\n"}, tables={"orders": {"dates": "%d.%m.%Y"}})
    assert f"‘{value}’ is not a time" in refusal(facts)


@pytest.mark.parametrize(("value", "sentence"), [
    ("NaN", "is not a number"), ("inf", "is not a number"), ("-Infinity", "is not a number"),
    ("1e30", "is beyond the numbers that are kept exactly (below 10^18)"),
    ("1000000000000000000", "is beyond the numbers that are kept exactly (below 10^18)"),
])  # fmt: skip
def test_numbers_that_are_none_in_text(tmp_path: Path, value: str, sentence: str) -> None:
    assert f"row 2: ‘{value}’ {sentence}" in refusal(
        facts_of(tmp_path, {"orders.csv": HEADER + f"A,2026-06-01,{value}\n"})
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (1e30, "1e+30")]
)
def test_numbers_that_are_none_in_parquet(tmp_path: Path, value: float, shown: str) -> None:
    facts = facts_of(tmp_path, {})
    table = pa.table({"account_id": ["A", "A", "B"], "at": [at("2026-06-01")] * 3, "amount": [1.5, 2.5, value]})
    pq.write_table(table, tmp_path / "data" / "orders.parquet")
    assert f"data/orders.parquet: error: column ‘amount’, row 3: ‘{shown}’ is" in refusal(facts)
    assert [finding.severity for finding in of(facts, "unreadable")] == ["error"]
    told = facts_of(tmp_path, {}, tables={"orders": {"unreadable": "missing"}})
    assert column(told, "orders", "amount") == [Decimal("1.5"), Decimal("2.5"), None]
    assert [finding.severity for finding in of(told, "unreadable")] == ["warning"]


def test_a_text_column_in_parquet_that_is_needed_as_a_number(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    table = pa.table({"account_id": ["A"] * 3, "at": ["2026-06-01"] * 3, "amount": ["1.5", "", "x"]})
    pq.write_table(table, tmp_path / "data" / "orders.parquet")
    assert "column ‘amount’, row 3: ‘x’ is not a number" in refusal(facts)
    told = facts_of(tmp_path, {}, tables={"orders": {"null_words": ["x"]}})
    assert column(told, "orders", "amount") == [Decimal("1.5"), None, None]
    assert column(told, "orders", "at") == [at("2026-06-01")] * 3


def test_a_column_of_another_kind(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    pq.write_table(
        pa.table({"account_id": ["A"], "at": [20260601], "amount": [1.5]}), tmp_path / "data" / "orders.parquet"
    )
    assert refusal(facts) == "data/orders.parquet: ‘at’ holds numbers, and tables.orders reads it as a time."


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    message = refusal(facts_of(tmp_path, {"orders.csv": "account_id,at,amnt\nA,2026-06-01,1\n"}))
    assert message == (
        "data/orders.csv: error: there is no column ‘amount’, which metrics.revenue reads. Did you mean ‘amnt’?"
    )


@pytest.mark.parametrize(("content", "sentence"), [
    (HEADER + "A,2026-06-01,1,2\n", "line 2 has 4 columns, and the header has 3"),
    (HEADER + "A,2026-06-01,1\nA,2026-06-02\n", "line 3 has 2 columns, and the header has 3"),
    (HEADER + 'A,2026-06-01,"1\n', "line 2 opens a quote that is never closed"),
    ("account_id,at,amount,At\nA,2026-06-01,1,2\n", "two columns are named ‘at’ and ‘At’"),
])  # fmt: skip
def test_rows_that_do_not_fit_the_header(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in refusal(facts_of(tmp_path, {"orders.csv": content}))


def test_windows_and_unix_line_ends_in_one_file(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": HEADER.replace("\n", "\r\n") + "A,2026-06-01,1\nA,2026-06-02,2\r\n"})
    assert column(facts, "orders", "amount") == [1, 2]


def test_empty_lines_and_rows_are_no_facts(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": "\n\n" + HEADER + "A,2026-06-01,1\n\n,,\nB,2026-06-02,2\n,,\n"})
    assert column(facts, "orders", "amount") == [1, 2]


def test_a_damaged_archive(tmp_path: Path) -> None:
    packed = gzip.compress(ONE.encode() * 500)
    for content in (ONE.encode(), packed[:-20]):
        message = refusal(facts_of(tmp_path, {"orders.csv.gz": content}))
        assert message == "data/orders.csv.gz: the compressed file is damaged or not gzip."


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {})
    path = tmp_path / "data" / "orders.parquet"
    pq.write_table(pa.table({"account_id": ["A"], "at": [at("2026-06-01")], "amount": [1.5]}), path)
    lazy = facts.feed("orders").rows
    path.unlink()
    with pytest.raises(FactsError, match=r"orders\.parquet: the file is not there any more"), facts.reads():
        lazy.to_pyarrow()


def test_a_named_file_that_is_not_there_is_an_error_and_an_unnamed_one_is_not_connected(tmp_path: Path) -> None:
    assert not facts_of(tmp_path, {}).has("orders")
    named = facts_of(tmp_path, {}, tables={"orders": {"path": "sales.csv"}})
    assert refusal(named) == "data/sales.csv: keepwell.yaml names this path, and nothing is there."
    assert codes(named) == ["cannot-read"]


def test_two_files_that_could_be_meant(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": ONE, "orders.tsv": ONE})
    assert "data/orders.csv and data/orders.tsv could both be meant" in refusal(facts)


def test_a_file_without_read_permission_or_format(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.doc": ONE}, tables={"orders": {"path": "orders.doc"}})
    assert "the format of this file is not known by its ending" in refusal(facts)


GROUPED = HEADER + 'A,2026-06-01,"2,000"\nA,2026-06-02,3\n'


def test_a_comma_before_three_digits_is_asked_about(tmp_path: Path) -> None:
    """Not advised as a decimal mark, which would turn 2,000 into 2."""
    said = refusal(facts_of(tmp_path, {"orders.csv": GROUPED}))
    assert 'Say `thousands: ","` if it is 2000, or `decimal: ","` if it is 2, for this table in keepwell.yaml' in said
    grouped = facts_of(tmp_path, {"orders.csv": GROUPED}, tables={"orders": {"thousands": ","}})
    assert column(grouped, "orders", "amount") == [2000, 3]
    assert "thousands" not in codes(grouped)


def test_a_decimal_comma_that_may_stand_between_thousands_is_pointed_out(tmp_path: Path) -> None:
    comma = {"orders": {"decimal": ","}}
    facts = facts_of(tmp_path, {"orders.csv": GROUPED}, tables=comma)
    assert column(facts, "orders", "amount") == [2, 3]
    (finding,) = of(facts, "thousands")
    assert str(finding) == (
        "data/orders.csv: warning: column ‘amount’: every comma has three digits behind it, so ‘2,000’ reads as 2 "
        'where 2000 may be meant; then say `thousands: ","` in place of `decimal: ","`.'
    )
    for settled in ('"2,5"', '"1234,500"', '"0,125"'):
        assert "thousands" not in codes(
            facts_of(tmp_path, {"orders.csv": GROUPED + f"A,2026-06-03,{settled}\n"}, tables=comma)
        )


SLASHES = HEADER + "A,05/06/2026,1\nA,06/20/2026,2\n"


def test_the_form_of_dates_that_is_proposed_fits_all_of_them(tmp_path: Path) -> None:
    said = refusal(facts_of(tmp_path, {"orders.csv": SLASHES}))
    assert 'Say `dates: "%m/%d/%Y"` for this table' in said
    followed = facts_of(tmp_path, {"orders.csv": SLASHES}, tables={"orders": {"dates": "%m/%d/%Y"}})
    assert column(followed, "orders", "at") == [at("2026-05-06"), at("2026-06-20")]
    wrong = facts_of(tmp_path, {"orders.csv": SLASHES}, tables={"orders": {"dates": "%d/%m/%Y"}})
    assert 'Say `dates: "%m/%d/%Y"` for this table' in refusal(wrong)
    either = facts_of(tmp_path, {"orders.csv": SLASHES.replace("06/20", "06/10")})
    assert 'Say `dates: "%d/%m/%Y"` (or %m/%d/%Y) for this table' in refusal(either)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_two_forms_that_read_one_date_differently_are_refused(tmp_path: Path, ending: str) -> None:
    forms = {"orders": {"dates": ["%d/%m/%Y", "%m/%d/%Y"]}}
    facts = facts_of(tmp_path, {"orders.csv": SLASHES} if ending == "csv" else {}, tables=forms)
    if ending == "parquet":
        texts = pa.table({"account_id": ["A", "A"], "at": ["05/06/2026", "06/20/2026"], "amount": [1, 2]})
        pq.write_table(texts, tmp_path / "data/orders.parquet")
    said = refusal(facts)
    assert "column ‘at’: ‘05/06/2026’ is one time by `%d/%m/%Y` and another by `%m/%d/%Y`; leave the one" in said
    assert [finding.severity for finding in of(facts, "dates")] == ["error"]


def test_forms_that_never_read_one_date_differently_stand_beside_each_other(tmp_path: Path) -> None:
    dotted = HEADER + "A,05.06.2026,1\nA,06/20/2026,2\nA,2026-06-21,3\n"
    forms = {"orders": {"dates": ["iso", "%d.%m.%Y", "%m/%d/%Y"]}}
    facts = facts_of(tmp_path, {"orders.csv": dotted}, tables=forms)
    assert column(facts, "orders", "at") == [at("2026-06-05"), at("2026-06-20"), at("2026-06-21")]


def test_the_advice_for_a_number_that_is_none_settles_it(tmp_path: Path) -> None:
    """Words for nothing are words: among the numbers of a Parquet file there are none."""
    for options in ({}, {"unreadable": "missing"}):
        facts = facts_of(tmp_path, {}, tables={"orders": options})
        numbers = pa.table({"account_id": ["A"] * 3, "at": [at("2026-06-01")] * 3, "amount": [1.5, 2.5, math.nan]})
        pq.write_table(numbers, tmp_path / "data/orders.parquet")
        if not options:
            said = refusal(facts)
            assert "Mend the value; or say `unreadable: missing` for this table" in said
            assert "null_words" not in said
        else:
            assert column(facts, "orders", "amount") == [Decimal("1.5"), Decimal("2.5"), None]


@pytest.mark.parametrize("content", [b"PAR1junkPAR1", b"", b"id,at\nA,1\n"])
def test_a_parquet_file_that_is_none(tmp_path: Path, content: bytes) -> None:
    said = "data/orders.parquet: this is not a Parquet file, or it is damaged; export it again."
    assert refusal(facts_of(tmp_path, {"orders.parquet": content})) == said
