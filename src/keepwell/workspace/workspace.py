"""A company's folder, wired together: its file, its model, its facts, and the scores of a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from keepwell.errors import FactsError, Finding, KeepwellError, ModelError, UsageError, WorkspaceError
from keepwell.facts import Facts, fetch, open_facts
from keepwell.facts.absent import sentences
from keepwell.facts.config import fill
from keepwell.facts.moment import Moment
from keepwell.insight.book import rows_of
from keepwell.model import Loaded, load_model
from keepwell.model.graph import closure, table_needed, tables_read
from keepwell.model.model import Model
from keepwell.scoring.explain import Explanation, explain
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.path import Path as PathToGood
from keepwell.scoring.path import path
from keepwell.scoring.score import Scores, score
from keepwell.workspace.config import WorkspaceConfig
from keepwell.workspace.file import FILE, WorkspaceFile, model_path, read_file, strangers
from keepwell.workspace.lives import absent, doubles, nobody, of_strangers
from keepwell.workspace.misspelt import misspelt
from keepwell.workspace.rehearsal import rehearse, scales

__all__ = ["FILE", "Workspace", "check_workspace", "open_workspace"]

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Days that can be scored lie between these, so that a window never reaches beyond what a date can say."""


@dataclass(frozen=True)
class Workspace:
    """An open workspace. Nothing but the two YAML files is read before it is asked for.

    model: the name of the model file, one of those that keepwell.yaml lists.
    """

    folder: Path
    file: WorkspaceFile
    loaded: Loaded
    model: str

    @property
    def config(self) -> WorkspaceConfig:
        return self.file.config

    @cached_property
    def facts(self) -> Facts:
        return open_facts(self.loaded.model, self.config, self.folder)

    @cached_property
    def keep(self) -> Keep:
        return Keep(self.facts.compute, self.facts.reads)

    def judging(self, model: Model) -> Workspace:
        """The open facts, judged by a model that differs in its scores alone. They are closed with this workspace."""
        other = replace(self, loaded=replace(self.loaded, model=model))
        vars(other).update(facts=self.facts, keep=self.keep)
        return other

    @property
    def currency(self) -> str:
        return self.config.currency or ""

    def day(self, as_of: date | None) -> date:
        """The day to score: as asked, else the one pinned in keepwell.yaml, else today in the workspace's zone."""
        day = self.config.day(as_of)
        if not EARLIEST <= day <= LATEST:
            raise UsageError(f"{day} cannot be scored; days from {EARLIEST} to {LATEST} can.")
        return day

    def metrics(
        self, as_of: date | None = None, known_by: date | None = None, fitted_on: date | None = None
    ) -> Metrics:
        """Every metric of the day; scores among them go by the fit of `fitted_on`.

        Raises UsageError where `known_by` lies before it, FactsError for unreadable facts.
        """
        day = self.day(as_of)
        if known_by is not None and self.day(known_by) < day:
            said = f"--known-by {known_by} lies before {day}, the day to score"
            raise UsageError(f"{said}; a day can only be judged by what was known then or later.")
        return metrics_of(self.loaded, self.facts, Moment(day, known_by or day), fitted_on or day)

    def score(self, as_of: date | None = None, known_by: date | None = None, name: str | None = None) -> Scores:
        """The scores of the day (see `scoring.score`).

        Raises ModelError where a scale cannot read its metric, UsageError where another model holds on the day.
        """
        day = self.day(as_of)
        if (other := self.config.model_on(day)) != self.model:
            raise UsageError(f"{day} is scored by {other}, and this workspace was opened with {self.model}.")
        return self.judge(day, known_by, name, day)

    def judge(self, day: date, known_by: date | None, name: str | None, fitted_on: date) -> Scores:
        """The scores of a day by this model, whichever holds on it, and the fit of another."""
        metrics = self.metrics(day, known_by, fitted_on)
        with self.facts.reads():
            if unfit := list(scales(self.loaded, self.facts, metrics.kinds)):
                raise ModelError.of(unfit)
            return score(self.loaded, metrics, self.keep, name, fitted_on)

    def explain(self, scores: Scores, account: str) -> Explanation:
        """One account's score in words, given its id or name. Raises UsageError where it does not live on the day."""
        with self.facts.reads():
            if said := absent(self.facts, scores.metrics, account):
                raise UsageError(said)
            return explain(scores, account, self.currency)

    def path(self, scores: Scores, account: str) -> PathToGood | None:
        """The fewest measures that lift an account, given its id, over the next line. None without tiers."""
        with self.facts.reads():
            return path(scores, account, self.keep, self.currency)

    def notices(self, scores: Scores) -> list[str]:
        """What whoever reads these scores should know beside them, as sentences.

        What is not there, what else was left out.
        """
        model = self.loaded.model
        read = tables_read(model)
        absent = [table for table in self.facts.needs if table in read and not self.facts.has(table)]
        said = [f"{source}: {sentence}" for source, sentence in sentences(self.facts, absent)]
        with self.facts.reads():
            silent = {path: item for path, item in scores.not_connected() if not table_needed(model, item, absent)}
            said += [f"not connected, left out for all: {', '.join(silent)}"] if silent else []
            feeds = dict.fromkeys(model.metrics[name].source or "" for name in sorted(closure(model, silent.values())))
            present = [table for table in feeds if table in model.tables and self.facts.has(table)]
            found = (of_strangers(self.facts, table, scores.metrics.moment) for table in present)
            said += [sentence for sentence in found if sentence]
            if twice := doubles(self.facts):
                said.append(twice)
            if not fetch.rows(scores.metrics.accounts.select("id").limit(1)):
                said.append(nobody(self.facts, scores.metrics.moment.as_of))
        return said

    def check(self, as_of: date | None = None) -> list[Finding]:
        """Every finding of the workspace file, the model and the data."""
        day = self.day(as_of)
        found = [*self._other_models(), *self.loaded.warnings]
        found += strangers(self.file, self.loaded.model, self.facts.queried)
        if closed := self._closed_sources():
            return [*found, *closed]
        found += self.facts.check(day)
        table = self.loaded.model.entities["account"].table
        if any(item.severity == "error" for item in found):
            return found
        found += self._book(day)
        found += misspelt(self.loaded, self.facts)
        found += rehearse(self.loaded, self.facts, self.keep, day)
        with self.facts.reads():
            if not fetch.rows(self.facts.entity("account", Moment(day, day)).select("@id").limit(1)):
                found.append(Finding(table, None, "warning", "nobody", nobody(self.facts, day)))
        return found

    def _book(self, day: date) -> Iterator[Finding]:
        """A finding where the book cannot be read."""
        book, document = self.loaded.model.book, self.loaded.document
        if book is not None and self.facts.has(book.table):
            try:
                rows_of(self.facts, book, Moment(day, day))
            except ModelError as problem:
                place = document.place(("book",))
                yield Finding(place.file, place.line, "error", "book", problem.message)

    def _other_models(self) -> Iterator[Finding]:
        """Findings of the models that hold on other days."""
        for item in self.config.model:
            if item.file != self.model:
                try:
                    path = model_path(self.folder, self.file, item.file)
                    yield from load_model(path, item.file).warnings
                except (ModelError, WorkspaceError) as problem:
                    yield from problem.findings

    def _closed_sources(self) -> list[Finding]:
        """A finding for each source that cannot be opened: said once, and not for every table that lies in it."""
        found = []
        used = [self.config.table(table).source or self.config.usual_source for table in self.facts.needs]
        for name in [name for name in self.config.sources if name in used]:
            try:
                self.facts.source(name).names()
            except KeepwellError as problem:
                line = self.file.document.place(("sources", name)).line
                found += list(problem.findings) or [Finding(FILE, line, "error", "source", problem.message)]
        return found

    def own(self, path: Path) -> bool:
        """Whether a path is one that the workspace reads: its two files, and what lies in its sources."""
        wanted = path.resolve()
        places = [self.folder / FILE, *(self.folder / item.file for item in self.config.model)]
        if wanted.suffix in (".yaml", ".yml", ".sql") and wanted.is_file() and self.folder.resolve() in wanted.parents:
            return True  # what models extend, what they were fitted to, queries: a result is none of these
        places += [self.folder / fill(source.path) for source in self.config.sources.values() if source.path]
        return any(wanted == place.resolve() or place.resolve() in wanted.parents for place in places)

    def close(self) -> None:
        self.facts.close()


@contextmanager
def open_workspace(folder: Path | str, as_of: date | None = None) -> Iterator[Workspace]:
    """Open a workspace folder with the model that holds on a day (default: the day that it scores by itself).

    Raises WorkspaceError or ModelError, each with every finding.
    """
    folder = Path(folder)
    file = read_file(folder)
    name = file.config.model_on(file.config.day(as_of))
    with with_model(folder, file, model_path(folder, file, name), name) as workspace:
        yield workspace


@contextmanager
def on_model_of(workspace: Workspace, day: date) -> Iterator[Workspace]:
    """The workspace with the model that holds on a day: itself, where that is its own. Raises what opening one does."""
    if workspace.config.model_on(day) == workspace.model:
        yield workspace
    else:
        with open_workspace(workspace.folder, day) as opened:
            yield opened


@contextmanager
def with_model(folder: Path, file: WorkspaceFile, path: Path, name: str) -> Iterator[Workspace]:
    """A workspace folder with the model file at this path, called by this name. Raises ModelError."""
    workspace = Workspace(folder, file, load_model(path, name), name)
    try:
        yield workspace
    finally:
        if "facts" in vars(workspace):
            workspace.close()


def check_workspace(folder: Path | str, as_of: date | None = None) -> list[Finding]:
    """Every finding of a workspace, its errors included: of the file, else of the model, else of the data."""
    try:
        with open_workspace(folder, as_of) as workspace:
            return workspace.check(as_of)
    except (WorkspaceError, ModelError, FactsError) as problem:
        if problem.findings:
            return list(problem.findings)
        raise
