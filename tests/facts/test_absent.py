"""Tables that are not there: one finding for each source, with what is left out, and the files that may be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.folder import facts_of, said

MODEL = """
model: absent
entities:
  account: {table: accounts, key: account_id}
  contact: {table: people, key: person_id, in: account}
tables:
  logins: {account: account_id, contact: person_id, time: at}
  orders: {account: account_id, time: at}
  returns: {account: account_id, time: at}
  calls: {account: account_id, time: at, connected_if: "phone = 'yes'"}
  notes: {account: account_id, time: at}
metrics:
  phone: {attribute: phone}
  contact_logins: {for: contact, count: logins}
  active: {share: contact, that: "contact_logins > 0"}
  bought: {sum: orders.amount}
  sent_back: {sum: returns.amount}
  kept: {expr: "bought - sent_back"}
  either: {expr: "coalesce(sent_back, 0) + 1"}
  growth: {change: kept, against: 28 days}
  called: {count: calls}
scores:
  health:
    parts:
      activity: {metric: active, curve: [[0, 0], [1, 100]]}
      trade:
        parts:
          growth: {metric: growth, curve: [[-1, 0], [1, 100]]}
          either: {metric: either, curve: [[0, 0], [9, 100]]}
          called: {metric: called, curve: [[0, 0], [9, 100]]}
  trade:
    parts:
      kept: {metric: kept, curve: [[0, 0], [9, 100]]}
      growth: {metric: growth, curve: [[-1, 0], [1, 100]]}
"""
ACCOUNTS = "account_id,phone\nA,yes\n"
ROWS = "account_id,person_id,amount,at\nA,P,1,2026-06-30\n"
ALL = {
    "accounts.csv": ACCOUNTS,
    "people.csv": "person_id,account_id\nP,A\n",
    **{f"{name}.csv": ROWS for name in ("logins", "orders", "returns", "calls", "notes")},
}
ONE = "data: warning: 1 table that the model reads is not there, so what needs it is left out for all: "
MORE = "tables that the model reads are not there, so what needs them is left out for all: "


def lacking(
    folder: Path, *names: str, model: str = MODEL, more: dict[str, str] | None = None, **config: Any
) -> list[str]:
    """What check says where the files of these tables are not there."""
    files = {name: text for name, text in ALL.items() if name.removesuffix(".csv") not in names}
    return [line for line in said(facts_of(folder, files | (more or {}), model, **config)) if "not there" in line]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("logins", "logins (activity)"),
        ("people", "people (activity)"),
        ("orders", "orders (growth, kept)"),
        ("returns", "returns (growth, kept)"),  # a formula with coalesce has a value all the same
        ("calls", "calls"),  # whoever has a phone is connected: their calls are unknown, and not left out
        ("notes", "notes"),
    ],
)
def test_one_table_and_what_is_left_out_with_it(tmp_path: Path, table: str, told: str) -> None:
    assert lacking(tmp_path, table) == [f"{ONE}{told}."]


def test_several_are_one_finding_and_a_measure_is_named_once(tmp_path: Path) -> None:
    assert lacking(tmp_path, "people", "returns", "orders", "notes") == [
        f"data: warning: 4 {MORE}orders (growth, kept), returns (sent_back), notes, people (activity)."
    ]


def test_where_no_measure_reads_a_metric_the_metric_is_named(tmp_path: Path) -> None:
    model = MODEL[: MODEL.index("scores:")]
    assert lacking(tmp_path, "orders", model=model) == [f"{ONE}orders (bought, kept, growth)."]


def test_a_file_that_nobody_reads_is_offered_for_the_table_it_is_most_like(tmp_path: Path) -> None:
    found = lacking(tmp_path, "orders", "returns", more={"order.csv": ROWS, "weather.csv": ROWS})
    assert [line.split("). ")[1:] for line in found] == [["Did you mean ‘order’ by ‘orders’?"]]


def test_a_file_that_another_table_reads_is_not_offered(tmp_path: Path) -> None:
    tables = {"notes": {"path": "order.csv"}}
    assert lacking(tmp_path, "orders", more={"order.csv": ROWS}, tables=tables) == [f"{ONE}orders (growth, kept)."]


def test_each_source_speaks_for_itself(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    sources = {"data": {"path": "data"}, "crm": {"path": "crm"}}
    tables = {"orders": {"source": "crm"}, "returns": {"source": "crm"}}
    assert lacking(tmp_path, "logins", sources=sources, tables=tables) == [
        f"{ONE}logins (activity).",
        f"crm: warning: 2 {MORE}orders (growth, kept), returns (sent_back).",
    ]


def test_without_accounts_there_is_nobody(tmp_path: Path) -> None:
    folder = facts_of(tmp_path, {}, MODEL)
    (tmp_path / "data" / "accounts.csv").unlink()
    first, *others = said(folder)
    assert first.startswith("accounts: error: nothing named ‘accounts’ is in the source ‘data’.")
    assert first.endswith(" Without this table there is nobody to score.")
    assert [line.startswith(f"data: warning: 6 {MORE}logins") for line in others] == [True]
