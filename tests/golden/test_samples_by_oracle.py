"""Every number of the samples a second time: read with the csv module, computed by the oracle, without a database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from keepwell.model import Table
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.templates import write_template
from tests.oracle import score_accounts
from tests.oracle.numbers import Given
from tests.scoring.compare import differences
from tests.scoring.workspaces import Result

DAY = date(2026, 6, 30)
NAMES = ["b2b-commerce", "early-warning", "professional-services", "three-point", "usage-first"]


def rows_of(path: Path, table: Table | None) -> Iterator[dict[str, Given]]:
    """The rows of a sample: days, numbers, text; yes and no only where the model says that a column holds them."""
    yes_no = {name for name, column in table.columns.items() if column.kind == "yes_no"} if table else set()
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {name: text == "yes" if name in yes_no and text else cell(text) for name, text in row.items()}


def cell(text: str) -> Given:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_scores_as_the_oracle_says(name: str, tmp_path: Path) -> None:
    write_template(name, tmp_path)
    with open_workspace(tmp_path) as workspace:
        model, found = workspace.loaded.model, workspace.score()
        own = found.table.order_by("id").select("id", "base", "clamped", "rounding").to_pyarrow().to_pylist()
        scores = [row | line for row, line in zip(score_table(found).to_pylist(), own, strict=True)]
        rest = (make(found).to_pylist() for make in (measure_table, group_table, metric_table))
        result = Result(scores, *rest)
    files = sorted((tmp_path / "data").glob("*.csv"))
    tables = {path.stem: list(rows_of(path, model.tables.get(path.stem))) for path in files}
    compared = differences(model, result, score_accounts(model, tables, DAY))
    assert compared.differences == []
    assert len(compared.near) <= 0.2 * len(scores), "accounts too near a tie to be compared"
