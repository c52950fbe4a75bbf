"""Which fields a place of the model file may have: for «did you mean»."""

from __future__ import annotations

from pydantic import BaseModel

from keepwell.model.evidence import Evidence
from keepwell.model.inputs import Input
from keepwell.model.metrics import VERBS
from keepwell.model.model import Model, Peers
from keepwell.model.scale import Case
from keepwell.model.score import Adjustment, Flag, Outcome, Override, Rule, Score, Step, Tier, Variant, Zone
from keepwell.model.tables import Column, Entity, Ids, Table
from keepwell.model.tree import Group, Measure, Stale

_BY_TAG: dict[str, type[BaseModel]] = {
    "measure": Measure,
    "group": Group,
    "do": Step,
    "stale": Stale,
    "peers": Peers,
    "ids": Ids,
    "evidence": Evidence,
    **VERBS,
}
_BY_OWNER: dict[str, type[BaseModel]] = {
    "entities": Entity,
    "tables": Table,
    "columns": Column,
    "inputs": Input,
    "scores": Score,
    "tiers": Tier,
    "zones": Zone,
    "overrides": Override,
    "cases": Case,
    "variants": Variant,
    "adjust": Adjustment,
    "rules": Rule,
    "flags": Flag,
    "outcomes": Outcome,
}


def fields_at(loc: tuple[int | str, ...]) -> list[str]:
    """Names that may stand where pydantic's location `loc` ends, as they are written in the file."""
    before = loc[:-1]
    if not before:
        return names_of(Model)
    kind = _BY_TAG.get(str(before[-1])) if len(before) != 2 else None
    if kind is None and len(before) >= 2:
        kind = _BY_OWNER.get(str(before[-2]))
    return names_of(kind) if kind else []


def names_of(kind: type[BaseModel]) -> list[str]:
    """Field names as written in the file (aliases where there are some)."""
    return [field.alias or name for name, field in kind.model_fields.items()]
