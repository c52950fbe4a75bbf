"""Parents in circles: each counted once, the first shown, and nothing said of trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.folder import DAY, facts_of

MODEL = """
model: groups
entities: {account: {table: accounts, key: account_id, parent: parent_id, until: ended_on}}
metrics: {below: {count: children}}
"""


def said(folder: Path, *pairs: str) -> list[str]:
    rows = "account_id,parent_id,ended_on\n" + "".join(f"{line}\n" for line in pairs)
    found = facts_of(folder, {"accounts.csv": rows}, MODEL).check(DAY)
    return [f"{item.file} {item.severity} {item.message}" for item in found if item.code == "circle"]


@pytest.mark.parametrize(
    ("pairs", "shown"),
    [
        ("A,A, B,A,", "1 circle of parents (parent_id): A → A"),
        ("A,B, B,A, C,A,", "1 circle of parents (parent_id): A → B → A"),
        ("C,B, B,D, D,C, A,C,", "1 circle of parents (parent_id): C → B → D → C"),
        ("B,B, A,D, D,A, C,B,", "2 circles of parents (parent_id): the first is A → D → A"),
        (
            " ".join(f"{i},{(i + 1) % 9}," for i in range(9)),
            "1 circle of parents (parent_id): 0 → 1 → 2 → 3 → 4 → 5 → … → 0",
        ),
    ],
)
def test_circles(tmp_path: Path, pairs: str, shown: str) -> None:
    (found,) = said(tmp_path, *pairs.split())
    assert found.startswith(f"data/accounts.csv warning {shown}. ")


@pytest.mark.parametrize("pairs", ["A,, B,A, C,B, D,B,", "A,X, B,A,", "A,B, B,A,2026-01-01"])
def test_trees_strangers_and_those_who_left(tmp_path: Path, pairs: str) -> None:
    assert said(tmp_path, *pairs.split()) == []
