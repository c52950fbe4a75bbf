"""The workspace file keepwell.yaml: read, with every problem a finding that names its line."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from keepwell.errors import Finding, WorkspaceError, did_you_mean
from keepwell.facts.config import SourceConfig, TableFile
from keepwell.model import Model
from keepwell.model.fields import names_of
from keepwell.model.sentences import relevant, sentence, shown
from keepwell.model.yaml import Document, Steps, read_document
from keepwell.workspace.config import DatedModel, Publish, WorkspaceConfig

FILE = "keepwell.yaml"

_INSIDE: dict[str, type[BaseModel]] = {
    "model": DatedModel,
    "publish": Publish,
    "sources": SourceConfig,
    "tables": TableFile,
}
_FORMS = {
    "currency": "is no currency; write its three capital letters, such as EUR",
    "as_of": "is not a date that exists; write it as 2026-01-31",
}
"""Fields whose form is said in words of their own."""


@dataclass(frozen=True)
class WorkspaceFile:
    """keepwell.yaml, and where in it everything stands."""

    config: WorkspaceConfig
    document: Document


def read_file(folder: Path) -> WorkspaceFile:
    """Read keepwell.yaml of a folder. Raises WorkspaceError with every finding."""
    if not (folder / FILE).is_file():
        raise WorkspaceError(_no_workspace(folder))
    document = read_document(folder / FILE, FILE, WorkspaceError)
    try:
        return WorkspaceFile(WorkspaceConfig.model_validate(document.data), document)
    except ValidationError as problem:
        errors = relevant(problem.errors(include_url=False))
        raise WorkspaceError.of([_finding(error, document) for error in errors]) from None


def model_path(folder: Path, file: WorkspaceFile, name: str) -> Path:
    """A model file that the workspace names. Raises WorkspaceError where there is none."""
    path = folder / name
    if not path.is_file():
        near = did_you_mean(name, [item.name for item in folder.glob("*.y*ml") if item.name != FILE])
        said = f"the model ‘{name}’ is not there.{near}"
        index = [item.file for item in file.config.model].index(name)
        line = file.document.place(("model", index, "file")).line
        raise WorkspaceError.of([Finding(FILE, line, "error", "no-model", said)])
    return path


def strangers(file: WorkspaceFile, model: Model, queried: Collection[str] = ()) -> list[Finding]:
    """Entries of `tables:` that neither the model nor a query (`queried`) reads: mostly a name that was mistyped."""
    known = [*model.tables, *(entity.table for entity in model.entities.values()), *queried]
    return [
        Finding(
            FILE,
            file.document.place(("tables", name)).line,
            "warning",
            "unknown-name",
            f"tables.{name}: the model has no table ‘{name}’, so nothing reads this entry.{did_you_mean(name, known)}",
        )
        for name in file.config.tables
        if name not in known
    ]


def _no_workspace(folder: Path) -> str:
    if folder.is_file():
        return f"{folder} is a file; a workspace is a folder with a {FILE} in it."
    if not folder.is_dir():
        return f"there is no folder {folder}. `keepwell init {folder} --template hbr` makes a workspace there."
    return f"{folder} is no workspace: it has no {FILE}. `keepwell init DIR --template hbr` makes one."


def _finding(error: Any, document: Document) -> Finding:
    path, absent = _path(error["loc"], document)
    said = _own(error, path) or sentence(error, path, absent)
    if not path and (named := re.match(r"(?:the model: )?([a-z]+)(?:\.(\w+))?: ", said)):
        path, said = tuple(filter(None, named.groups())), said[named.start(1) :]
    said = said.replace("the model needs", "the file needs", 1)
    return Finding(FILE, document.place(path).line, "error", error["type"], said)


def _path(loc: tuple[int | str, ...], document: Document) -> tuple[Steps, str | None]:
    """The part of pydantic's location that the file has, and the name of a last step that it has not."""
    path: Steps = ()
    for step in loc:
        if (*path, step) not in document.places:
            return path, str(step)
        path = (*path, step)
    return path, None


def _own(error: Any, path: Steps) -> str | None:
    """Sentences for what the model file does not have."""
    where = ".".join(map(str, path))
    if error["type"] == "extra_forbidden":
        kind = WorkspaceConfig if len(path) == 1 else _INSIDE.get(str(path[0]), WorkspaceConfig)
        return f"‘{path[-1]}’ is not a field here ({where}).{did_you_mean(str(path[-1]), names_of(kind))}"
    if where in _FORMS and error["type"] != "missing":
        return f"{where}: ‘{shown(error['input'])}’ {_FORMS[where]}."
    return None
