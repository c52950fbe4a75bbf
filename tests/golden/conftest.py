"""Golden numbers: facts written as CSV, a shipped model, the whole pipeline, one row per account."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keepwell.facts import open_facts
from keepwell.facts.config import FactsConfig
from keepwell.facts.moment import Moment
from keepwell.model import load_model
from keepwell.scoring.keep import Keep
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.score import score

DAY = date(2026, 6, 30)

Tables = Mapping[str, Sequence[Mapping[str, object]]]
Scored = Callable[[Path, Tables], dict[str, dict[str, Any]]]


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    """(model file, table → rows) → account → its row of scores as of 2026-06-30."""

    def run(model_file: Path, tables: Tables) -> dict[str, dict[str, Any]]:
        for name, rows in tables.items():
            _write(tmp_path / "data" / f"{name}.csv", rows)
        loaded = load_model(model_file)
        facts = open_facts(loaded.model, FactsConfig(), tmp_path)
        found = score(loaded, metrics_of(loaded, facts, Moment(DAY, DAY), DAY), Keep(facts.compute, facts.reads))
        rows = found.table.to_pyarrow().to_pylist()
        facts.close()
        return {row["id"]: row for row in rows}

    return run


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
