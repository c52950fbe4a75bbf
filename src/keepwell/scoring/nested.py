"""Metrics that read scores: each of those scores is computed first, from the metrics that it reads and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts
from keepwell.facts.moment import Moment
from keepwell.model.graph import narrowed
from keepwell.model.load import Loaded
from keepwell.model.model import Model
from keepwell.scoring.keep import keeper
from keepwell.scoring.metrics import Metrics, compute_metrics
from keepwell.scoring.score import score


def metrics_of(
    loaded: Loaded, facts: Facts, as_of: date, known_by: date | None = None, fitted_on: date | None = None
) -> Metrics:
    """Every account metric of the model as of a day: see `compute_metrics`, which raises what this raises.

    Scores that metrics read, those of earlier days too, go by the fit of `fitted_on` (default: `as_of`): else a new
    fit would look like a movement of the account.
    """
    keep = keeper(facts.backend, facts.reads)

    def scores_at(name: str, moment: Moment) -> ir.Table:
        inner = replace(loaded, model=_alone(loaded.model, name))
        metrics = compute_metrics(inner.model, facts, moment.as_of, moment.known_by, scores_at, moment.day)
        table = score(inner, metrics, keep, name, fitted_on or as_of).table
        enough = table.coverage >= float(loaded.model.scores[name].minimum_coverage)
        return table.select(
            "id",
            score=ibis.ifelse(enough, table.native, ibis.null("float64")),
            tier=ibis.ifelse(table.standing == "insufficient", ibis.null("string"), table.tier),
        )

    return compute_metrics(loaded.model, facts, as_of, known_by, scores_at)


def _alone(model: Model, name: str) -> Model:
    """The model with one score and the metrics it is made of, among them never one that reads it: `check` saw to it."""
    own = narrowed(model, model.scores[name].inputs)
    return own.model_copy(update={"scores": {name: model.scores[name]}, "flags": {}})
