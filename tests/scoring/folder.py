"""A workspace of a few rows, written for one test module, and what the pipeline makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NO_TREE = """
scores:
  any:
    parts: {tenure: {metric: tenure_days, bands: [[else, 50]]}}
"""
"""A score, where a test is about metrics only."""


def written(folder: Path, model: str, tables: Mapping[str, str]) -> Path:
    """The folder as a workspace with this model and these tables, as CSV text."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "keepwell.yaml").write_text("workspace: small\nas_of: 2026-06-30\ncurrency: EUR\n", encoding="utf-8")
    (folder / "model.yaml").write_text(model, encoding="utf-8")
    for name, text in tables.items():
        (folder / "data" / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return folder
