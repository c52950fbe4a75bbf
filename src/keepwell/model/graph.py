"""Which metric reads which: the order to compute them in, and the cycles that forbid one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from keepwell.model.metrics import (
    CHILDREN,
    Aggregate,
    Attribute,
    Change,
    CountTrue,
    Expr,
    MetricBase,
    OfScore,
    Past,
    Ratio,
)
from keepwell.model.model import Model

BUILT_IN = {"tenure_days": "days since the account's life began", "today": "the day of the score"}
"""Metrics that every account has without being declared."""


def reads(model: Model, name: str) -> list[str]:
    """Names of the metrics that this one reads (of its own level, or of a level below; of a score, all that it reads).

    Those of a formula in the order of the file: of several that are missing, the first says why.
    """
    metric = model.metrics[name]
    if isinstance(metric, Ratio):
        return list(metric.ratio)
    if isinstance(metric, (Change, Past)):
        return [metric.change if isinstance(metric, Change) else metric.past]
    if isinstance(metric, CountTrue):
        return list(metric.names)
    if isinstance(metric, Expr):
        order = [*model.metrics, *BUILT_IN]
        return sorted(metric.expr.names, key=lambda other: order.index(other) if other in order else len(order))
    if isinstance(metric, OfScore):
        return list(model.scores[metric.named].inputs) if metric.named in model.scores else []
    if not isinstance(metric, Aggregate):
        return []
    if over_level(model, metric):
        return list(metric.names)
    table = model.tables.get(metric.source or "")
    return list(table.connected_if.names) if table and table.connected_if and metric.for_ == "account" else []


def over_level(model: Model, metric: MetricBase) -> bool:
    """Whether the metric reads entities and their metrics, not rows of a table."""
    return metric.source is not None and (metric.source in model.entities or metric.source == CHILDREN)


def tables_read(model: Model) -> set[str]:
    """The tables whose rows, or entities, some metric reads."""
    return {_own_table(model, metric) for metric in model.metrics.values()} - {""}


def tables_of(model: Model, names: Iterable[str]) -> list[str]:
    """The tables whose rows these metrics are made of, in the order of the file."""
    found = {_own_table(model, model.metrics[name]) for name in closure(model, names)}
    return [name for name in model.tables if name in found]


def table_needed(model: Model, name: str, tables: Collection[str]) -> str | None:
    """The first of these tables without which nobody can have the metric; None where somebody may all the same."""
    metric = model.metrics.get(name)
    if metric is None:
        return None
    own = _own_table(model, metric)
    if own in tables:
        spec = model.tables.get(own)
        return own if spec is None or spec.connected_if is None else None
    conditions = (getattr(metric, field, None) for field in ("expr", "where", "that"))
    if not all(condition.needs_all for condition in conditions if condition):
        return None
    return next((table for other in reads(model, name) if (table := table_needed(model, other, tables))), None)


def _own_table(model: Model, metric: MetricBase) -> str:
    """The table that a metric reads, or whose entities it reads; '' for one that is made of metrics."""
    level = metric.for_ if isinstance(metric, Attribute) or metric.source == CHILDREN else metric.source
    return model.entities[level].table if level in model.entities else level or ""


def asked(model: Model) -> set[str]:
    """Every metric that a score or a flag names."""
    flags = (name for flag in model.flags.values() for name in flag.when.names)
    return {name for score in model.scores.values() for name in score.inputs} | set(flags)


def closure(model: Model, names: Iterable[str]) -> set[str]:
    """These metrics, and all that they are made of."""
    found: set[str] = set()
    left = [name for name in names if name in model.metrics]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [other for other in reads(model, name) if other in model.metrics]
    return found


def narrowed(model: Model, names: Iterable[str]) -> Model:
    """The model with these metrics, all that they are made of, and what says how much an account is worth."""
    worth = model.entities["account"].value
    read = closure(model, [*names, *([worth] if worth else [])])
    return model.model_copy(update={"metrics": {name: item for name, item in model.metrics.items() if name in read}})


def in_order(model: Model) -> tuple[list[str], list[list[str]]]:
    """Metric names so that each comes after what it reads, and the cycles found (each a list of names)."""
    order: list[str] = []
    cycles: list[list[str]] = []
    state: dict[str, str] = {}

    def visit(name: str, path: list[str]) -> None:
        if state.get(name) == "done" or name not in model.metrics:
            return
        if name in path:
            cycles.append([*path[path.index(name) :], name])
            return
        for other in reads(model, name):
            visit(other, [*path, name])
        if state.get(name) != "done":
            state[name] = "done"
            order.append(name)

    for name in model.metrics:
        visit(name, [])
    return order, cycles
