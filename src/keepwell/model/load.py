"""A model file to a Model: extends resolved, every problem a finding with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from keepwell.errors import Finding, ModelError, did_you_mean
from keepwell.model.check import check
from keepwell.model.extend import merge, with_variants
from keepwell.model.fits import with_fits
from keepwell.model.model import Model
from keepwell.model.pulses import with_pulses
from keepwell.model.sentences import relevant, sentence
from keepwell.model.standard import with_standard
from keepwell.model.version import version_of
from keepwell.model.yaml import Document, Steps, parse_document, read_document

MAX_EXTENDS = 10


@dataclass(frozen=True)
class Loaded:
    """A model that can be used. `version` is the hash of what it says; `warnings` are what `check` would print.

    fits: the name of the file, beside the model's, that its fits are kept in.
    """

    model: Model
    document: Document
    version: str
    warnings: tuple[Finding, ...]
    fits: str | None = None


def load_model(path: Path, shown: str | None = None) -> Loaded:
    """Read, resolve and check a model file. Raises ModelError with every finding if any is an error."""
    document = with_variants(_resolve(read_document(path, shown), path.parent, ()))
    return replace(_load(with_fits(document, path.parent)), fits=document.data.get("fitted"))


def load_text(text: str, name: str = "model.yaml") -> Loaded:
    """Like `load_model`, for a model that is no file; `extends` may name shipped models only."""
    return _load(with_variants(_resolve(parse_document(text, name), None, ())))


def shipped_models() -> list[str]:
    """Names of the models that come with Keepwell."""
    folder = resources.files("keepwell") / "shipped"
    return sorted(item.name for item in folder.iterdir() if (item / "model.yaml").is_file())


def _load(document: Document) -> Loaded:
    document = _without_nulls(document)
    try:
        model = Model.model_validate(document.data, context={"points": document.data.get("points") or {}})
    except ValidationError as problem:
        raise ModelError.of(sorted(set(_findings(problem, document)), key=lambda item: item.line or 0)) from None
    model = with_standard(model)
    findings = check(model, document)
    if errors := [item for item in findings if item.severity == "error"]:
        raise ModelError.of(errors + [item for item in findings if item.severity != "error"])
    return Loaded(with_pulses(model), document, version_of(document.data, None), tuple(findings))


def _resolve(document: Document, folder: Path | None, seen: tuple[str, ...]) -> Document:
    """The document with what it extends below it."""
    base_name = document.data.get("extends")
    if base_name is None:
        return document
    line = document.place(("extends",)).line
    if not isinstance(base_name, str) or base_name in seen or len(seen) >= MAX_EXTENDS:
        said = "`extends:` names one model."
        if isinstance(base_name, str):
            long = f"is the end of a chain of more than {MAX_EXTENDS} models"
            said = f"`extends: {base_name}` {'leads back to itself' if base_name in seen else long}."
        raise ModelError.of([Finding(document.file, line, "error", "extends", said)])
    base, base_folder = _base(base_name, document, folder, line)
    return merge(_resolve(base, base_folder, (*seen, base_name)), document)


def _base(name: str, document: Document, folder: Path | None, line: int) -> tuple[Document, Path | None]:
    if name.endswith((".yaml", ".yml")) and folder is not None:
        path = folder / name
        if path.is_file():
            return read_document(path, name), path.parent
    elif name in shipped_models():
        text = (resources.files("keepwell") / "shipped" / name / "model.yaml").read_text(encoding="utf-8")
        return parse_document(text, f"{name} (shipped)"), None
    near = did_you_mean(name, shipped_models())
    said = f"`extends: {name}` is neither a shipped model nor a file beside this one.{near}"
    raise ModelError.of([Finding(document.file, line, "error", "extends", said)])


def _without_nulls(document: Document) -> Document:
    for path in _nulls(document.data, ()):
        what = f"‘{path[-1]}:’" if isinstance(path[-1], str) else f"entry {path[-1] + 1} of ‘{path[-2]}’"
        place = document.place(path)
        said = f"{what} has no value; give it one or remove the line."
        if isinstance(path[-1], str) and re.search(r"[()\[\]'\"]", path[-1]):
            said = f"{what} has no value; if it is the end of an expression with a comma, write that in quotes."
        raise ModelError.of([Finding(place.file, place.line, "error", "null", said)])
    return document


def _nulls(data: Any, path: Steps) -> Iterable[Steps]:
    if data is None and path[-2:-1] not in (("between",), ("number",)):  # there it leaves a side open
        yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _nulls(value, (*path, key))


def _findings(problem: ValidationError, document: Document) -> Iterable[Finding]:
    for error in relevant(problem.errors(include_url=False)):
        path, unknown = _path(error["loc"], document)
        place = document.place(path)
        yield Finding(place.file, place.line, "error", error["type"], sentence(error, path, unknown))


def _path(loc: tuple[int | str, ...], document: Document) -> tuple[Steps, str | None]:
    """The path of the file that pydantic's location is, without tags of unions; and the name of an absent last step."""
    path: Steps = ()
    here: Any = document.data
    steps = [step for index, step in enumerate(loc) if not _is_tag(loc, index)]
    for step in steps:
        inner = here if isinstance(here, dict) else dict(enumerate(here)) if isinstance(here, list) else {}
        if step in inner:
            path, here = (*path, step), inner[step]
    return path, str(steps[-1]) if len(path) < len(steps) else None


def _is_tag(loc: tuple[int | str, ...], index: int) -> bool:
    """Whether a step names a member of a union: a metric's verb, or what kind a part is."""
    if index == 2 and loc[0] == "metrics":
        return True
    return index >= 2 and loc[index - 2] == "parts" and loc[0] == "scores" and loc[index] in ("measure", "group")
