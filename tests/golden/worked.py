"""A published model worked through: its template with other rows in data/, or a model text, and what comes out."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace

SHIPPED = Path(__file__).parents[2] / "src" / "keepwell" / "shipped"

Rows = Sequence[Mapping[str, Any]]
Tables = Mapping[str, Rows]


@dataclass(frozen=True)
class Worked:
    """One account: its row of scores, the state, points and effective weight of its measures (by path below the
    score), the value of its groups (likewise), and its metrics."""

    row: dict[str, Any]
    states: dict[str, str]
    points: dict[str, float | None]
    weights: dict[str, float]
    groups: dict[str, float | None]
    metrics: dict[str, Any]

    @property
    def said(self) -> tuple[float | None, str | None]:
        return self.row["score"], self.row["tier"]

    def weight(self, part: str) -> float:
        """The effective weight of a measure, or of all below a group, in per cent to two decimals."""
        own = (value for path, value in self.weights.items() if f"{path}/".startswith(f"{part}/"))
        return round(100 * sum(own), 2)


def from_template(
    folder: Path, name: str, tables: Tables, model: str = "model.yaml", score: str | None = None
) -> dict[str, Worked]:
    """Account → what the template's own files make of these rows as of 2026-06-30."""
    shutil.copytree(SHIPPED / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data", "template.yaml"))
    config = folder / "keepwell.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("model: model.yaml", f"model: {model}", 1))
    return _worked(folder, tables, score)


def from_text(folder: Path, model: str, tables: Tables, score: str | None = None) -> dict[str, Worked]:
    """Account → what this model makes of these rows as of 2026-06-30."""
    folder.mkdir(exist_ok=True)
    (folder / "keepwell.yaml").write_text("workspace: golden\nas_of: 2026-06-30\n")
    (folder / "model.yaml").write_text(model, encoding="utf-8")
    return _worked(folder, tables, score)


def _worked(folder: Path, tables: Tables, score: str | None) -> dict[str, Worked]:
    (folder / "data").mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    with open_workspace(folder) as workspace:
        scores = workspace.score(name=score)
        found = {row["account_id"]: row for row in score_table(scores).to_pylist()}
        measures = measure_table(scores).to_pylist()
        groups = group_table(scores).to_pylist()
        metrics = metric_table(scores).to_pylist()
    return {id_: _one(row, *(_of(id_, each) for each in (measures, groups, metrics))) for id_, row in found.items()}


def _of(account: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["account_id"] == account]


def _one(
    row: dict[str, Any], measures: list[dict[str, Any]], groups: list[dict[str, Any]], metrics: list[dict[str, Any]]
) -> Worked:
    by_path = {item["measure"].split("/", 1)[1]: item for item in measures}
    return Worked(
        row,
        {path: item["state"] for path, item in by_path.items()},
        {path: item["points"] for path, item in by_path.items()},
        {path: item["effective_weight"] for path, item in by_path.items()},
        {item["part"].partition("/")[2]: item["value"] for item in groups},
        {item["metric"]: next((item[kind] for kind in ("number", "text", "day") if item[kind] is not None), None)
         for item in metrics},
    )  # fmt: skip
