"""Entities and tables: levels that exist, columns that are said once, times where times are needed."""

from __future__ import annotations

from collections.abc import Iterable

from keepwell.model.book import Book
from keepwell.model.check.report import Report
from keepwell.model.metrics import CHILDREN
from keepwell.model.model import Model
from keepwell.model.score import Outcome
from keepwell.model.standard import standard_tables
from keepwell.model.tables import IdColumn, Ids, Table
from keepwell.model.yaml import Steps


def check_tables(model: Model, report: Report) -> None:
    """Check `entities:`, `tables:`, `outcomes:`, `evidence:` and `book:`."""
    _entities(model, report)
    for name, table in model.tables.items():
        _table(model, report, name, table)
        _columns(report, name, table)
    for name, outcome in model.outcomes.items():
        _outcome(model, report, name, outcome)
    if model.book is not None:
        _book(model, report, model.book)
    _evidence(model, report)


def _evidence(model: Model, report: Report) -> None:
    known = [name for name, metric in model.metrics.items() if metric.for_ == "account"]
    for name in model.evidence.metrics:
        if name not in known:
            report.unknown("metric of accounts", name, known, _named(model, name))
    for place, name in enumerate(model.evidence.ends):
        if name not in model.outcomes:
            report.unknown("outcome", name, model.outcomes, ("evidence", "ends", place))
    if model.evidence.company is not None and model.entities["account"].from_ is None:
        said = "which account is the newer one of a company is told by `from` of the accounts, and they have none."
        report.error("no-time", ("evidence", "company"), said)
    table = model.evidence.interventions
    if table is not None and table not in model.tables:
        report.unknown("table", table, model.tables, ("evidence", "interventions"))
    elif table is not None and (model.tables[table].time is None or "account" not in model.tables[table].ids):
        said = f"what was done is told by `time` and `account` of its rows, and the table ‘{table}’ lacks one of them."
        report.error("no-time", ("evidence", "interventions"), said)


def _named(model: Model, name: str) -> Steps:
    """The place of `evidence` that names this metric first."""
    own = model.evidence
    if name == own.renewal:
        return "evidence", "renewal"
    field, names = ("baselines", own.baselines) if name in own.baselines else ("segments", own.segments)
    return "evidence", field, names.index(name)


def _outcome(model: Model, report: Report, name: str, outcome: Outcome) -> None:
    here: Steps = ("outcomes", name)
    if outcome.source is not None and outcome.source not in model.tables:
        report.unknown("table", outcome.source, model.tables, (*here, "table" if outcome.table else "silent"))
    elif outcome.silent and model.tables[outcome.silent].time is None:
        said = f"silence is told by the time of rows, and the table ‘{outcome.silent}’ has no `time`."
        report.error("no-time", (*here, "silent"), said)
    elif outcome.book and model.book is None:
        report.error("unknown", (*here, "book"), "the model has no `book` that says which rows are revenue.")


def _book(model: Model, report: Report, book: Book) -> None:
    table = model.tables.get(book.table)
    if table is None:
        report.unknown("table", book.table, model.tables, ("book", "table"))
    elif "account" not in table.ids and model.entities["account"].table != book.table:
        said = f"{book.table} names no account, so nobody has what its rows are worth; add `account:` to it."
        report.error("no-account", ("book", "table"), said)
    elif table.time is None and book.from_ is None:
        report.error("no-time", ("book",), f"{book.table} has no `time`; say `from:`, the first day of a row.")


def _table(model: Model, report: Report, name: str, table: Table) -> None:
    here = ("tables", name)
    if table.standard and name not in standard_tables():
        report.unknown("standard table", name, standard_tables(), here)
    for entity in table.model_extra or {}:
        if entity not in model.entities:
            known = [*model.entities, *type(table).model_fields]
            report.unknown("field of a table, and no entity", entity, known, (*here, entity))
        elif not table.ids[entity]:
            said = f"`{entity}:` names the column of {name} with its id, or {{system: column}}, or a list of these."
            report.error("column", (*here, entity), said)
        else:
            _systems(model, report, entity, table.ids[entity], (*here, entity))
    if table.known and not table.time and name not in maps(model):
        said = f"{name} says when a fact became known, but not `time:`, when it happened."
        report.error("no-time", (*here, "known"), said)
    if table.connected_if and (wrong := [x for x in table.connected_if.names if not _is_attribute(model, x)]):
        said = "`connected_if` may name attributes of the account (a metric {attribute: column}); "
        report.error("connected-if", (*here, "connected_if"), f"{said}‘{wrong[0]}’ is none.")


def maps(model: Model) -> set[str]:
    """The tables that are id maps; `valid_from` of the map says when a row of theirs happened."""
    return {entity.ids.table for entity in model.entities.values() if entity.ids is not None}


def _systems(model: Model, report: Report, level: str, columns: Iterable[IdColumn], path: Steps) -> None:
    """The systems that a table speaks exist."""
    ids = model.entities[level].ids
    for system, column in columns:
        if ids is None and system != level:
            said = f"{{{system}: {column}}} is an id of another system, and {level} has no id map; "
            report.error("no-ids", path, f"{said}add `ids:` to `entities: {level}:`, or write `{level}: {column}`.")
        elif ids is not None and system not in (level, *ids.systems):
            report.unknown(f"system of {level}", system, (level, *ids.systems), path)


def _columns(report: Report, name: str, table: Table) -> None:
    for column, spec in table.columns.items():
        here = ("tables", name, "columns", column)
        if spec.known and spec.known == column:
            report.error("column", here, f"‘{column}’ cannot say itself when it became known.")
        if spec.happened and spec.planned:
            report.error("column", here, f"‘{column}’ is either happened or planned, not both.")


def _ids(model: Model, report: Report, level: str, ids: Ids) -> None:
    here = ("entities", level, "ids")
    if level in ids.systems:
        said = f"‘{level}’ is the system of the entity's own keys, and needs no entry."
        report.error("name-taken", (*here, "systems"), said)
    if ids.key == ids.id:
        said = f"‘{ids.id}’ cannot be both the id and the key that it stands for; say `id:` and `key:`."
        report.error("column", here, said)
    if ids.table == model.entities[level].table:
        said = f"{ids.table} has the entities themselves; the id map is a table of its own."
        report.error("column", (*here, "table"), said)


def _entities(model: Model, report: Report) -> None:
    for name, entity in model.entities.items():
        here = ("entities", name)
        if entity.map is not None:
            _ids(model, report, name, entity.map)
        if name in model.tables or name == CHILDREN:
            other = "a table" if name in model.tables else "the built-in level of children"
            report.error("name-taken", here, f"‘{name}’ names both a level and {other}.")
        if entity.value in model.metrics and model.metrics[entity.value or ""].for_ != name:
            report.error("level", (*here, "value"), f"‘{entity.value}’ is no metric of {name}.")
        if entity.in_ is not None and entity.in_ not in model.entities:
            report.unknown("level", entity.in_, model.entities, (*here, "in"))
        if name != "account" and entity.in_ is None:
            report.error(
                "no-level", here, f"‘{name}’ needs `in:`, the level that it is part of, such as `in: account`."
            )
        if name == "account" and entity.in_ is not None:
            report.error(
                "no-level",
                (*here, "in"),
                "`account` is the level that is scored; it is not part of another (see `parent:`).",
            )
        if name != "account" and _circle(model, name):
            report.error("level-cycle", (*here, "in"), f"‘{name}’ is part of itself.")


def _circle(model: Model, name: str) -> bool:
    seen = {name}
    at = model.entities[name].in_
    while at is not None and at in model.entities:
        if at in seen:
            return True
        seen.add(at)
        at = model.entities[at].in_
    return False


def _is_attribute(model: Model, name: str) -> bool:
    return name in model.metrics and model.metrics[name].verb == "attribute" and model.metrics[name].for_ == "account"
