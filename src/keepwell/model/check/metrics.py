"""Metrics: what they read exists, on the right level, in an order that can be computed."""

from __future__ import annotations

from keepwell.model.check.report import Report
from keepwell.model.graph import BUILT_IN, in_order, over_level, reads
from keepwell.model.metrics import (
    CHILDREN,
    Aggregate,
    CountTrue,
    DaysSince,
    Expr,
    Mean,
    MetricBase,
    OfScore,
    Open,
    ScoreTier,
)
from keepwell.model.model import Model
from keepwell.model.window import FirstDays, LastDays
from keepwell.model.yaml import Steps

LEVEL_VERBS = ("count", "count_distinct", "sum", "mean", "min", "max", "share")
OF_NUMBERS = ("sum", "mean", "nps")
OF_TIMES = ("days_since", "days_until")
CALENDAR = ("day", "week")
"""Columns that every table with a time has."""
TAKEN = frozenset((*BUILT_IN, "id", "score", "tier", "coverage"))
"""Names that conditions and results use themselves."""


def check_metrics(model: Model, report: Report) -> None:
    """Check `metrics:`."""
    for name, metric in model.metrics.items():
        here: Steps = ("metrics", name)
        _name(model, report, name)
        if metric.for_ not in model.entities:
            report.unknown("level", metric.for_, model.entities, (*here, "for"))
        elif not isinstance(metric, Aggregate):
            _of_metrics(model, report, name, metric)
        elif over_level(model, metric):
            _over_level(model, report, name, metric)
        else:
            _over_table(model, report, name, metric)
            _of_rows(report, name, metric)
    for cycle in in_order(model)[1]:
        report.error("cycle", ("metrics", cycle[0]), f"these metrics read each other in a circle: {' → '.join(cycle)}.")


def _name(model: Model, report: Report, name: str) -> None:
    """Names become columns, and the engine that holds those does not tell capitals apart."""
    first = next(other for other in model.metrics if other.lower() == name.lower())
    if name.lower() in TAKEN:
        report.error("name-taken", ("metrics", name), f"‘{name}’ is built in; choose another name.")
    elif first != name:
        said = f"‘{name}’ differs from ‘{first}’ only in capitals; choose another name."
        report.error("name-taken", ("metrics", name), said)


def _of_metrics(model: Model, report: Report, name: str, metric: MetricBase) -> None:
    if isinstance(metric, CountTrue) and not all(condition.names for condition in metric.count_true):
        said = "one of these conditions names no metric; each needs at least one."
        report.error("constant", ("metrics", name, "count_true"), said)
    if isinstance(metric, Expr) and not metric.expr.names:
        report.error("constant", ("metrics", name, "expr"), "this formula names no metric; at least one is needed.")
    if isinstance(metric, OfScore):
        _of_score(model, report, name, metric)
        return
    for other in reads(model, name):
        _known(model, report, other, metric.for_, ("metrics", name, metric.verb), isinstance(metric, (Expr, CountTrue)))


def _of_score(model: Model, report: Report, name: str, metric: OfScore) -> None:
    """Which names its score reads is checked where the score is."""
    here: Steps = ("metrics", name, metric.verb)
    if metric.for_ != "account":
        report.error("level", here, f"scores are of accounts, and this is a metric of {metric.for_}.")
    if metric.named not in model.scores:
        report.unknown("score", metric.named, model.scores, here)
    elif isinstance(metric, ScoreTier) and not model.scores[metric.named].tiers:
        report.error("no-tiers", here, f"the score ‘{metric.named}’ has no tiers.")


def _known(model: Model, report: Report, other: str, level: str, path: Steps, formula: bool = False) -> None:
    if level == "account" and other in BUILT_IN:
        return
    if other not in model.metrics:
        known = [item for item, metric in model.metrics.items() if metric.for_ == level] + list(BUILT_IN)
        report.unknown("metric" + (" (text is written in 'single quotes')" if formula else ""), other, known, path)
    elif model.metrics[other].for_ != level:
        report.error(
            "level", path, f"‘{other}’ is a metric of {model.metrics[other].for_}, and one of {level} is needed here."
        )


def _over_level(model: Model, report: Report, name: str, metric: Aggregate) -> None:
    here: Steps = ("metrics", name)
    source = metric.source or ""
    if metric.verb not in LEVEL_VERBS:
        report.error(
            "verb", here, f"{metric.verb} reads rows of a table; over a level there are {', '.join(LEVEL_VERBS)}."
        )
    if metric.over:
        report.error(
            "window",
            (*here, "over"),
            f"a window belongs to the metrics of {source}; entities have no time of their own.",
        )
    if source == CHILDREN:
        if metric.for_ != "account" or not model.entities["account"].parent:
            report.error(
                "children", here, "`children` are the accounts below an account: `entities: account:` needs `parent:`."
            )
    elif model.entities[source].in_ != metric.for_:
        report.error(
            "level", here, f"{source} is not directly part of {metric.for_}, so {metric.for_} cannot sum it up."
        )
    level = "account" if source == CHILDREN else source
    for other in reads(model, name):
        _known(model, report, other, level, here, True)


def _over_table(model: Model, report: Report, name: str, metric: Aggregate) -> None:
    here: Steps = ("metrics", name, metric.verb)
    table = model.tables.get(metric.source or "")
    if table is None:
        report.unknown("table", metric.source or "", [*model.tables, *model.entities], here)
        return
    if not (metric.for_ in table.ids or _keeps(model, metric) or model.holds_for_all(metric.source or "")):
        report.error(
            "level", here, f"{metric.source} has no column for {metric.for_}; add `{metric.for_}: column` to the table."
        )
    if table.time is None:
        report.error(
            "no-time", here, f"{metric.source} says nowhere when its facts happened; add `time: column` to the table."
        )
    if isinstance(metric.over, FirstDays) and model.holds_for_all(metric.source or ""):
        said = f"a row of {metric.source} is about nobody, so it lies in nobody's first days."
        report.error("window", ("metrics", name, "over"), said)
    if isinstance(metric, Open) and not _ends(model, metric):
        spec = table.columns.get(metric.until)
        how = f"{{happened: true, known: {spec.known}}}" if spec and spec.known else "happened"
        added = f"`columns: {{{metric.until}: {how}}}`"
        said = f"so that {metric.until} cannot be seen before it happened, add {added} to {metric.source}."
        report.error("until", ("metrics", name, "until"), said)
    if isinstance(metric, DaysSince) and metric.days_since.count(".") > 1:
        report.error("column", here, f"‘{metric.days_since}’ is not table or table.column.")
    if metric.column in CALENDAR and metric.verb in OF_NUMBERS + OF_TIMES:
        needed = "numbers" if metric.verb in OF_NUMBERS else "a column of times"
        said = f"`{metric.column}` is the calendar {metric.column} of a fact"
        report.error("kind", here, f"{said}, and {metric.verb} needs {needed}.")
    if isinstance(metric, Mean) and metric.weight and metric.weight == metric.column:
        report.warning("weight", here, f"‘{metric.weight}’ weighs itself.")
    if isinstance(metric.over, LastDays) and table.fresh and table.fresh.days > metric.over.days:
        said = f"{metric.source} counts as fresh for {table.fresh}, longer than this window of {metric.over}."
        report.warning("fresh", ("metrics", name, "over"), said)


def _of_rows(report: Report, name: str, metric: Aggregate) -> None:
    """What only a metric over a level can say."""
    if metric.unknown != "leave_out":
        said = "`unknown` speaks of entities of a level; a row of a table that lacks a value never counts."
        report.error("unknown", ("metrics", name, "unknown"), said)


def _keeps(model: Model, metric: Aggregate) -> bool:
    """Whether the table is the level's own: its key is the id."""
    return model.entities[metric.for_].table == metric.source


def _ends(model: Model, metric: Open) -> bool:
    """Whether the end reads empty until it comes; `known` alone would show an end that was announced."""
    spec = model.tables[metric.open].columns.get(metric.until)
    return spec is not None and spec.happened
