"""A workspace's tables put on another engine, and the same workspace reading and computing there."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from keepwell.facts import Facts, fetch
from keepwell.workspace import open_workspace
from tests.engines.postgres import filled


def on_postgres(folder: Path, target: Path, url: str) -> Path:
    """A copy of the workspace in which an empty database at this url holds the tables, typed, and computes."""
    tables = typed(folder)
    filled(url, tables)
    return _copied(folder, target, {"url": url}, {name: {"table": name} for name in tables})


def on_spark(folder: Path, target: Path) -> Path:
    """The same with a Spark that reads the tables as Parquet files, which lie beside."""
    lake = target / "lake"
    lake.mkdir(parents=True)
    for name, rows in typed(folder).items():
        pq.write_table(rows, lake / f"{name}.parquet")
    return _copied(folder, target, {"spark": "local[2]", "path": "lake"}, {})


def _copied(folder: Path, target: Path, source: dict[str, str], tables: dict[str, dict[str, str]]) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.yaml"):
        (target / path.name).write_bytes(path.read_bytes())
    document = YAML().load(target / "keepwell.yaml")
    document["sources"], document["compute"], document["tables"] = {"warehouse": source}, "warehouse", tables
    YAML().dump(document, target / "keepwell.yaml")
    return target


def typed(folder: Path) -> dict[str, pa.Table]:
    """Every table that the model reads: a Parquet file as it is, of other files what is needed, in its types."""
    with open_workspace(folder) as workspace:
        names = [name for name in workspace.facts.needs if workspace.facts.has(name)]
        return {name: _rows(workspace.facts, name, folder / "data" / f"{name}.parquet") for name in names}


def _rows(facts: Facts, name: str, path: Path) -> pa.Table:
    return pq.read_table(path) if path.is_file() else fetch.arrow(facts.intake(name).rows)
