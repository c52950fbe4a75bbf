"""A case written as a workspace folder, in whatever form, and scored through the public pipeline."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from tests.scoring.cases import Case
from tests.scoring.generated import DAY

Rows = list[dict[str, Any]]

KINDS = {
    "account_id": None, "started_on": pa.date32(), "ended_on": pa.date32(), "plan": pa.string(), "seats": pa.int64(),
    "arr": pa.decimal128(12, 2), "level": pa.float64(), "active": pa.bool_(), "user_id": pa.string(),
    "at": pa.timestamp("us"), "loaded_at": pa.timestamp("us"), "kind": pa.string(), "amount": pa.float64(),
    "units": pa.int32(), "opened_at": pa.timestamp("us"), "priority": pa.string(), "closed_at": pa.timestamp("us"),
    "csat": pa.int16(), "answered_at": pa.timestamp("us"), "imported_at": pa.timestamp("us"), "score": pa.int64(),
    "parent_id": None, "changed_on": pa.date32(), "recorded_at": pa.timestamp("us"), "joined_on": pa.date32(),
    "left_on": pa.date32(), "role": pa.string(), "skill": pa.int64(), "share": pa.float64(), "keen": pa.bool_(),
    "signed_on": pa.date32(), "ends_on": pa.date32(), "renewed": pa.bool_(), "decided_on": pa.date32(),
    "released_on": pa.timestamp("us"), "told_at": pa.timestamp("us"), "number": pa.decimal128(12, 2),
    "line": pa.string(), "system": pa.string(), "other_id": None, "since": pa.date32(),
    "learned_at": pa.timestamp("us"),
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The canonical rows of one scoring: scores, measures, groups, metrics, each sorted."""

    scores: Rows
    measures: Rows
    groups: Rows
    metrics: Rows


def scored(case: Case, folder: Path, form: str = "parquet", as_of: date = DAY) -> Result:
    """Write the case and score it. `form`: parquet, csv, or parts (folders of shuffled Parquet files)."""
    write(case, folder, form)
    with open_workspace(folder) as workspace:
        found = workspace.score(as_of, max(case.known_by, as_of))
        lines = [name for name in found.table.columns if name.startswith(("override_", "adjust_"))]
        lines = [name for name in lines if not name.endswith("_fired")]
        own = found.table.order_by("id").select("id", "base", "clamped", "rounding", *lines).to_pyarrow().to_pylist()
        scores = score_table(found).to_pylist()
        return Result(
            [row | line for row, line in zip(scores, own, strict=True)],
            measure_table(found).to_pylist(),
            group_table(found).to_pylist(),
            metric_table(found).to_pylist(),
        )


def write(case: Case, folder: Path, form: str) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "keepwell.yaml").write_text("workspace: generated\nmodel: model.yaml\nzone: Europe/Berlin\n")
    (folder / "model.yaml").write_text(case.text)
    for name, rows in case.tables.items():
        if form == "csv":
            _csv(folder / "data" / f"{name}.csv", rows)
        elif form == "parts":
            _parts(folder / "data" / name, rows)
        else:
            _parquet(folder / "data" / f"{name}.parquet", rows, list(rows[0]) if rows else [])


def _parquet(path: Path, rows: Rows, columns: Sequence[str]) -> None:
    pq.write_table(pa.table({name: _array(rows, name) for name in columns}), path)


def _array(rows: Rows, name: str) -> pa.Array:
    """A column in the type that its file has; some amounts are doubles there: 0.1 is what a double makes of it."""
    kind = KINDS[name] or _id_kind(rows)
    values = [row[name] for row in rows]
    if pa.types.is_floating(kind):
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, kind)


def _id_kind(rows: Rows) -> pa.DataType:
    return pa.int64() if any(isinstance(row["account_id"], int) for row in rows) else pa.string()


def _parts(folder: Path, rows: Rows) -> None:
    """The same rows in another order, in three files, with the columns in another order."""
    folder.mkdir()
    random = Random(len(rows))  # noqa: S311 (no secret: the same order every time)
    mixed = random.sample(rows, len(rows))
    columns = random.sample(list(rows[0]), len(rows[0])) if rows else []
    for part in range(3):
        _parquet(folder / f"part-{part}.parquet", mixed[part::3] or mixed[:0], columns)


def _csv(path: Path, rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        writer.writerows([_text(cell) for cell in row.values()] for row in rows)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return "" if value is None else str(value)


def canonical(result: Result) -> str:
    """All rows as one text, for «identical»."""
    return json.dumps([result.scores, result.measures, result.groups, result.metrics], default=str)
