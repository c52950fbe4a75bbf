"""Metrics that read scores: each of those scores is computed first, from the metrics that it reads and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts
from keepwell.facts.moment import Moment
from keepwell.model.graph import closure
from keepwell.model.load import Loaded
from keepwell.model.model import Model
from keepwell.scoring.keep import keeper
from keepwell.scoring.metrics import Metrics, compute_metrics
from keepwell.scoring.score import score


def metrics_of(loaded: Loaded, facts: Facts, as_of: date, known_by: date | None = None) -> Metrics:
    """Every account metric of the model as of a day: see `compute_metrics`, which raises what this raises."""
    keep = keeper(facts.backend, facts.reads)

    def scores_at(name: str, moment: Moment) -> ir.Table:
        inner = replace(loaded, model=_alone(loaded.model, name))
        metrics = compute_metrics(inner.model, facts, moment.as_of, moment.known_by, scores_at)
        table = score(inner, metrics, keep, name).table
        poor = table.standing == "insufficient"
        return table.select(
            "id",
            score=ibis.ifelse(poor, ibis.null("float64"), table.native),
            tier=ibis.ifelse(poor, ibis.null("string"), table.tier),
        )

    return compute_metrics(loaded.model, facts, as_of, known_by, scores_at)


def _alone(model: Model, name: str) -> Model:
    """The model with one score and the metrics it is made of, among them never one that reads it: `check` saw to it."""
    worth = model.entities["account"].value
    read = closure(model, [*model.scores[name].inputs, *([worth] if worth else [])])
    metrics = {item: metric for item, metric in model.metrics.items() if item in read}
    return model.model_copy(update={"metrics": metrics, "scores": {name: model.scores[name]}, "flags": {}})
