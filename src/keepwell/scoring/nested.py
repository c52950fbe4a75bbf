"""Metrics that read scores: each of those scores is computed first, from the metrics that it reads and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts
from keepwell.facts.moment import When
from keepwell.model.graph import narrowed
from keepwell.model.load import Loaded
from keepwell.model.model import Model
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics import Metrics, compute_metrics
from keepwell.scoring.score import score
from keepwell.scoring.terms import beside


def metrics_of(loaded: Loaded, facts: Facts, moment: When, fitted_on: date, keep: Keep | None = None) -> Metrics:
    """Every account metric of the model as of a day, or of many: see `compute_metrics`, which raises what this raises.

    Scores that metrics read, those of earlier days too, go by the fit of `fitted_on`: else a new fit would look like a
    movement of the account.
    """
    keep = keep or Keep(facts.compute, facts.reads)

    def scores_at(name: str, then: When) -> ir.Table:
        inner = replace(loaded, model=_alone(loaded.model, name))
        metrics = compute_metrics(inner.model, facts, then, scores_at, keep)
        table = score(inner, metrics, keep, name, fitted_on).table
        if then.keys:
            people = metrics.accounts.select("id", "account", *then.keys)
            table = beside(table, people, ["id"]).mutate(id=ibis._.account)
        enough = table.coverage >= float(loaded.model.scores[name].minimum_coverage)
        return table.select(
            "id",
            *then.keys,
            score=ibis.ifelse(enough, table.native, ibis.null("float64")),
            tier=ibis.ifelse(table.standing == "insufficient", ibis.null("string"), table.tier),
        )

    return compute_metrics(loaded.model, facts, moment, scores_at, keep)


def _alone(model: Model, name: str) -> Model:
    """The model with one score and the metrics it is made of, among them never one that reads it: `check` saw to it."""
    own = narrowed(model, model.scores[name].inputs)
    return own.model_copy(update={"scores": {name: model.scores[name]}, "flags": {}})
