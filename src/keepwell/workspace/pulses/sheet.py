"""The sheet of questions: one row per account, and for each question what is known now and a cell to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch, open_facts
from keepwell.facts.config import zone_of
from keepwell.facts.moment import Moment
from keepwell.model.exact import plain
from keepwell.model.metrics import Attribute, Metric
from keepwell.model.pulses import Question, last_answer, questions, with_table
from keepwell.model.standard import PULSES
from keepwell.scoring.metrics import compute_metrics
from keepwell.workspace.workspace import Workspace

Value = str | Decimal | date
WHO = ("account_id", "name", "owner")
"""The first columns of a sheet: whom a row is about."""
ANSWERED, REASON, SHEET = TAIL = ("answered_on", "reason", "sheet")
"""Its last ones: the day of the answers (empty: that of the import), why, and which sheet this is."""
NOW, ON = " now", " on"
"""After a question's key: the answer that counts now, and the day of the newest one."""


@dataclass(frozen=True)
class Known:
    """What is known of a question: the answer, None if none counts any more, and the day of the newest one."""

    value: Value | None
    on: date | None


@dataclass(frozen=True)
class Row:
    """One account and what is known of it, by the keys of the questions."""

    account: str
    name: str | None
    owner: str | None
    known: Mapping[str, Known]


@dataclass(frozen=True)
class Sheet:
    """What is exported. `name` tells one export from another, so that no answer is taken from it twice."""

    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    name: str

    @property
    def head(self) -> list[str]:
        """The names of its columns."""
        asked = [name for question in self.questions for name in columns_of(question.key)]
        return [*WHO, *asked, *TAIL]

    @property
    def answered(self) -> int:
        """How many answers count now."""
        return sum(known.value is not None for row in self.rows for known in row.known.values())

    def cells(self, row: Row) -> list[Value | None]:
        """One row under `head`; texts as they are, the cells to fill in empty."""
        known = [row.known[question.key] for question in self.questions]
        asked = [cell for item in known for cell in (item.value, item.on, None)]
        return [row.account, row.name, row.owner, *asked, None, None, self.name]


def columns_of(key: str) -> tuple[str, str, str]:
    """The columns of a question: what is known, since when, and the cell to fill in."""
    return key + NOW, key + ON, key


def asked_of(workspace: Workspace) -> tuple[Question, ...]:
    """The questions of the workspace's model. Raises UsageError where it has none."""
    found = tuple(questions(workspace.loaded.model))
    if not found:
        said = "asks people nothing; it needs `inputs:`, such as {commitment: {choice: [renews, doubts]}}"
        raise UsageError(f"{workspace.config.model} {said}.")
    return found


def sheet_of(workspace: Workspace, owner: str | None = None) -> Sheet:
    """The sheet of today: accounts that live, or those of one owner. Raises UsageError for an unknown owner."""
    asked, day = asked_of(workspace), workspace.day(None)
    rows = _rows(workspace, asked, day)
    if owner is not None:
        names = {row.owner for row in rows if row.owner}
        rows = [row for row in rows if row.owner == owner]
        if not rows:
            raise UsageError(f"--owner: nobody named ‘{owner}’ looks after an account.{did_you_mean(owner, names)}")
    return Sheet(asked, tuple(rows), f"pulse-{clock(workspace):%Y-%m-%d-%H%M%S}")


def clock(workspace: Workspace) -> datetime:
    """Now in the workspace's zone; where keepwell.yaml pins a day, this time on that day, so that samples can be tried.

    The cost: in such a workspace an answer counts as known on the pinned day, whenever it was really entered.
    """
    now = datetime.now(zone_of(workspace.config.zone)).replace(tzinfo=None)
    return datetime.combine(workspace.day(None), now.time())


def _rows(workspace: Workspace, asked: tuple[Question, ...], day: date) -> list[Row]:
    """What the score itself would read today: the newest valid answer, and when there was one at all."""
    own = workspace.loaded.model
    metrics: dict[str, Any] = {f"now_{index}": last_answer(question) for index, question in enumerate(asked)}
    metrics |= {f"ever_{index}": last_answer(question, valid=False) for index, question in enumerate(asked)}
    metrics |= {name: metric for name, metric in own.metrics.items() if _of_accounts(metric)}
    level = own.entities["account"].model_copy(update={"value": None})
    tables = {name: table for name, table in with_table(own).items() if name in (PULSES, level.table)}
    nothing: dict[str, Any] = {"scores": {}, "outcomes": {}, "flags": {}, "peers": None}
    model = own.model_copy(update={"metrics": metrics, "tables": tables, "entities": {"account": level}, **nothing})
    facts = open_facts(model, workspace.config, workspace.folder)
    try:
        found = compute_metrics(model, facts, Moment(day, day))
        with facts.reads():
            values = {(row["id"], row["metric"]): row for row in fetch.rows(found.rows)}
            accounts = fetch.rows(found.accounts.select("id", "name", "owner").order_by("id"))
    finally:
        facts.close()
    return [_row(one, asked, values) for one in accounts]


def _of_accounts(metric: Metric) -> bool:
    """Whether `connected_if` could ask for it."""
    return isinstance(metric, Attribute) and metric.for_ == "account"


def _row(account: Mapping[str, Any], asked: tuple[Question, ...], values: Mapping[tuple[str, str], Any]) -> Row:
    known = {}
    for index, question in enumerate(asked):
        ever = values[account["id"], f"ever_{index}"]
        value = _value(values[account["id"], f"now_{index}"], question.column)
        known[question.key] = Known(value, ever["at"].date() if ever["at"] is not None else None)
    return Row(account["id"], account["name"], account["owner"], known)


def _value(found: Mapping[str, Any], column: str) -> Value | None:
    if column == "word":
        return found["text"]  # type: ignore[no-any-return]
    if column == "date":
        return found["day"]  # type: ignore[no-any-return]
    return None if found["number"] is None else Decimal(plain(Decimal(repr(found["number"]))))
