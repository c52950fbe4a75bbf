"""What other warehouses would be asked: generated from the same expressions as all else, and never run by us.

A step that an engine cannot say fails here, and a change of what is computed shows as a change of these files. After
one that is meant: KEEPWELL_SNAPSHOTS=write python -m pytest tests/engines/test_sql.py
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.facts.engine import Engine
from keepwell.workspace import open_workspace

SQL = Path(__file__).parent / "sql"
MODEL = """
model: small
entities: {account: {table: accounts, key: account_id, from: started_on}}
tables:
  logins: {account: account_id, time: at, known: loaded_at}
metrics:
  users: {count_distinct: logins.user_id, over: 28 days}
  plan: {attribute: plan}
scores:
  health:
    parts:
      usage: {weight: 70, metric: users, curve: [[0, 0], [10, 100]]}
      contract: {weight: 30, metric: plan, map: [[pro, 100], [basic, 50]]}
    tiers: [{is: green, at: ">= 70"}, {is: red, at: else}]
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ibis.Table]]:
    """Every step that is computed and kept on the way to the scores of a day."""
    folder, found, keep = tmp_path_factory.mktemp("small"), [], Engine.keep
    accounts = {"account_id": ["A", "B"], "started_on": [date(2024, 1, 1)] * 2, "plan": ["pro", "basic"]}
    day = datetime(2026, 6, 1)  # noqa: DTZ001 (naive, as facts are)
    logins = {"account_id": ["A"], "user_id": ["u"], "at": [day], "loaded_at": [day]}
    (folder / "data").mkdir()
    pq.write_table(pa.table(accounts), folder / "data" / "accounts.parquet")
    pq.write_table(pa.table(logins), folder / "data" / "logins.parquet")
    (folder / "keepwell.yaml").write_text("workspace: small\nas_of: 2026-06-30\n")
    (folder / "model.yaml").write_text(MODEL)

    def kept(engine: Engine, rows: ibis.Table) -> ibis.Table:
        found.append(rows)
        return keep(engine, rows)

    with pytest.MonkeyPatch.context() as patch, open_workspace(folder) as workspace:
        patch.setattr(Engine, "keep", kept)
        workspace.score()
        yield found


@pytest.mark.parametrize("dialect", ["bigquery", "clickhouse", "databricks", "snowflake", "trino"])
def test_the_sql_of_other_warehouses_is_as_it_was(steps: list[ibis.Table], dialect: str) -> None:
    said = [f"-- step {number}\n{ibis.to_sql(step, dialect=dialect)};\n" for number, step in enumerate(steps, 1)]
    text = _named("-- generated, not run\n\n" + "\n".join(said))
    path = SQL / f"{dialect}.sql"
    if os.environ.get("KEEPWELL_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text


def _named(text: str) -> str:
    """The text with what is another each time put in order: names of tables in memory, columns that are left out."""
    names: dict[str, str] = {}
    text = re.sub(r"ibis_\w*memtable_\w+", lambda name: names.setdefault(name[0], f"memory_{len(names)}"), text)
    return re.sub(r"(EXCEPT|EXCLUDE) \(([^()]+)\)", lambda left: f"{left[1]} ({', '.join(_sorted(left[2]))})", text)


def _sorted(names: str) -> list[str]:
    return sorted(name.strip() for name in names.split(","))
