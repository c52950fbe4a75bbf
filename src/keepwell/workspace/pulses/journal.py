"""The file that keeps the answers: rows are added, never changed, and the file is replaced as a whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from keepwell.disk import alone, write_file
from keepwell.errors import FactsError, WorkspaceError
from keepwell.facts import fetch
from keepwell.facts.config import TableFile, fill
from keepwell.facts.engine import Engine
from keepwell.facts.files import ENDINGS, Folder
from keepwell.facts.reading import reading, refuse
from keepwell.model.exact import plain
from keepwell.model.pulses import pulses_table
from keepwell.model.standard import PULSES
from keepwell.model.tables import Table
from keepwell.workspace.pulses.answers import Answer
from keepwell.workspace.workspace import Workspace

PLAIN = ("source", "path")
"""What keepwell.yaml may say of `pulses` for a file that rows are added to: anything else would have to be undone."""


@dataclass(frozen=True)
class Journal:
    """The file of pulses of a workspace, and what its columns are called."""

    path: Path
    shown: str
    spec: Table

    @property
    def account(self) -> str:
        return _own_column(self.spec) or "account_id"

    @property
    def time(self) -> str:
        return self.spec.time or "answered_on"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of a row, by the names that the model gives them."""
        known = (self.spec.known,) if self.spec.known else ()
        return (self.account, "input", "word", "number", "date", "author", self.time, *known, "reason", "sheet")

    def append(self, answers: Sequence[Answer], now: datetime) -> list[Answer]:
        """Add the answers that are not there yet; returns those. Nothing is written where there are none.

        Raises FactsError for a file that cannot be added to, OutputError where the disk refuses.
        """
        with alone(self.path.parent):
            head, rows = self._read()
            there = dict(map(self._entry, rows))  # rows stand in the order in which they were added
            new = [answer for answer in answers if there.get(_key(answer)) != answer.value]
            if new:
                moment = self._after(rows, now)
                write_file(self.path, self._whole(head, [self._row(answer, moment) for answer in new]))
        return new

    def _read(self) -> tuple[Sequence[str], list[dict[str, str | None]]]:
        """The file's columns and rows as text; the columns that it will have, and no rows, where it is not there."""
        if not self.path.is_file():
            return self.columns, []
        if self.path.read_bytes().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise refuse(self.shown, "encoding", "answers are added to UTF-8 files; save it as UTF-8.")
        engine = Engine()
        try:
            found = Folder(engine, self.path.parent, self.path.parent).relation(PULSES, TableFile(path=self.path.name))
            assert found is not None  # noqa: S101 (its path is declared, so it is there or refused)
            if absent := [name for name in self.columns if name not in found.columns]:
                said = f"it has no column {' and '.join(f'‘{name}’' for name in absent)}, which answers are kept in."
                raise refuse(self.shown, "header", said)
            with reading(self.shown):
                return found.columns, fetch.rows(found.scan(found.columns))
        finally:
            engine.close()

    def _entry(self, row: Mapping[str, str | None]) -> tuple[tuple[str | None, ...], str | None]:
        """What a row answers, and the answer."""
        value = row["word"] or _number(row["number"]) or row["date"]
        return (row[self.account], row["input"], row["sheet"] or (row[self.time] or "")[:10]), value

    def _after(self, rows: Iterable[Mapping[str, str | None]], now: datetime) -> datetime:
        """Now, or just after the newest row, should a clock have been set back: the last answer entered is the one."""
        newest = now
        for row in rows:
            with suppress(ValueError, TypeError):
                newest = max(
                    newest, datetime.fromisoformat(row[self.spec.known or ""] or "") + timedelta(milliseconds=1)
                )
        return newest if newest.date() == now.date() else now

    def _row(self, answer: Answer, known: datetime) -> dict[str, str]:
        by = answer.by
        said = {"input": answer.question.key, answer.question.column: answer.value, "reason": by.reason}
        moment = {self.spec.known: known.isoformat(" ", "milliseconds")} if self.spec.known else {}
        when = {self.time: by.on.isoformat(), **moment}
        return {self.account: by.account, **said, "author": by.author, **when, "sheet": by.sheet}

    def _whole(self, head: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
        """The file as it was, byte by byte, and the new rows below."""
        old = self.path.read_bytes() if self.path.is_file() else b""
        end = "\r\n" if b"\r\n" in old else "\n"
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, head, restval="", lineterminator=end)
        if not old:
            writer.writeheader()
        writer.writerows(rows)
        gap = end if old and not old.endswith((b"\n", b"\r")) else ""
        return old + (gap + text.getvalue()).encode()


def _key(answer: Answer) -> tuple[str | None, ...]:
    """The question that it answers, in a sheet or, without one, on a day; only its newest answer there is compared."""
    by = answer.by
    return (by.account, answer.question.key, by.sheet or by.on.isoformat())


def _number(text: str | None) -> str | None:
    with suppress(InvalidOperation, TypeError, ValueError):
        return plain(Decimal(text or "none"))
    return None


def _own_column(spec: Table) -> str | None:
    """The column with the account's own key, beside those with ids of other systems."""
    return next((item.column for item in spec.ids.get("account", ()) if item.system == "account"), None)


def journal_of(workspace: Workspace) -> Journal:
    """The file that the workspace's pulses lie in. Raises WorkspaceError where they lie where no row can be added."""
    spec = workspace.loaded.model.tables.get(PULSES) or pulses_table()
    options = workspace.config.table(PULSES)
    name = options.source or workspace.config.usual_source
    source = workspace.config.sources.get(name)
    said = sorted(options.model_fields_set - set(PLAIN))
    if said:
        raise WorkspaceError(f"keepwell.yaml says `{said[0]}:` of pulses; answers are added to a plain CSV file only.")
    if source is None or source.path is None or not (folder := workspace.folder / fill(source.path)).is_dir():
        raise WorkspaceError(f"pulses lie in the source ‘{name}’, which is no folder; answers are added to CSV files.")
    path = folder / fill(options.path or f"{PULSES}.csv")
    if path.suffix.lower() != ".csv" or not path.parent.is_dir():
        raise WorkspaceError(
            f"pulses lie in {options.path}; answers are added to a CSV file in a folder that is there."
        )
    if spec.ids.get("account") and _own_column(spec) is None:
        raise WorkspaceError(
            "pulses name accounts by ids of another system; answers are added by the account's own key."
        )
    _refuse_other(folder, options, path)
    return Journal(
        path, str(path.relative_to(workspace.folder)) if path.is_relative_to(workspace.folder) else str(path), spec
    )


def _refuse_other(folder: Path, options: TableFile, path: Path) -> None:
    """Refuse a second file of the name: which of the two holds the answers would be a guess."""
    others = [folder / f"{PULSES}{ending}" for ending in ENDINGS] + [folder / PULSES]
    if not options.path and (there := [other.name for other in others if other != path and other.exists()]):
        raise FactsError(f"pulses lie in {there[0]}, and answers are added to {path.name} only; save it as that.")
