"""`standard` stands for the declaration of a standard table, cut to what the model reads."""

from __future__ import annotations

import pytest

from keepwell.model import load_text
from keepwell.model.standard import ACCOUNT, standard_tables
from tests.model.mistakes import edited, refused, sound

KINDS = {"id", "text", "number", "time", "yes_no"}
TICKETS = "tickets: {account: account_id, time: opened_at, columns: {closed_at: happened}}"


def test_every_table_is_told_and_its_declaration_names_its_columns() -> None:
    tables = standard_tables()
    assert list(tables)[:3] == ["accounts", "contacts", "contracts"]
    assert len(tables) == 18
    for name, table in tables.items():
        assert {column.kind for column in table.columns.values()} <= KINDS, name
        declared = table.means.get("columns", {})
        assert set(declared) <= set(table.columns), name
        assert "time" not in table.means or table.columns[table.means["time"]].kind == "time", name
        times = [column for column, said in declared.items() if said in ("happened", "planned")]
        assert {table.columns[column].kind for column in times} <= {"time"}, name
    assert set(ACCOUNT.values()) - {"accounts"} <= set(tables["accounts"].columns)


def test_no_name_stands_for_two_columns_of_one_table() -> None:
    for name, table in standard_tables().items():
        names = [other for column, said in table.columns.items() for other in (column, *said.also)]
        assert len(names) == len(set(names)), (name, sorted(other for other in names if names.count(other) > 1))


def test_every_standard_table_can_be_declared() -> None:
    """Each by its word, with a metric that counts its rows: the model loads without a finding."""
    timed = [name for name, table in standard_tables().items() if "time" in table.means]
    lines = [
        "model: all",
        "entities: {account: {table: accounts, key: account_id}}",
        "tables:",
        *(f"  {name}: standard" for name in standard_tables()),
        "metrics:",
        *(f"  n_{name}: {{count: {name}}}" for name in timed),
        "scores: {s: {parts: {a: {metric: n_tickets, curve: [[0, 0], [1, 100]]}}, tiers: [{at: else, is: any}]}}",
    ]
    loaded = load_text("\n".join(lines))
    assert loaded.warnings == ()
    assert {name: loaded.model.tables[name].time for name in timed} == {
        name: standard_tables()[name].means["time"] for name in timed
    }


def test_only_what_the_model_reads_is_declared() -> None:
    """Nothing here reads closed_at or csat, so a file without them will do; metrics over them make them needed."""
    plain = sound(TICKETS, "tickets: standard").model.tables["tickets"]
    assert (plain.time, plain.id_columns, dict(plain.columns)) == ("opened_at", ("account_id",), {})
    metrics = (
        "metrics:\n  waiting: {open: tickets, until: closed_at}\n  csat: {mean: tickets.csat, where: priority = 'high'}"
    )
    read = sound(TICKETS, "tickets: standard", "metrics:", metrics).model.tables["tickets"]
    assert read.columns["closed_at"].happened
    assert read.columns["csat"].known == "closed_at"
    assert set(read.columns) == {"closed_at", "csat"}


def test_a_level_is_declared_where_its_metrics_read_the_table() -> None:
    contact = (
        "  account: {table: accounts, key: account_id}\n  contact: {table: contacts, key: contact_id, in: account}"
    )
    changes = (
        "  account: {table: accounts, key: account_id}",
        contact,
        TICKETS,
        "tickets: standard\n  contacts: standard",
    )
    assert sound(*changes).model.tables["tickets"].id_columns == ("account_id",)
    assert sound(*changes).model.tables["contacts"].id_columns == ("account_id",)
    asked = "metrics:\n  asked: {for: contact, count: tickets}"
    ids = sound(*changes, "metrics:", asked).model.tables["tickets"].ids
    assert {level: [item.column for item in own] for level, own in ids.items()} == {
        "account": ["account_id"],
        "contact": ["contact_id"],
    }


def test_what_the_file_says_goes_before_the_standard() -> None:
    said = "tickets: {standard: true, time: asked_at, known: loaded_at, key: no, columns: {closed_at: planned}}"
    table = sound(TICKETS, said).model.tables["tickets"]
    assert (table.time, table.known, table.key) == ("asked_at", "loaded_at", ("no",))
    assert table.columns["closed_at"].planned
    assert table.id_columns == ("account_id",)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("tickts: standard", "‘tickts’ is no standard table. Did you mean ‘tickets’?"),
        ("tickets: standart", "‘standart’ is not known here; write standard, or say what the table means"),
        ("tickets: {standard: maybe}", "‘maybe’ should be true or false"),
    ],
)
def test_mistakes(new: str, said: str) -> None:
    (line,) = refused(edited(TICKETS, new))
    assert line.startswith("model.yaml:6: error:")
    assert said in line


def test_what_is_answered_can_be_changed_by_a_model_on_top() -> None:
    """Another kind of answer replaces the base's, with its unit; help and validity stay."""
    top = "model: top\nextends: ./base.yaml\ninputs: {savings: {scale: [1, 5]}}\n"
    base = edited("metrics:", "inputs:\n  savings: {number: [0, null], unit: EUR, help: How much?}\nmetrics:")
    from keepwell.model.extend import merge
    from keepwell.model.yaml import parse_document

    merged = merge(parse_document(base, "base.yaml"), parse_document(top, "model.yaml"))
    assert merged.data["inputs"] == {"savings": {"scale": [1, 5], "help": "How much?"}}
