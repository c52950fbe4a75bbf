"""From a relation to a table in the types that facts have, with every value that cannot be read accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError, Finding, did_you_mean
from keepwell.facts import fetch
from keepwell.facts.casts import Zones, natural, read_text, read_typed
from keepwell.facts.compute import Compute
from keepwell.facts.config import ISO, TableFile
from keepwell.facts.doubts import one_day_or_another, tenths_for_thousands, thousands_or_tenths
from keepwell.facts.engine import Engine
from keepwell.facts.entities import OWN
from keepwell.facts.identity import OWNER
from keepwell.facts.infer import infer
from keepwell.facts.moment import MANY
from keepwell.facts.needs import Needs
from keepwell.facts.reading import refuse
from keepwell.facts.sources import Relation
from keepwell.facts.unreadable import Attempt, Unreadable, finding, look, undecided


@dataclass(frozen=True)
class Intake:
    """A table taken in. `rows`: the needed columns in their types; `kinds`: column → number, text, time, yes_no or id.

    `lost`: values that read as missing because the workspace file says `unreadable: missing`.
    `doubts`: warnings about values that may mean something else. `diagnose` finds values that a scan stumbled over.
    """

    name: str
    relation: Relation
    options: TableFile
    rows: ir.Table
    kinds: Mapping[str, str]
    attempt: Attempt
    lost: tuple[Unreadable, ...] = ()
    doubts: tuple[Finding, ...] = ()

    def unread(self) -> list[Unreadable]:
        """Values of a lazy table that its kinds cannot read. Costs a scan of the columns where there can be any."""
        return look(self.attempt)

    def diagnose(self) -> list[Finding]:
        """A finding for each column with values that its kind cannot read."""
        return [finding(item, self.relation, self.options, "error") for item in self.unread()]


def take_in(
    engine: Engine, compute: Compute, name: str, relation: Relation, needs: Needs, options: TableFile, zone: str
) -> Intake:
    """The table with the columns that are needed of it, on the engine that computes.

    Raises FactsError for columns that are not there.

    Text is read once, kinds are inferred from all values, and the result is held in memory; typed tables stay lazy.
    """
    needs = needs.without(needs.made - set(relation.columns))
    missing_columns(relation, needs)
    if taken := next(
        (column for column in needs.required if column.lower() in (*OWN, *MANY) or column.startswith(OWNER)), None
    ):
        raise refuse(relation.origin, "header", f"a column cannot be called ‘{taken}’ here; give it another name.")
    zones = Zones(options.zone or zone, zone)
    if relation.iso and options.dates:
        options = options.model_copy(update={"dates": (ISO, *options.dates)})
    with compute.reading(relation.origin):
        if relation.text:
            taken_in = _text(engine, name, relation, needs, options, zones)
        else:
            taken_in = _typed(engine, name, relation, needs, options, zones)
        return replace(taken_in, rows=compute.bring(taken_in.rows))


def missing_columns(relation: Relation, needs: Needs) -> None:
    """Refuse needed columns that the table does not have, all of them at once."""
    absent = [column for column in needs.required if column not in relation.columns]
    findings = [
        Finding(
            relation.origin,
            None,
            "error",
            "missing-column",
            f"there is no column ‘{column}’, which {needs.required[column]} reads."
            f"{did_you_mean(column, relation.columns)}",
        )
        for column in absent
    ]
    if findings:
        raise FactsError(str(findings[0]), findings)


def _text(engine: Engine, name: str, relation: Relation, needs: Needs, options: TableFile, zones: Zones) -> Intake:
    columns = list(needs.required) or list(relation.columns[:1])
    raw = engine.keep(relation.scan(columns))
    stated = {column: relation.kinds[column] for column in columns if column in relation.kinds}
    known = {**{column: "text" for column in needs.words if column in columns}, **stated, **needs.kinds}
    kinds, mixed = infer(raw, known, options, zones)
    if mixed:
        findings = [undecided(item, name, relation) for item in mixed]
        raise FactsError(str(findings[0]), findings)
    numbers = [column for column in kinds if kinds[column] in ("number", "whole")]
    thousands_or_tenths(relation, raw, numbers, options)
    one_day_or_another(relation, raw, [column for column in kinds if kinds[column] == "time"], options, zones)
    tried = {column: read_text(raw[column], kind, options, zones) for column, kind in kinds.items()}
    rows = engine.keep(_filled(raw.select(**tried)))
    attempt = Attempt(raw, {column: tried[column] for column, kind in kinds.items() if kind in _FALLIBLE}, options)
    lost = look(attempt) if _lost_some(raw, rows, list(attempt.tried)) else []
    if lost and options.unreadable == "error":
        findings = [finding(item, relation, options, "error") for item in lost]
        raise FactsError(str(findings[0]), findings)
    doubts = tenths_for_thousands(relation, raw, numbers, options)
    engine.drop(raw)
    said = {column: "number" if kind == "whole" else kind for column, kind in kinds.items()}
    return Intake(name, relation, options, rows, said, replace(attempt, tried={}), tuple(lost), tuple(doubts))


def _lost_some(raw: ir.Table, rows: ir.Table, columns: list[str]) -> bool:
    """Whether fewer values came through than there were cells: cheap to ask, and mostly the end of the matter."""
    counts = [table.aggregate(**{name: table[name].count() for name in columns}) for table in (raw, rows) if columns]
    return len({str(fetch.rows(count)) for count in counts}) > 1


def _filled(rows: ir.Table) -> ir.Table:
    """Without the rows that are empty in every column, such as `,,,` at the end of a sheet."""
    return rows.drop_null(how="all")


def _typed(engine: Engine, name: str, relation: Relation, needs: Needs, options: TableFile, zones: Zones) -> Intake:
    columns = list(needs.required) or list(relation.columns[:1])
    raw = relation.scan(columns)
    elsewhere = raw.get_backend() is not engine.backend
    values: dict[str, ir.Value] = {}
    tried: dict[str, ir.Value] = {}
    kinds: dict[str, str] = {}
    for column in columns:
        kinds[column] = needs.kinds.get(column) or natural(raw[column].type())
        if elsewhere and raw[column].type().is_string() and kinds[column] not in ("text", "id"):
            said = f"‘{column}’ is text, and {needs.required[column]} reads it as {_READS[kinds[column]]}; "
            said += f"{_TYPED}: let a view or a query of this table cast it."
            raise refuse(relation.origin, "kind", said)
        read = read_typed(raw[column], kinds[column], options, zones)
        if read is None:
            said = f"‘{column}’ holds {_HOLDS[natural(raw[column].type())]}, and {needs.required[column]} reads it as "
            raise refuse(relation.origin, "kind", f"{said}{_READS[kinds[column]]}.")
        tried[column] = read[0]
        values[column] = read[0] if options.unreadable == "missing" else read[1]
    one_day_or_another(relation, raw, [column for column in columns if kinds[column] == "time"], options, zones)
    doubtful = {column: value for column, value in tried.items() if _can_fail(raw[column].type(), kinds[column])}
    return Intake(name, relation, options, raw.select(**values), kinds, Attempt(raw, doubtful, options))


_FALLIBLE = ("number", "time", "yes_no")
_TYPED = "the database that computes takes values in their types"
_HOLDS = {"number": "numbers", "time": "times", "yes_no": "yes/no", "text": "text"}
_READS = {"number": "a number", "time": "a time", "yes_no": "yes/no", "text": "text"}


def _can_fail(kind: ibis.DataType, wanted: str) -> bool:
    if kind.is_string():
        return wanted not in ("text", "id")
    return wanted == "number" and (kind.is_floating() or kind.is_decimal())
