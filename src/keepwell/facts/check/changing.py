"""Times that metrics read although nothing says when they could be seen: rows that change declare their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keepwell.facts.check.report import Findings, Look
from keepwell.model import Table
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import Aggregate, DaysSince, DaysUntil, Open, Portion


def changing(look: Look) -> Findings:
    """Check that every time which a metric reads is declared, so that no past day is scored with its future."""
    model, feed = look.facts.model, look.feed
    found: dict[str, list[tuple[str, bool]]] = {}
    for name, metric in model.metrics.items():
        if isinstance(metric, Aggregate) and metric.source == feed.name and not over_level(model, metric):
            for column, ahead in _reads(metric, feed.spec):
                if feed.kinds.get(column) == "time" and not _declared(feed.spec, column):
                    found.setdefault(column, []).append((name, ahead))
    for column, readers in found.items():
        yield look.warn("undeclared-time", _sentence(feed.name, column, readers))


def _reads(metric: Aggregate, spec: Table) -> Iterator[tuple[str, bool]]:
    """Columns of the rows that the metric looks at; and whether only for the days ahead, as `days_until` does."""
    if isinstance(metric, DaysUntil) and metric.column:
        yield from ((column, True) for column in _sources([metric.column], spec))
    elif metric.column and not isinstance(metric, DaysSince):  # that looks no further than the day
        yield from ((column, False) for column in _sources([metric.column], spec))
    conditions: list[Expression | None] = [metric.where, spec.where]
    if isinstance(metric, Portion):
        conditions.append(metric.that)
    names = [name for condition in conditions if condition is not None for name in condition.names]
    names += [metric.until] if isinstance(metric, Open) else []
    yield from ((column, False) for column in _sources(names, spec))


def _sources(names: Iterable[str], spec: Table) -> Iterator[str]:
    """The columns themselves, and those that undeclared formulas are made of."""
    for name in dict.fromkeys(names):
        if name in spec.derived and not _declared(spec, name):
            yield from _sources(spec.derived[name].names, spec)
        else:
            yield name


def _declared(spec: Table, column: str) -> bool:
    special = spec.columns.get(column)
    said = special is not None and (special.happened or special.planned or special.known is not None)
    return said or column in (spec.time, spec.known)


def _sentence(table: str, column: str, readers: list[tuple[str, bool]]) -> str:
    names = list(dict.fromkeys(name for name, _ in readers))
    said = f"{', '.join(names)} read{'s' if len(names) == 1 else ''} the time ‘{column}’, and nothing says since when"
    if all(ahead for _, ahead in readers):
        return f"{said} it was known; if it is a plan, add `columns: {{{column}: planned}}` to {table}."
    how = f"`columns: {{{column}: happened}}` to {table} (or planned, or {{known: column}})"
    return f"{said} it was known; so that no past day sees its future, add {how}."
