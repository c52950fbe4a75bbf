"""A scoring of nobody: what only shows once a model meets the columns of its data shows in `check`, not in `score`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
from sqlglot import exp

from keepwell.errors import Finding, KeepwellError, ModelError
from keepwell.facts import Facts, fetch
from keepwell.facts.expressions import condition
from keepwell.facts.kinds import handed_on
from keepwell.facts.moment import Moment
from keepwell.model import Loaded
from keepwell.model.check.compared import conditions
from keepwell.model.check.scores import walk
from keepwell.model.edges import Edge
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import Aggregate, Attribute, Expr, ScoreTier
from keepwell.model.model import Model
from keepwell.model.tree import Measure
from keepwell.model.yaml import Place, Steps
from keepwell.scoring.keep import Keep
from keepwell.scoring.nested import metrics_of
from keepwell.scoring.score import score

WORDS = {"number": "a number", "text": "text", "yes_no": "yes or no"}
TYPES = {"number": "float64", "text": "string", "yes_no": "boolean", "day": "timestamp(6)", "none": "null"}
"""Kind of a metric → the type of a value of it, of which a condition only has to know the kind."""


OF_FLAGS = {"score": "number", "coverage": "number", "tier": "text"}
"""What flags can name beside metrics."""


class _Empty(Facts):
    """The same tables with the same columns, and no row in sight: computing over them costs next to nothing."""

    def __init__(self, facts: Facts) -> None:
        vars(self).update(vars(facts))

    def seen(self, *arguments: Any) -> ir.Table:
        return super().seen(*arguments).filter(ibis.literal(False))

    def entity(self, *arguments: Any) -> ir.Table:
        return super().entity(*arguments).filter(ibis.literal(False))


def rehearse(loaded: Loaded, facts: Facts, keep: Keep, day: date) -> list[Finding]:
    """What keeps the model from being computed over these tables, or a measure from ever giving points."""
    try:
        with facts.reads():
            metrics = metrics_of(loaded, _Empty(facts), Moment(day, day), day)
            if found := list(_conditions(loaded, metrics.kinds)):
                return found
            for name in loaded.model.scores:
                score(loaded, metrics, keep, name)
            return list(scales(loaded, facts, metrics.kinds))
    except KeepwellError as problem:
        path = problem.path if isinstance(problem, ModelError) else ()
        place = loaded.document.place(path)
        line = place.line if path else None
        return list(problem.findings) or [Finding(place.file, line, "error", "kind", problem.message)]


def _conditions(loaded: Loaded, kinds: dict[str, str]) -> Iterator[Finding]:
    """Conditions of scores and flags that put together what is of different kinds, each at its line, once."""
    seen: set[tuple[Place, str]] = set()
    for path, when in _asked(loaded.model):
        known = kinds | OF_FLAGS if path[0] == "flags" else kinds
        try:
            condition(when, {name: ibis.null(TYPES[known[name]]) for name in when.names}.__getitem__)
        except ModelError as problem:
            place = loaded.document.place(path)
            if (place, problem.message) in seen:  # a variant has the lines of its score
                continue
            seen.add((place, problem.message))
            said = f"{'.'.join(map(str, path))}: {problem.message}"
            yield Finding(place.file, place.line, "error", "kind", said)


def _asked(model: Model) -> Iterator[tuple[Steps, Expression]]:
    """Every condition over the metrics of accounts, with its place; cases of `by` as the conditions that they are."""
    yield from conditions(model.scores, ("scores",))
    yield from conditions(model.flags, ("flags",))
    for name, root in model.scores.items():
        for path, node in walk(root, ("scores", name)):
            if isinstance(node, Measure) and node.by:
                for index, case in enumerate(node.cases):
                    yield (*path, "cases", index, "at"), case.condition(node.by)


def scales(loaded: Loaded, facts: Facts, kinds: dict[str, str]) -> Iterator[Finding]:
    """Measures whose scale cannot read what their metric is."""
    for name, root in loaded.model.scores.items():
        for path, node in walk(root, ("scores", name)):
            if isinstance(node, Measure) and (said := _misread(loaded.model, facts, node, kinds[node.metric])):
                yield _finding(loaded, path, said)


def _misread(model: Model, facts: Facts, measure: Measure, kind: str) -> str | None:
    if kind == "day":
        return (
            f"‘{measure.metric}’ is a date, and points are for numbers and words; use days_since or days_until of it."
        )
    for at, _ in measure.stale.own if measure.stale else ():
        if isinstance(at, Edge) != (kind == "number") and kind != "none":
            needed = "conditions such as ‘<= 2’" if kind == "number" else "its categories"
            return f"`stale.values` names {needed}, as ‘{measure.metric}’ is {WORDS[kind]}; ‘{at}’ is none."
    maps = [bool(scale.map) for scale in measure.scales]
    if any(maps) and kind == "number":
        return f"a map reads words, and ‘{measure.metric}’ is a number; use `bands:` or `curve:`."
    if not all(maps) and kind == "text" and _has_words(model, facts, measure.metric):
        return f"bands, curves and ranges read numbers, and ‘{measure.metric}’ is text; use `map:`."
    return None


def _has_words(model: Model, facts: Facts, name: str) -> bool:
    """Whether the metric can have a value at all: a column without one is text for want of better knowledge."""
    metric = model.metrics.get(name)
    if isinstance(metric, Expr):
        return any(_says_words(model, facts, part) for part in handed_on(metric.expr.tree))
    if isinstance(metric, Attribute):
        table, column = model.entities[metric.for_].table, metric.attribute
    elif isinstance(metric, Aggregate) and metric.source and metric.column:
        if over_level(model, metric):
            return _has_words(model, facts, metric.column)
        table, column = metric.source, metric.column
    else:
        return isinstance(metric, ScoreTier)
    rows = facts.feed(table).rows if facts.has(table) else None
    if rows is None or column not in rows.columns:
        return False
    return bool(fetch.rows(rows.filter(rows[column].notnull()).select(column).limit(1)))


def _says_words(model: Model, facts: Facts, part: exp.Expr) -> bool:
    """Whether a part of a formula is a word itself, or made of a metric that can have a value."""
    names = {column.name for column in part.find_all(exp.Column)}
    if not names:
        return isinstance(part, exp.Literal) and bool(part.is_string)
    return any(_has_words(model, facts, name) for name in names)


def _finding(loaded: Loaded, path: Steps, said: str) -> Finding:
    place = loaded.document.place((*path, "metric"))
    return Finding(place.file, place.line, "error", "scale", f"{'.'.join(map(str, path))}: {said}")
