"""Ten who left: whatever the score says of them, it is too little to tell, and it is said how much is missing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from tests.cli.folder import keepwell
from tests.examples.running import Example

EXAMPLE = Example("edtech_renewals_small")


def test_ten_who_left_are_too_few_to_tell(data_folder: Path) -> None:
    assert data_folder.is_dir()
    found = json.loads(keepwell("backtest", EXAMPLE.folder, "--until", "2026-02-16", "--format", "json").out)
    assert (found["left"], found["verdict"]) == (10, {"said": "too little data", "needed": 64})
    area = found["ranking"]["auc"]
    assert [round(area[name], 2) for name in ("value", "low", "high")] == [0.36, 0.22, 0.51]
    left = sum(group["left"] for group in found["by"]["tier"])
    with duckdb.connect() as connection:
        query = f"select count(*) from '{data_folder}/edtech_renewals_small/renewals.parquet' where outcome = 'churned'"
        [(churned,)] = connection.execute(query).fetchall()
    assert (left, churned) == (19, 19)


def test_nothing_is_an_error(data_folder: Path) -> None:
    assert data_folder.is_dir()
    assert [str(item) for item in EXAMPLE.findings if item.severity == "error"] == []
