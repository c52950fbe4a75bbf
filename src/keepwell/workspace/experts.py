"""Weights that several people gave the parts of a score, out of one sheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from keepwell.errors import UsageError, did_you_mean

PART = "part"
MOST = 1_000_000
"""A sheet is no larger than so many characters."""


def experts(path: Path, parts: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Part → the weight of each expert, in the order of the columns.

    The sheet has a column `part` (a part's path, or its name where no other has the same) and a column per expert, with
    numbers that are theirs to scale: points, percents or stars. Raises UsageError with the line for all else, and where
    a part has no row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file.read(MOST).splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        said = problem.strerror if isinstance(problem, OSError) and problem.strerror else "this is no text in UTF-8"
        raise UsageError(f"--experts {path}: {said}.") from None
    names = [name.strip() for name in rows[0]] if rows else []
    if PART not in names or len(names) < 2:
        raise UsageError(
            f"{path.name}:1: the sheet needs a column `part` and one per expert, such as part,sales,service."
        )
    if doubled := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"{path.name}:1: the column ‘{doubled[0]}’ stands there twice.")
    known = _names(parts)
    found: dict[str, tuple[float, ...]] = {}
    for line, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            part, weights = _row(f"{path.name}:{line}", names, row, known)
            if part in found:
                raise UsageError(f"{path.name}:{line}: ‘{part}’ has a row already.")
            found[part] = weights
    if missing := [part for part in parts if part not in found]:
        raise UsageError(f"{path.name}: no row gives ‘{missing[0]}’ a weight; every part that is weighed needs one.")
    for index, name in enumerate(name for name in names if name != PART):
        if not sum(weights[index] for weights in found.values()):
            raise UsageError(f"{path.name}: ‘{name}’ gives no part any weight.")
    return found


def _names(parts: Sequence[str]) -> dict[str, str]:
    """What a part may be called → its path."""
    last = [part.rpartition("/")[2] for part in parts]
    own = {name: part for name, part in zip(last, parts, strict=True) if last.count(name) == 1}
    return own | {part: part for part in parts}


def _row(place: str, names: list[str], row: list[str], known: dict[str, str]) -> tuple[str, tuple[float, ...]]:
    if len(row) != len(names):
        raise UsageError(f"{place}: {len(row)} cells where the first line has {len(names)}.")
    cells = dict(zip(names, (cell.strip() for cell in row), strict=True))
    part = cells.pop(PART)
    if part not in known:
        raise UsageError(f"{place}: the score has no part ‘{part}’ that is weighed.{did_you_mean(part, known)}")
    return known[part], tuple(_weight(place, name, cell) for name, cell in cells.items())


def _weight(place: str, name: str, cell: str) -> float:
    try:
        found = float(cell.removesuffix("%"))
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise UsageError(f"{place}: {name} gives ‘{cell}’, and a weight is a number from 0 up.")
    return found
