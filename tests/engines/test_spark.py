"""Spark as the engine: what it reads, and what it says of values that are no facts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.errors import FactsError, WorkspaceError
from keepwell.facts.fingerprint import fingerprints
from keepwell.scoring.tables import metric_table
from keepwell.workspace import open_workspace
from tests.scoring.folder import NO_TREE

MODEL = """
model: small
entities: {account: {table: accounts, key: account_id}}
tables:
  orders: {account: account_id, time: at}
  visits: {account: account_id, time: at}
  calls: {account: account_id, time: at}
metrics:
  orders_1d: {count: orders, over: 1 day}
  spent: {sum: orders.amount, over: 28 days}
  visits_1d: {count: visits, over: 1 day}
  calls_28d: {count: calls, over: 28 days}
"""
WORKSPACE = """
workspace: small
zone: Europe/Berlin
as_of: 2026-06-30
compute: lake
sources: {data: data, lake: {spark: "local[2]", path: lake}}
tables:
  accounts: {source: lake}
  orders: {source: lake}
  visits: {source: lake, path: seen/visits}
"""
LATE = datetime(2026, 6, 30, 22, 30)  # noqa: DTZ001 (Parquet says whether it is a moment)
"""Half past ten; as a moment of UTC it is half past midnight in Berlin, and the next day."""

pytestmark = pytest.mark.usefixtures("spark_session")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calls.csv").write_text("account_id,at\n1,2026-06-30 10:00\n1,2026-06-29\n2,2026-01-01\n")
    (tmp_path / "keepwell.yaml").write_text(WORKSPACE)
    (tmp_path / "model.yaml").write_text(MODEL + NO_TREE)
    written(tmp_path / "lake" / "accounts.parquet", pa.table({"account_id": [1, 2]}))
    orders(tmp_path, [0.1, 0.2])
    visits = pa.table({"account_id": [1], "at": pa.array([LATE], pa.timestamp("us"))})
    written(tmp_path / "lake" / "seen" / "visits" / "part-0.parquet", visits)
    return tmp_path


def orders(folder: Path, amounts: list[float] | list[str]) -> None:
    times = pa.array([datetime(2026, 6, 30, 9), LATE], pa.timestamp("us", "UTC"))  # noqa: DTZ001
    written(folder / "lake" / "orders.parquet", pa.table({"account_id": [1, 1], "at": times, "amount": amounts}))


def written(path: Path, rows: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)


def numbers(folder: Path) -> dict[tuple[str, str], float | None]:
    with open_workspace(folder) as workspace:
        return {
            (row["metric"], row["account_id"]): row["number"] for row in metric_table(workspace.score()).to_pylist()
        }


def test_moments_are_turned_into_the_zone_and_naive_times_are_as_written(folder: Path) -> None:
    """Tables of another source are brought."""
    found = numbers(folder)
    assert (found["orders_1d", "1"], found["spent", "1"], found["visits_1d", "1"]) == (1, 0.1, 1)
    assert (found["calls_28d", "1"], found["calls_28d", "2"]) == (2, 0)


def test_numbers_that_are_no_facts(folder: Path) -> None:
    orders(folder, [float("nan"), 1e30])
    with (
        open_workspace(folder) as workspace,
        pytest.raises(FactsError, match=r"‘amount’.*‘NaN’ is not a number") as refused,
    ):
        workspace.score()
    assert "\n" not in str(refused.value)
    text = WORKSPACE.replace("orders: {source: lake}", "orders: {source: lake, unreadable: missing}")
    (folder / "keepwell.yaml").write_text(text)
    assert numbers(folder)["spent", "1"] == 0


def test_text_that_the_model_reads_as_a_number(folder: Path) -> None:
    orders(folder, ["1", "2"])
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match=r"‘amount’ is text, and .*cast it"):
        workspace.score()


def test_a_table_that_is_not_there(folder: Path) -> None:
    (folder / "keepwell.yaml").write_text(WORKSPACE.replace("seen/visits", "seen/visit"))
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match="names the table ‘seen/visit’"):
        workspace.score()


def test_a_query_file(folder: Path) -> None:
    (folder / "recent.sql").write_text("SELECT account_id, at, amount FROM orders")
    text = WORKSPACE.replace("orders: {source: lake}", "orders: {source: lake, query: recent.sql}")
    (folder / "keepwell.yaml").write_text(text)
    with open_workspace(folder) as workspace, pytest.raises(FactsError, match="Spark runs no query files"):
        workspace.score()


@pytest.mark.parametrize(
    ("said", "instead", "message"),
    [
        ("compute: lake\n", "", "a Spark is read where it computes; say `compute: lake`"),
        ("local[2]", "locla[2]", "is no master of a Spark; write local"),
    ],
)
def test_a_spark_that_cannot_compute(folder: Path, said: str, instead: str, message: str) -> None:
    (folder / "keepwell.yaml").write_text(WORKSPACE.replace(said, instead))
    with pytest.raises(WorkspaceError, match=message):
        numbers(folder)


def test_a_lake_that_is_not_there(folder: Path) -> None:
    (folder / "keepwell.yaml").write_text(WORKSPACE.replace("path: lake", "path: pond"))
    with (
        open_workspace(folder) as workspace,
        pytest.raises(FactsError, match="names pond, and there is no"),
    ):
        workspace.score()


def test_of_an_hour_that_comes_twice_the_later_is_meant(tmp_path: Path) -> None:
    """Half past one of 2 November is half an hour past midnight in Denver, if it is the second in New York."""
    at = datetime(2025, 11, 2, 1, 30)  # noqa: DTZ001 (a time of the table's zone)
    visits = pa.table({"account_id": [1, 1], "at": pa.array([at, datetime(2025, 11, 2, 0, 30)], pa.timestamp("us"))})  # noqa: DTZ001
    written(tmp_path / "lake" / "accounts.parquet", pa.table({"account_id": [1]}))
    written(tmp_path / "lake" / "visits.parquet", visits)
    model = "\n".join(line for line in MODEL.splitlines() if "orders" not in line and "calls" not in line) + "\n"
    (tmp_path / "model.yaml").write_text(model + NO_TREE)
    own = "workspace: small\nzone: America/Denver\nas_of: 2025-11-02\n"
    tables = "tables: {accounts: {source: lake}, visits: {source: lake, zone: America/New_York}}\n"
    found = []
    for source in ("compute: lake\nsources: {lake: {spark: 'local[2]', path: lake}}\n", "sources: {lake: lake}\n"):
        (tmp_path / "keepwell.yaml").write_text(own + source + tables)
        found.append(numbers(tmp_path))
    assert found[0] == found[1]
    assert found[0]["visits_1d", "1"] == 1


def test_a_value_that_moves_to_another_column_is_noticed(folder: Path) -> None:
    def hashed(account: list[int | None], amount: list[float | None]) -> object:
        times = pa.array([LATE], pa.timestamp("us", "UTC"))
        columns = {"account_id": pa.array(account, pa.int64()), "at": times, "amount": pa.array(amount, pa.float64())}
        written(folder / "lake" / "orders.parquet", pa.table(columns))
        with open_workspace(folder) as workspace:
            found = fingerprints(workspace.facts).to_pylist()
        return [row["hash"] for row in found if row["table"] == "orders"]

    assert hashed([7], [None]) != hashed([None], [7.0])
    assert hashed([7], [None]) == hashed([7], [None])
