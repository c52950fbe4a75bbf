"""A company's folder, wired together: its file, its model, its facts, and the scores of a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from keepwell.errors import Finding, ModelError, UsageError, WorkspaceError, did_you_mean
from keepwell.facts import Facts, open_facts
from keepwell.facts.config import zone_of
from keepwell.model import Loaded, load_model
from keepwell.model.fields import names_of
from keepwell.model.yaml import Document, read_document
from keepwell.scoring.change import Change, change
from keepwell.scoring.keep import Keep, keeper
from keepwell.scoring.metrics import Metrics, compute_metrics
from keepwell.scoring.score import Scores, score
from keepwell.workspace.config import WorkspaceConfig

FILE = "keepwell.yaml"


@dataclass(frozen=True)
class Workspace:
    """An open workspace. Nothing but the two YAML files is read before it is asked for."""

    folder: Path
    config: WorkspaceConfig
    loaded: Loaded

    @cached_property
    def facts(self) -> Facts:
        return open_facts(self.loaded.model, self.config, self.folder)

    @cached_property
    def keep(self) -> Keep:
        return keeper(self.facts.backend, self.facts.reads)

    @property
    def currency(self) -> str:
        return self.config.currency or ""

    def day(self, as_of: date | None) -> date:
        """The day to score: as asked, else the one pinned in keepwell.yaml, else today in the workspace's zone."""
        return as_of or self.config.as_of or datetime.now(zone_of(self.config.zone)).date()

    def metrics(self, as_of: date | None = None, known_by: date | None = None) -> Metrics:
        """Every metric of the day. Raises UsageError where `known_by` lies before the day, FactsError for unreadable facts."""
        day = self.day(as_of)
        if known_by is not None and known_by < day:
            raise UsageError(f"what was known by {known_by} cannot judge {day}; the later day goes with --known-by.")
        return compute_metrics(self.loaded.model, self.facts, day, known_by)

    def score(self, as_of: date | None = None, known_by: date | None = None, name: str | None = None) -> Scores:
        """The scores of the day (see `scoring.score`)."""
        metrics = self.metrics(as_of, known_by)
        with self.facts.reads():
            return score(self.loaded, metrics, self.keep, name)

    def change(self, account: str, before: Scores, after: Scores) -> Change:
        """What moved an account's score from one day to a later one."""
        earlier, later = before.metrics.moment.as_of, after.metrics.moment.as_of
        if earlier >= later:
            raise UsageError(f"--since {earlier} must lie before {later}.")
        restated = self.metrics(earlier, later)
        with self.facts.reads():
            return change(before, restated, after, account, self.keep, self.currency)

    def check(self, as_of: date | None = None) -> list[Finding]:
        """Every finding of the model and the data."""
        return [*self.loaded.warnings, *self.facts.check(self.day(as_of))]

    def close(self) -> None:
        self.facts.close()


@contextmanager
def open_workspace(folder: Path) -> Iterator[Workspace]:
    """Open a workspace folder. Raises WorkspaceError or ModelError, each with every finding."""
    config = read_config(folder)
    workspace = Workspace(folder, config, load_model(folder / config.model, config.model))
    try:
        yield workspace
    finally:
        if "facts" in vars(workspace):
            workspace.close()


def check_workspace(folder: Path, as_of: date | None = None) -> list[Finding]:
    """Every finding of a workspace, its errors included: of the file, else of the model, else of the data."""
    try:
        with open_workspace(folder) as workspace:
            return workspace.check(as_of)
    except (WorkspaceError, ModelError) as problem:
        if problem.findings:
            return list(problem.findings)
        raise


def read_config(folder: Path) -> WorkspaceConfig:
    """Read keepwell.yaml. Raises WorkspaceError."""
    if not (folder / FILE).is_file():
        raise WorkspaceError(_no_workspace(folder))
    document = read_document(folder / FILE, FILE, WorkspaceError)
    try:
        return WorkspaceConfig.model_validate(document.data)
    except ValidationError as problem:
        raise WorkspaceError.of(_findings(problem, document)) from None


def _no_workspace(folder: Path) -> str:
    if not folder.is_dir():
        return f"there is no folder {folder}. `keepwell init {folder} --template hbr` makes a workspace there."
    return f"{folder} is no workspace: it has no {FILE}. `keepwell init DIR --template hbr` makes one."


def _findings(problem: ValidationError, document: Document) -> list[Finding]:
    found = []
    for error in problem.errors(include_url=False):
        path = tuple(error["loc"])
        place = document.place(path)
        message = str(error["msg"]).removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            message = f"‘{path[-1]}’ is not a field here.{did_you_mean(str(path[-1]), names_of(WorkspaceConfig)) if len(path) == 1 else ''}"
        found.append(Finding(FILE, place.line, "error", error["type"], f"{'.'.join(map(str, path))}: {message}"))
    return found


