"""Which words a model holds its metrics and columns against, and where: what no value can be is a word misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from sqlglot import exp

from keepwell.model.check.scales import scales
from keepwell.model.check.scores import walk
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import Aggregate, CountTrue, Expr
from keepwell.model.model import Model
from keepwell.model.tree import Measure
from keepwell.model.yaml import Steps

Words = Iterator[tuple[Steps, str, str]]
"""The place, the name of what is compared, and the word."""


def in_conditions(model: Model) -> Words:
    """Words beside metrics: in the conditions of scores, flags, formulas and roll-ups, and in `connected_if`."""
    formulas = {
        name: metric
        for name, metric in model.metrics.items()
        if isinstance(metric, (Expr, CountTrue)) or over_level(model, metric)
    }
    connected = {name: table.connected_if for name, table in model.tables.items() if table.connected_if}
    yield from _all(formulas, ("metrics",))
    for path, condition in conditions(connected, ("tables",)):
        yield from _in(condition, (*path, "connected_if"))
    yield from _all(model.scores, ("scores",))
    yield from _all(model.flags, ("flags",))


def in_scales(model: Model) -> Words:
    """Words beside metrics: the keys of maps, what cases ask for, and values that expire in their own time."""
    for name, score in model.scores.items():
        for path, node in walk(score, ("scores", name)):
            if not isinstance(node, Measure):
                continue
            for place, scale in scales(node, path):
                for index, (key, _) in enumerate(scale.map or ()):
                    yield (*place, "map", index), node.metric, key
            for index, case in enumerate(node.cases):
                if node.by and case.at:
                    yield (*path, "cases", index, "at"), node.by, case.at
            for index, (at, _) in enumerate(node.stale.values if node.stale else ()):
                yield (*path, "stale", "values", index), node.metric, at


def in_rows(model: Model) -> Iterator[tuple[Steps, str, str, str]]:
    """Words beside columns of a table, with the table's name before the column: `where` and `that`."""
    for name, table in model.tables.items():
        if table.where:
            for path, column, word in _in(table.where, ("tables", name, "where")):
                yield path, name, column, word
    for name, metric in model.metrics.items():
        if isinstance(metric, Aggregate) and not over_level(model, metric):
            for path, column, word in _all({name: metric}, ("metrics",)):
                yield path, metric.source or "", column, word


def _all(value: Any, path: Steps) -> Words:
    for place, condition in conditions(value, path):
        yield from _in(condition, place)


def _in(condition: Expression, path: Steps) -> Words:
    return ((path, name, word) for name, word in _compared(condition))


def conditions(value: Any, path: Steps) -> Iterator[tuple[Steps, Expression]]:
    """Every condition below a part of the model, with its place in the file."""
    if isinstance(value, Expression):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from conditions(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, (Mapping, tuple)):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from conditions(item, (*path, key))


def _compared(condition: Expression) -> Iterator[tuple[str, str]]:
    """Names and the texts that they are held against: `a = 'x'`, `a <> 'x'`, `a in ('x', 'y')`, `case a when 'x'`."""
    for node in condition.tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Case):
        sides = [node.this, *_others(node)]
        names = [side.name for side in sides if isinstance(side, exp.Column)]
        texts = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
        yield from ((name, text) for name in names for text in texts)


def _others(node: exp.Expr) -> list[exp.Expr]:
    """What the first side of a comparison is held against."""
    if isinstance(node, exp.Case):
        return [choice.this for choice in node.args.get("ifs") or ()]
    return list(node.expressions) if isinstance(node, exp.In) else [node.expression]
