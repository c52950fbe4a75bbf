"""Keepwell: customer health you can prove.

    from keepwell import open_workspace, score_table

    with open_workspace("acme") as workspace:
        table = score_table(workspace.score())     # an Arrow table

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keepwell.errors import FactsError, Finding, KeepwellError, ModelError, OutputError, UsageError, WorkspaceError
    from keepwell.model import load_model, load_text, model_schema
    from keepwell.scoring.explain import explain
    from keepwell.scoring.tables import measure_table, score_table
    from keepwell.workspace import check_workspace, open_workspace

_HOMES = {
    "keepwell.errors": (
        *("KeepwellError", "UsageError", "WorkspaceError", "ModelError", "FactsError", "OutputError", "Finding"),
    ),
    "keepwell.model": ("load_model", "load_text", "model_schema"),
    "keepwell.scoring.explain": ("explain",),
    "keepwell.scoring.tables": ("measure_table", "score_table"),
    "keepwell.workspace": ("check_workspace", "open_workspace"),
}

__all__ = [
    "FactsError",
    "Finding",
    "KeepwellError",
    "ModelError",
    "OutputError",
    "UsageError",
    "WorkspaceError",
    "check_workspace",
    "explain",
    "load_model",
    "load_text",
    "measure_table",
    "model_schema",
    "open_workspace",
    "score_table",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'keepwell' has no attribute {name!r}")
