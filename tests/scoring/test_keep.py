"""What is made once, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import ibis
import pyarrow as pa
import pytest

from keepwell.facts import fetch
from keepwell.facts.engine import Engine
from keepwell.scoring.keep import Keep

ONE = ibis.memtable(pa.table({"a": [1]}))


@pytest.fixture
def keep() -> Iterator[Keep]:
    engine = Engine()
    yield Keep(engine)
    engine.close()


def test_once_is_once_for_all_that_are_apart_below_one_that_shares(keep: Keep) -> None:
    makers: list[Keep] = []
    with keep.apart(shares=True) as shared:
        for _ in range(2):
            with shared.apart() as part, part.apart() as within:
                within.once("x", makers.append)
        assert makers == [shared]


def test_without_one_that_shares_each_makes_its_own(keep: Keep) -> None:
    makers: list[Keep] = []
    for _ in range(2):
        with keep.apart() as part:
            part.once("x", makers.append)
            part.once("x", makers.append)
    assert len(makers) == 2


def test_what_was_made_once_stays_until_the_end_of_the_block(keep: Keep) -> None:
    with keep.apart(shares=True) as shared:
        with shared.apart() as part:
            table = part.once("x", lambda by: by(ONE))
        assert fetch.rows(table) == [{"a": 1}]
    with pytest.raises(duckdb.CatalogException):
        fetch.rows(table)
