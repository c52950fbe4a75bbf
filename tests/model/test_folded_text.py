"""Text folded over several lines, as long conditions and descriptions are written: nothing of the fold stays in it."""

from keepwell.model import load_text
from keepwell.model.yaml import parse_document

MODEL = """
model: folded
entities: {account: {table: accounts, key: id}}
tables:
  accounts: {}
  orders:
    account: id
    time: at
    where: >-
      kind = 'order'
      and amount > 0
metrics: {orders: {count: orders}}
scores: {health: {parts: {orders: {metric: orders, curve: [[0, 0], [9, 100]]}}}}
"""


def test_a_fold_is_one_blank() -> None:
    said = parse_document("a: >-\n  one\n  two\n\n  three\nb: >\n  four\n  five\nc: |\n  six\n  seven\n", "x.yaml")
    assert said.data == {"a": "one two\nthree", "b": "four five\n", "c": "six\nseven\n"}


def test_a_condition_may_be_folded() -> None:
    where = load_text(MODEL, "model.yaml").model.tables["orders"].where
    assert str(where) == "kind = 'order' and amount > 0"
