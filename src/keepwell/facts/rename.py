"""Columns under the names that the model uses, where the file has others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis

from keepwell.errors import FactsError, Finding, did_you_mean
from keepwell.facts.sources import Relation


def renamed(relation: Relation, names: Mapping[str, str]) -> Relation:
    """The table with columns renamed (name in the file → name in the model). Raises FactsError where it cannot be."""
    if absent := next((old for old in names if old not in relation.columns), None):
        raise _wrong(relation, f"`rename:` names a column ‘{absent}’ that is not there.", absent)
    now = [names.get(column, column) for column in relation.columns]
    if twice := next((name for name in now if now.count(name) > 1), None):
        raise _wrong(relation, f"after `rename:` two columns are called ‘{twice}’.")
    old = dict(zip(now, relation.columns, strict=True))

    def scan(columns: Sequence[str]) -> ibis.Table:
        rows = relation.scan([old[column] for column in columns])
        return rows.select(**{column: rows[old[column]] for column in columns})

    schema = ibis.schema(dict(zip(now, relation.schema.types, strict=True)))
    kinds = {names.get(column, column): kind for column, kind in relation.kinds.items()}
    return replace(relation, schema=schema, scan=scan, kinds=kinds)


def _wrong(relation: Relation, said: str, absent: str | None = None) -> FactsError:
    hint = did_you_mean(absent, relation.columns) if absent is not None else ""
    finding = Finding(relation.origin, None, "error", "rename", f"{said}{hint}")
    return FactsError(str(finding), [finding])
