"""Who moved between two tables of scores."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from keepwell.results.moves import COLUMNS, Migration, Mover, moves


def table(*rows: tuple[Any, ...]) -> pa.Table:
    kinds = [pa.string(), pa.string(), pa.float64(), pa.float64(), pa.string()]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return pa.table({name: pa.array(c, k) for name, c, k in zip(COLUMNS, columns, kinds, strict=True)})


def test_tiers_that_were_left_and_come_to_with_their_worth() -> None:
    before = table(
        ("a", "Alder", 100.0, 80.0, "great"), ("b", "Birch", 50.0, 60.0, "good"), ("c", "Cedar", None, 60.0, "good"),
        ("d", "Dogwood", 10.0, 20.0, "at_risk"), ("e", "Elm", 7.0, 90.0, "great"), ("f", "Fir", 1.0, None, None),
    )  # fmt: skip
    after = table(
        ("a", "Alder", 120.0, 60.0, "good"), ("b", "Birch", 50.0, 40.0, "at_risk"),
        ("c", "Cedar", None, 40.0, "at_risk"),
        ("d", "Dogwood", 10.0, 25.0, "at_risk"), ("g", "Gorse", 3.0, 70.0, "great"), ("f", "Fir", 1.0, None, None),
    )  # fmt: skip
    found = moves(before, after)
    assert found.accounts == 6
    assert found.migrations == [
        Migration("great", "good", 1, 120.0),
        Migration("good", "at_risk", 2, 50.0),
        Migration("great", None, 1, 7.0),
        Migration(None, "great", 1, 3.0),
    ]
    assert [mover.account_id for mover in found.movers] == ["a", "b", "c", "d", "e", "g"]
    assert found.movers[3] == Mover("d", "Dogwood", 10.0, "at_risk", "at_risk", 20.0, 25.0)


def test_nothing_moved() -> None:
    rows = table(("a", "Alder", 100.0, 80.0, "great"))
    assert not moves(rows, rows).movers
    assert not moves(table(), table()).migrations
