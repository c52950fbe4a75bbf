"""Conditions that compare an answer with a word that nobody can answer: they never hold, and nothing else says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from sqlglot import exp

from keepwell.errors import did_you_mean
from keepwell.model.check.inputs import words_of
from keepwell.model.check.report import Report
from keepwell.model.expressions import Expression
from keepwell.model.metrics import CountTrue, Expr
from keepwell.model.model import Model
from keepwell.model.yaml import Steps


def check_words(model: Model, report: Report) -> None:
    """Check the conditions over metrics of accounts: of scores, flags and formulas."""
    words = {name: found for name in model.metrics if (found := words_of(model, name))}
    if not words:
        return
    formulas = {name: metric for name, metric in model.metrics.items() if isinstance(metric, (Expr, CountTrue))}
    for field, owners in (("metrics", formulas), ("scores", model.scores), ("flags", model.flags)):
        for path, condition in _conditions(owners, (field,)):
            for name, word in _compared(condition):
                if name in words and word not in words[name]:
                    said = f"‘{word}’ is nothing that ‘{name}’ can be answered with.{did_you_mean(word, words[name])}"
                    report.warning("word", path, said)


def _conditions(value: Any, path: Steps) -> Iterator[tuple[Steps, Expression]]:
    """Every condition below a part of the model, with its place in the file."""
    if isinstance(value, Expression):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _conditions(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, (Mapping, tuple)):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _conditions(item, (*path, key))


def _compared(condition: Expression) -> Iterator[tuple[str, str]]:
    """Names and the texts that they are held against: `a = 'x'`, `a <> 'x'`, `a in ('x', 'y')`."""
    for node in condition.tree.find_all(exp.EQ, exp.NEQ, exp.In):
        sides = [node.this, *(node.expressions if isinstance(node, exp.In) else [node.expression])]
        names = [side.name for side in sides if isinstance(side, exp.Column)]
        texts = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
        yield from ((name, text) for name in names for text in texts)
