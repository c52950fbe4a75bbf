"""Kinds that scales, metrics and conditions imply: a row of tomorrow never changes how today's rows are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.errors import FactsError
from keepwell.facts.moment import Moment
from keepwell.facts.needs import needs_of
from tests.facts.folder import at, column, facts_of, model_of, rows

BOOK = """
model: kinds
entities:
  account: {table: accounts, key: account_id}
  seat: {table: seats, key: seat_id, in: account}
tables: {obs: {account: account_id, time: at, columns: {said: {is: "x"}}}}
metrics:
  x: {last: obs.x}
  MORE
scores:
  health: {parts: {p: {metric: METRIC, SCALE}}}
"""
BANDS = 'bands: [["> 3", 100], [else, 0]]'
CURVE = "curve: [[0, 0], [10, 100]]"
PAST = "account_id,at,x\nA,2026-01-05,5\n"
LATER = PAST + "A,2026-02-05,high\n"
NOT_A_NUMBER = r"data/obs\.csv: error: column ‘x’, row 3: ‘high’ is not a number"


def book(scale: str = BANDS, metric: str = "x", more: str = "") -> str:
    return BOOK.replace("SCALE", scale).replace("METRIC", metric).replace("MORE", more)


def kind(model: str, table: str = "obs", name: str = "x") -> tuple[str | None, bool]:
    """The kind that is implied, and whether the column is text where nobody knows better."""
    needs = needs_of(model_of(model))[table]
    return needs.kinds.get(name), name in needs.words


@pytest.mark.parametrize(("scale", "implied"), [
    (BANDS, ("number", False)), (CURVE, ("number", False)),
    ("map: [[true, 100], [else, 0]]", ("yes_no", False)), ("map: [[true, 1], [false, 0]]", ("yes_no", False)),
    ("map: [[renews, 100], [else, 0]]", (None, True)), ("map: [[8, 100], [true, 0]]", (None, True)),
    ("map: [[else, 50]]", (None, True)),
])  # fmt: skip
def test_scales_imply_kinds(scale: str, implied: tuple[str | None, bool]) -> None:
    assert kind(book(scale)) == implied


@pytest.mark.parametrize("more", [
    "y: {first: obs.y}", "y: {min: obs.y}", "y: {max: obs.y}", "z: {last: obs.y}\n  y: {ratio: [z, x]}",
    "z: {last: obs.y}\n  y: {change: z, against: 7 days}", "z: {last: obs.y}\n  y: {expr: 'z * 2'}",
    "z: {last: obs.y}\n  y: {expr: 'coalesce(z, 0)'}", "z: {last: obs.y}\n  y: {expr: 'round(z)'}",
    "z: {last: obs.y}\n  y: {expr: 'z > 2'}",
])  # fmt: skip
def test_numbers_are_handed_on(more: str) -> None:
    assert kind(book(metric="y", more=more), name="y") == ("number", False)


@pytest.mark.parametrize("formula", [
    "coalesce(z, x)", "greatest(z, x)", "least(z, x)", "nullif(z, x)", "case when x > 3 then z else x end",
    "if(x > 3, x, z)", "(coalesce(z, (x)))", "coalesce(w, x)",
])  # fmt: skip
def test_formulas_hand_on_what_a_scale_reads(formula: str) -> None:
    more = f'z: {{last: obs.y}}\n  w: {{expr: "coalesce(z, x)"}}\n  f: {{expr: "{formula}"}}'
    for name in ("x", "y"):
        assert kind(book(metric="f", more=more), name=name) == ("number", False)
        assert kind(book("map: [[a, 1], [else, 0]]", "f", more.replace("x > 3", "1 > 3")), name=name) == (None, True)
        assert kind(book("map: [[true, 1]]", "f", more.replace("x > 3", "1 > 3")), name=name) == ("yes_no", False)


def test_what_is_compared_is_read_alike() -> None:
    for formula, implied in (("greatest(y, x) > 3", "number"), ("lower(x) = y", "text"), ("not x and y", "yes_no")):
        model = book("map: [[true, 1]]", "f", f'y: {{last: obs.y}}\n  f: {{expr: "{formula}"}}')
        for name in ("x", "y"):
            assert kind(model, name=name) == ((None, True) if implied == "text" else (implied, False))


def test_columns_that_are_made_hand_on_too() -> None:
    made = book(metric="y", more="y: {last: obs.twice}").replace('is: "x"}', 'is: "coalesce(x, z)"}, twice: {is: said}')
    for name in ("x", "z"):
        assert kind(made, name=name) == ("number", False)
    bounded = book(metric="n", more="n: {count: obs}").replace('is: "x"}', 'is: "coalesce(u, z)", between: [0, 10]}')
    assert kind(bounded, name="z") == ("number", False)


def test_attributes_and_levels_below() -> None:
    more = "tier: {attribute: tier}\n  use: {for: seat, attribute: use}\n  y: {max: seat.use}"
    assert kind(book(metric="tier", more=more), "accounts", "tier") == ("number", False)
    assert kind(book(metric="y", more=more), "seats", "use") == ("number", False)
    assert kind(book(more=more.replace("max", "mean")), "seats", "use") == ("number", False)
    worth = book(more=more).replace("key: account_id}", "key: account_id, value: tier}")
    assert kind(worth, "accounts", "tier") == ("number", False)


def test_conditions_over_metrics() -> None:
    more = "y: {last: obs.y}"
    for where in ("overrides: [{when: y > 3, cap: 50, because: so}]", "applies_if: y > 3"):
        model = book(more=more).replace("health: {", f"health: {{{where}, ")
        assert kind(model, name="y") == ("number", False)
    assert kind(book(more=more) + "flags: {f: {when: y, because: so}}", name="y") == (None, False)
    assert kind(book(more=more) + "flags: {f: {when: y = 'x', because: so}}", name="y") == (None, True)


def test_declarations_come_first_and_made_columns_are_not_asked_for() -> None:
    declared = book().replace("columns: {", "columns: {x: {kind: text}, ")
    assert kind(declared)[0] == "text"
    assert kind(book(metric="y", more="y: {last: obs.said}"), name="said") == (None, False)


def test_a_cycle_of_levels_ends() -> None:
    assert kind(book(metric="y", more="y: {max: children.y}")) == (None, False)


@pytest.mark.parametrize("scale", [BANDS, CURVE])
def test_a_later_word_does_not_make_earlier_numbers_words(tmp_path: Path, scale: str) -> None:
    assert column(facts_of(tmp_path, {"obs.csv": PAST}, book(scale)), "obs", "x") == [5]
    with pytest.raises(FactsError, match=NOT_A_NUMBER):
        facts_of(tmp_path, {"obs.csv": LATER}, book(scale)).feed("obs")
    lenient = facts_of(tmp_path, {"obs.csv": LATER}, book(scale), tables={"obs": {"unreadable": "missing"}})
    day = date(2026, 1, 31)
    assert [row["x"] for row in rows(lenient.seen("obs", Moment(day, day)))] == [5]


PRICES = """
model: prices
entities: {account: {table: accounts, key: account_id, valid_from: since}}
metrics:
  s: {attribute: s}
  t: {attribute: t}
  x: {expr: "coalesce(s, t)"}
scores: {health: {parts: {p: {metric: x, curve: [[0, 0], [10, 100]]}}}}
"""


def test_a_later_word_does_not_take_an_earlier_formula_away(tmp_path: Path) -> None:
    known = "account_id,since,s,t\nA,2026-01-05,4,5\n"
    later = {"accounts.csv": known + "A,2026-08-01,lots,many\n"}
    with pytest.raises(FactsError, match="column ‘s’, row 3: ‘lots’ is not a number"):
        facts_of(tmp_path, later, PRICES).feed("accounts")
    lenient = facts_of(tmp_path, later, PRICES, tables={"accounts": {"unreadable": "missing"}})
    day = date(2026, 6, 30)
    assert [(row["s"], row["t"]) for row in rows(lenient.entity("account", Moment(day, day)))] == [(4, 5)]


@pytest.mark.parametrize(("scale", "past", "later"), [
    ("map: [[8, 100], [else, 0]]", "8", "high"), ("map: [['2026-01-01', 100], [else, 0]]", "2026-01-01", "high"),
    ("map: [['true', 100], [maybe, 0]]", "true", "maybe"),
])  # fmt: skip
def test_words_of_a_map_stay_words(tmp_path: Path, scale: str, past: str, later: str) -> None:
    before = column(facts_of(tmp_path, {"obs.csv": PAST.replace(",5", f",{past}")}, book(scale)), "obs", "x")
    both = LATER.replace(",5", f",{past}").replace("high", later)
    assert before == [past]
    assert column(facts_of(tmp_path, {"obs.csv": both}, book(scale)), "obs", "x") == [past, later]


def test_a_map_of_yes_and_no(tmp_path: Path) -> None:
    model = book("map: [[true, 100], [else, 0]]")
    assert column(facts_of(tmp_path, {"obs.csv": PAST.replace(",5", ",Yes")}, model), "obs", "x") == [True]
    with pytest.raises(FactsError, match="column ‘x’, row 2: ‘5’ is not yes or no"):
        facts_of(tmp_path, {"obs.csv": PAST}, model).feed("obs")


def test_different_values_are_counted_as_they_are_written(tmp_path: Path) -> None:
    model = book(metric="n", more="n: {count_distinct: obs.y}")
    written = "account_id,at,x,y\nA,2026-01-05,1,7\nA,2026-01-05,1,7.0\n"
    assert column(facts_of(tmp_path, {"obs.csv": written}, model), "obs", "y") == ["7", "7.0"]
    later = written + "A,2026-02-05,1,eight\n"
    assert column(facts_of(tmp_path, {"obs.csv": later}, model), "obs", "y") == ["7", "7.0", "eight"]


def test_a_typed_source_knows_its_numbers(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {}, book("map: [[8, 100], [else, 0]]"))
    pq.write_table(pa.table({"account_id": ["A"], "at": [at("2026-01-05")], "x": [8]}), tmp_path / "data/obs.parquet")
    assert facts.feed("obs").kinds["x"] == "number", "so that check can say that a map reads words"


def test_words_of_a_typed_source_are_read_as_numbers(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {}, book())
    table = pa.table({"account_id": ["A"], "at": [at("2026-01-05")], "x": ["8"]})
    pq.write_table(table, tmp_path / "data/obs.parquet")
    assert column(facts, "obs", "x") == [8]
