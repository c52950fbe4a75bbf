"""Who lives on a day, and with which attributes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keepwell.errors import FactsError
from keepwell.facts.entities import OWN, beginnings, every, lives
from keepwell.facts.moment import Moment
from tests.facts.folder import at, codes, facts_of, of, rows

LIFE = """
model: life
entities:
  account:
    {table: accounts, key: account_id, from: started_on, until: ended_on, parent: parent_id, value: arr, owner: csm}
  contact: {table: people, key: person_id, in: account}
tables: {}
metrics: {plan: {attribute: plan}}
"""
ACCOUNTS = """account_id,started_on,ended_on,parent_id,arr,csm,plan
A,2026-01-01,,,1200.50,Eva,basic
B,2026-02-01 18:00,2026-04-01 09:00,A,100,Eva,pro
C,2027-01-01,,A,5,,pro
D,,2026-03-01,,,,
,2026-01-01,,,,,
"""
PEOPLE = "person_id,account_id\n1,A\n2,B\n3,\n"


def living(tmp_path: Path, day: date, known_by: date | None = None) -> list[dict[str, Any]]:
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS, "people.csv": PEOPLE}, LIFE)
    return rows(facts.entity("account", Moment(day, known_by or day)).order_by("@id"))


def ids(found: list[dict[str, Any]]) -> str:
    return "".join(row["@id"] for row in found)


def test_a_life_begins_on_its_first_day_and_is_over_on_its_last(tmp_path: Path) -> None:
    assert ids(living(tmp_path, date(2025, 12, 31))) == "D"
    assert ids(living(tmp_path, date(2026, 1, 1))) == "AD"
    assert ids(living(tmp_path, date(2026, 2, 1))) == "ABD"
    assert ids(living(tmp_path, date(2026, 2, 28))) == "ABD"
    assert ids(living(tmp_path, date(2026, 3, 1))) == "AB"
    assert ids(living(tmp_path, date(2026, 3, 31))) == "AB"
    assert ids(living(tmp_path, date(2026, 4, 1))) == "A"
    assert ids(living(tmp_path, date(2027, 1, 1))) == "AC"


def test_attributes_and_links(tmp_path: Path) -> None:
    first, second = living(tmp_path, date(2026, 3, 31))
    assert (first["@began"], first["@ended"], first["@parent"], first["@in"]) == (at("2026-01-01"), None, None, None)
    assert (str(first["arr"]), first["csm"], first["plan"]) == ("1200.500000", "Eva", "basic")
    assert (second["@began"], second["@ended"], second["@parent"]) == (at("2026-02-01 18:00"), None, "A")


def test_an_end_that_lies_ahead_is_not_seen_unless_it_is_planned(tmp_path: Path) -> None:
    model = LIFE.replace("tables: {}", "tables: {accounts: {columns: {ended_on: planned}}}")
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS}, model)
    (found,) = [
        row for row in rows(facts.entity("account", Moment(date(2026, 3, 31), date(2026, 3, 31)))) if row["@id"] == "B"
    ]
    assert found["@ended"] == at("2026-04-01 09:00")


def test_an_end_that_was_not_known_has_not_come(tmp_path: Path) -> None:
    model = LIFE.replace("tables: {}", "tables: {accounts: {columns: {ended_on: {known: told_on}}}}")
    told = "account_id,started_on,ended_on,parent_id,arr,csm,plan,told_on\nB,2026-02-01,2026-04-01,,,,,2026-05-01\n"
    facts = facts_of(tmp_path, {"accounts.csv": told}, model)
    april, may = date(2026, 4, 15), date(2026, 5, 1)
    assert ids(rows(facts.entity("account", Moment(april, april)))) == "B"
    assert ids(rows(facts.entity("account", Moment(april, may)))) == ""


def test_levels_below_say_what_they_are_part_of(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS, "people.csv": PEOPLE}, LIFE)
    found = rows(facts.entity("contact", Moment(date(2026, 6, 1), date(2026, 6, 1))).order_by("@id"))
    assert [(row["@id"], row["@in"]) for row in found] == [("1", "A"), ("2", "B"), ("3", None)]


CHANGING = """
model: changing
entities: {account: {table: accounts, key: id, valid_from: since, from: born, until: left}}
tables: {accounts: {known: learned}}
metrics: {plan: {attribute: plan}}
"""
HISTORY = """id,since,learned,born,left,plan
7,2026-01-10,2026-01-10,2026-01-05,,basic
7,2026-03-01,2026-03-05,,,pro
7,2026-03-01,2026-03-05,,,gold
7,2026-05-01,2026-05-01,2026-01-02,2026-05-01,pro
8,2026-02-01,2026-02-01,,,basic
"""


def plans(tmp_path: Path, day: date, known_by: date | None = None, history: str = HISTORY) -> list[tuple[Any, ...]]:
    facts = facts_of(tmp_path, {"accounts.csv": history}, CHANGING)
    found = rows(facts.entity("account", Moment(day, known_by or day)).order_by("@id"))
    return [(row["@id"], row["plan"], row["@began"] and row["@began"].day) for row in found]


def test_attributes_change_on_their_day_as_far_as_it_was_known(tmp_path: Path) -> None:
    assert plans(tmp_path, date(2026, 1, 9)) == []
    assert plans(tmp_path, date(2026, 1, 10)) == [("7", "basic", 5)]
    assert plans(tmp_path, date(2026, 3, 4)) == [("7", "basic", 5), ("8", "basic", None)]
    assert plans(tmp_path, date(2026, 3, 4), date(2026, 3, 5)) == [("7", "pro", 5), ("8", "basic", None)]
    assert plans(tmp_path, date(2026, 5, 1)) == [("8", "basic", None)]


def test_ties_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    head, *lines = HISTORY.splitlines()
    turned = "\n".join([head, *reversed(lines)])
    day = date(2026, 4, 1)
    assert plans(tmp_path, day) == plans(tmp_path, day, history=turned) == [("7", "pro", 5), ("8", "basic", None)]


def test_without_from_a_life_begins_with_the_first_row(tmp_path: Path) -> None:
    model = CHANGING.replace(", from: born", "")
    facts = facts_of(tmp_path, {"accounts.csv": HISTORY}, model)
    found = rows(facts.entity("account", Moment(date(2026, 4, 1), date(2026, 4, 1))).order_by("@id"))
    assert [row["@began"] for row in found] == [at("2026-01-10"), at("2026-02-01")]


def test_the_tables_filter_holds_for_entities_too(tmp_path: Path) -> None:
    model = LIFE.replace("tables: {}", "tables: {accounts: {where: \"plan = 'pro'\"}}")
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS}, model)
    assert ids(rows(facts.entity("account", Moment(date(2026, 3, 1), date(2026, 3, 1))))) == "B"


ODD = """
model: odd
entities:
  account: {table: accounts, key: ID, from: started, until: left, parent: Parent}
tables:
  notes: {account: KEY, time: at, key: [rows, KEY]}
metrics: {ATTRIBUTES, n: {count: notes}}
"""
NAMES = ("rank", "began", "ended", "in", "In_Id", "name", "all", "first")
ODD = ODD.replace("ATTRIBUTES", ", ".join(f"m{nth}: {{attribute: '{name}'}}" for nth, name in enumerate(NAMES)))
ODD_ACCOUNTS = f"ID,started,left,Parent,{','.join(NAMES)}\n" + "A,2026-01-01,,B,1,2,3,4,5,6,7,8\n"
ODD_NOTES = "KEY,at,rows\nA,2025-06-01 10:00,1\nA,2026-06-01 10:00,1\n"


@pytest.mark.parametrize("changing", [False, True])
def test_names_of_the_data_are_never_in_the_way(tmp_path: Path, changing: bool) -> None:
    model = ODD.replace("key: ID", "key: ID, valid_from: started") if changing else ODD
    facts = facts_of(tmp_path, {"accounts.csv": ODD_ACCOUNTS, "notes.csv": ODD_NOTES}, model)
    (found,) = rows(facts.entity("account", Moment(date(2026, 6, 1), date(2026, 6, 1))))
    assert [found[name] for name in NAMES] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [found[name] for name in OWN] == ["A", at("2026-01-01"), None, "B", None]
    assert {"ID", "Parent"} < set(found)
    assert set(codes(facts)) == {"orphan", "before-start", "duplicate-key"}


@pytest.mark.parametrize("name", ["@Id", "@on", "@Key"])
def test_a_column_cannot_have_a_name_of_ours(tmp_path: Path, name: str) -> None:
    model = LIFE.replace("attribute: plan", f"attribute: '{name}'")
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS.replace("plan\n", f"{name}\n")}, model)
    with pytest.raises(FactsError, match=rf"data/accounts\.csv: a column cannot be called ‘{name}’ here"):
        facts.entity("account", Moment(date(2026, 6, 1), date(2026, 6, 1)))


def test_a_blank_id_is_nobody(tmp_path: Path) -> None:
    files = {"accounts.csv": ACCOUNTS + "  ,2026-01-01,,,,,\n   ,2026-01-01,,,,,\n"}
    facts = facts_of(tmp_path, files, LIFE.replace("tables: {}", "tables: {accounts: {key: account_id}}"))
    assert ids(rows(facts.entity("account", Moment(date(2026, 1, 1), date(2026, 1, 1))).order_by("@id"))) == "AD"
    (found,) = of(facts, "no-id")
    assert found.message == "3 rows (42.9 %) without ‘account_id’: that is no account."
    assert not of(facts, "duplicate-key")


@pytest.mark.parametrize("until", [True, False])
@pytest.mark.parametrize("from_", [True, False])
def test_lives_are_those_of_every_entity(tmp_path: Path, until: bool, from_: bool) -> None:
    model = CHANGING if until else CHANGING.replace(", until: left", "")
    model = model if from_ else model.replace(", from: born", "")
    facts = facts_of(tmp_path, {"accounts.csv": HISTORY + "  ,2026-01-01,2026-01-01,,,\n"}, model)
    table = facts.feed("accounts").rows
    whole = rows(every(table, facts.model, "account", None).select("@id", "@began", "@ended").order_by("@id"))
    assert rows(lives(table, facts.model, "account").select("@id", "@began", "@ended").order_by("@id")) == whole
    assert [row["@ended"] for row in whole] == ([at("2026-05-01"), None] if until else [None, None])
    begun = rows(beginnings(table, facts.model, "account").select("@id", "@began").order_by("@id"))
    assert begun == [{"@id": row["@id"], "@began": row["@began"]} for row in whole]
