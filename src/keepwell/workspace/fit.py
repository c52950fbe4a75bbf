"""Fits of a workspace: taken as of a day, and added to the file that the model names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from keepwell.disk import write_file
from keepwell.errors import Finding, ModelError, UsageError
from keepwell.facts.moment import Moment
from keepwell.model.exact import plain
from keepwell.model.fits import FITS
from keepwell.model.fitted import relative_scales
from keepwell.model.graph import narrowed
from keepwell.scoring.fit import spreads
from keepwell.scoring.nested import metrics_of
from keepwell.workspace.file import read_file
from keepwell.workspace.workspace import Workspace, open_workspace

HEAD = """\
# Written by `keepwell fit`: where all accounts stood, for scales of percentiles and z-scores. Keep it with the model.
"""


@dataclass(frozen=True)
class Fitted:
    """What was stored: in which file, from which day on, and metric → n, mean, sd, percentiles."""

    file: Path
    from_: date
    as_of: date
    metrics: dict[str, dict[str, Any]]


def fit(folder: Path, as_of: date | None, from_: date | None, replace: bool) -> Fitted:
    """Take the distributions of a day and store them; `from_` (default: the next day) is the day they hold from.

    They are those of the model that holds from then on.

    The file is replaced whole or not at all. Raises UsageError for a `from_` that does not come later or is taken,
    ModelError where the model names no file or needs no fit, FactsError where there is too little to fit.
    """
    day = read_file(folder).config.day(as_of)
    begin = from_ or day + timedelta(days=1)
    if begin <= day:
        raise UsageError(f"--from {begin} is not after {day}; what a fit looks at lies before the scores that use it.")
    with open_workspace(folder, begin) as workspace:
        return _fit(workspace, day, begin, replace)


def _fit(workspace: Workspace, day: date, begin: date, replace: bool) -> Fitted:
    kept = [item for item in _stored(workspace) if item["from"] != begin.isoformat()]
    if len(kept) < len(_stored(workspace)) and not replace:
        raise UsageError(f"there is a fit from {begin} already; --replace puts this one in its place.")
    path = _file(workspace)
    model = workspace.loaded.model
    asked = narrowed(model, [metric for score in model.scores.values() for metric, _ in relative_scales(score)])
    metrics = metrics_of(dataclasses.replace(workspace.loaded, model=asked), workspace.facts, Moment(day, day), day)
    with workspace.facts.reads():
        found = spreads(model, metrics)
    if not found:
        raise ModelError("no scale of the model is one of `percentiles` or `zscores`, so there is nothing to fit.")
    new = {"from": begin.isoformat(), "as_of": day.isoformat(), "known_by": day.isoformat(), "metrics": found}
    lines = _lines(sorted([*kept, new], key=lambda item: item["from"]))
    write_file(path, (HEAD + "".join(line + "\n" for line in lines)).encode())
    return Fitted(path, begin, day, found)


def _stored(workspace: Workspace) -> Sequence[dict[str, Any]]:
    stored = workspace.loaded.document.data.get("fitted")
    return stored if isinstance(stored, list) else ()


def _file(workspace: Workspace) -> Path:
    """The file of fits, beside the model file that names it."""
    name = workspace.loaded.fits
    if name is None:
        file = workspace.loaded.document.file
        said = "the model names no file for fits; add `fitted: fitted.yaml` to it."
        raise ModelError.of([Finding(file, None, "error", "fitted", said)])
    return (workspace.folder / workspace.model).parent / name


def _lines(fits: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The file, every number with all of its digits."""
    yield f"{FITS}:"
    for item in fits:
        yield f"  - from: {item['from']}"
        yield from (f"    {name}: {item[name]}" for name in ("as_of", "known_by"))
        yield "    metrics:"
        for metric, spread in item["metrics"].items():
            yield f"      {metric}:"
            yield from (f"        {name}: {plain(Decimal(spread[name]))}" for name in ("n", "mean", "sd"))
            pairs = ", ".join(f"[{plain(Decimal(at))}, {plain(Decimal(value))}]" for at, value in spread["percentiles"])
            yield f"        percentiles: [{pairs}]"
