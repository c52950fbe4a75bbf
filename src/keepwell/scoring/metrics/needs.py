"""What has to be computed: each metric as of the day, and some also as of an earlier day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepwell.model.ago import NOW, Ago
from keepwell.model.graph import BUILT_IN, in_order, over_level, reads
from keepwell.model.metrics import CHILDREN, Aggregate, Change, CountTrue, Expr, Metric, Past, Ratio
from keepwell.model.model import Model


@dataclass(frozen=True, order=True)
class Need:
    """A metric as of so long before the day of the score, with today's knowledge."""

    metric: str
    ago: Ago = NOW

    @property
    def value(self) -> str:
        return f"{self.metric}@{self.ago}:value"

    @property
    def state(self) -> str:
        return f"{self.metric}@{self.ago}:state"

    @property
    def at(self) -> str:
        return f"{self.metric}@{self.ago}:at"

    @property
    def columns(self) -> tuple[str, str, str]:
        return self.value, self.state, self.at


def needs_of(model: Model, level: str, only: Collection[str] | None = None) -> list[Need]:
    """Every need of one level (or of `only` these metrics), each after the needs that it reads."""
    found: dict[Need, None] = {}

    def add(need: Need) -> None:
        if need in found or need.metric in BUILT_IN:
            return
        for other in inputs(model, need):
            add(other)
        found[need] = None

    for name in in_order(model)[0]:
        if model.metrics[name].for_ == level and (only is None or name in only):
            add(Need(name))
    return list(found)


def inputs(model: Model, need: Need) -> list[Need]:
    """The needs of the same level that this one is computed from."""
    metric = model.metrics[need.metric]
    if isinstance(metric, Change):
        return [Need(metric.change, need.ago), Need(metric.change, need.ago + metric.against)]
    if isinstance(metric, Past):
        return [Need(metric.past, need.ago + metric.ago)]
    if isinstance(metric, (Ratio, Expr, CountTrue)):
        return [Need(name, need.ago) for name in reads(model, need.metric)]
    if isinstance(metric, Aggregate) and not over_level(model, metric):
        return [Need(name, need.ago) for name in reads(model, need.metric)]
    if isinstance(metric, Aggregate) and metric.source == CHILDREN and not need.ago:
        return [Need(name, need.ago) for name in reads(model, need.metric)]
    return []


def reads_rows(model: Model, metric: Metric) -> bool:
    """Whether the metric reads rows of a table."""
    return isinstance(metric, Aggregate) and not over_level(model, metric)


def value_of(wide: ir.Table, need: Need, lacking: Collection[str]) -> ir.Value:
    """A metric's value for a condition or formula. Of a table that is not there nobody knows the kind: a bare NULL."""
    return ibis.null() if need.metric in lacking else wide[need.value]
