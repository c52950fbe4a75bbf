"""Every code that a finding can have, read from the source: where one is made, its code is a plain text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import keepwell
from keepwell.model.sentences import SHAPES

PLACE = {
    "error": 0,
    "warning": 0,
    "warn": 0,
    "note": 0,
    "wrong": 0,
    "say": 1,
    "doubt": 2,
    "refuse": 1,
    "Finding": 3,
    "PydanticCustomError": 0,
}
"""Function or method → which of its arguments is the code."""
BESIDE = {"unknown-name", "extra_forbidden", "missing", "value_error", "string_pattern_mismatch", *SHAPES}
"""Codes that are made in no such call: of names, and of shapes that pydantic refuses."""


def codes() -> dict[str, str]:
    """Code → the module that says it."""
    found = dict.fromkeys(BESIDE, "model")
    for path in sorted(path for path in Path(keepwell.__path__[0]).rglob("*.py") if path.parent.name != "cli"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= dict.fromkeys(_in(tree), path.stem)
    return found


def _in(tree: ast.AST) -> Iterator[str]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        at = PLACE.get(name, len(call.args))
        code = call.args[at] if at < len(call.args) else None
        if isinstance(code, ast.Constant) and re.fullmatch("[a-z_-]+", str(code.value)):
            yield str(code.value)
