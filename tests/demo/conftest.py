"""One demo company for all tests that only read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.demo import write_demo
from keepwell.demo.world import World, simulate

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of 300 accounts over 24 months."""
    folder = tmp_path_factory.mktemp("demo") / "lindenquay"
    write_demo(folder, accounts=300, seed=3)
    return folder


@pytest.fixture(scope="session")
def ask(demo: Path) -> Ask:
    """Runs a query in which every file of data/ and truth/ is a table: tickets, truth_latent …"""
    connection = duckdb.connect()
    for path in sorted(demo.glob("*/*.*")):
        if path.suffix in (".parquet", ".csv", ".jsonl"):
            name = path.stem if path.parent.name == "data" else f"truth_{path.stem}"
            connection.execute(f"create view \"{name}\" as select * from '{path}'")
    return lambda query: connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def world() -> World:
    """A company of the default size, without its tables."""
    return simulate(seed=1, months=24, accounts=2000)


@pytest.fixture(scope="session")
def large() -> World:
    """A company large enough for its rates to be read off."""
    return simulate(seed=2, months=24, accounts=12_000)
