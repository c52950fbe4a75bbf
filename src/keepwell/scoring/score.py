"""Scores of a day: from stored metric values to every account's score, and to every reason on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.model.fits import on_day
from keepwell.model.load import Loaded
from keepwell.model.model import Model
from keepwell.scoring.adjust import adjustments
from keepwell.scoring.cells import cells
from keepwell.scoring.conditions import truths
from keepwell.scoring.final import finish, override_names
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.plan import Plan, plan
from keepwell.scoring.terms import beside
from keepwell.scoring.tree import climb, descend, leaves
from keepwell.scoring.who import candidates


@dataclass(frozen=True)
class Scores:
    """One score of a model for every living account as of one day.

    table: one row per account, as `final.finish` says. cells, groups: see `cells.cells` and `tree.climb`.
    flags: id, flag, for every flag that is raised.
    """

    model: Model
    version: str
    plan: Plan
    metrics: Metrics
    table: ir.Table
    cells: ir.Table
    groups: ir.Table
    flags: ir.Table

    def measures(self, ids: Sequence[str] | None = None) -> ir.Table:
        """One row per account and measure: the cell with effective_weight and contribution (points of the score)."""
        groups, found = self.groups, self.cells
        if ids is not None:
            groups, found = groups.filter(groups.id.isin(list(ids))), found.filter(found.id.isin(list(ids)))
        both = beside(found, descend(self.plan, found, groups), ["id", "node"])
        weight = both.effective_weight.fill_null(0.0)
        return both.mutate(effective_weight=weight, contribution=weight * both.points.fill_null(0.0))

    def values(self, numbers: Sequence[int]) -> ir.Table:
        """Rows in the shape of `tree.climb` for these nodes, groups and measures alike."""
        both = self.groups.union(leaves(self.plan, self.cells))
        return both.filter(both.node.isin(list(numbers)))

    def not_connected(self) -> list[tuple[str, str]]:
        """Path and metric of the measures that nobody has: not connected, left out for all."""
        silent = fetch.arrow(self.cells.filter(self.cells.state == "not_connected").select("node").distinct())
        nodes = set(silent["node"].to_pylist())
        return [(place.path, measure.metric) for place, measure in self.plan.measures if place.number in nodes]


def score(
    loaded: Loaded, metrics: Metrics, keep: Keep, name: str | None = None, fitted_on: date | None = None
) -> Scores:
    """Score every account of `metrics` with the named score (default: the model's first).

    `fitted_on`: the day whose fit is used for percentiles and z-scores; default: the day that is scored. Raises
    UsageError for another name, ModelError where there is no fit.
    """
    chosen = score_name(loaded.model, name)
    loaded = on_day(loaded, fitted_on or metrics.moment.as_of, chosen)
    layout = plan(chosen, loaded.model.scores[chosen])
    asked = candidates(layout.score, metrics)
    asked = keep(asked) if layout.score.variants or layout.score.population else asked
    found = keep(cells(layout, metrics, asked))
    with keep.apart() as inner:
        groups = keep(climb(layout, found, inner))
    return assemble(loaded, layout, metrics, found, groups, asked, keep)


def fired(layout: Plan, metrics: Metrics) -> ir.Table:
    """Id and the truth of each override (NULL: unknown)."""
    overrides = dict(zip(override_names(layout.score), (item.when for item in layout.score.overrides), strict=True))
    return truths(metrics, metrics.accounts.select("id"), overrides)


def assemble(
    loaded: Loaded, layout: Plan, metrics: Metrics, found: ir.Table, groups: ir.Table, asked: ir.Table, keep: Keep
) -> Scores:
    """The last steps, from climbed groups to a `Scores`. `asked`: see `who.candidates`."""
    added = adjustments(layout.score, layout.native, metrics)
    table = keep(finish(layout, rooted(layout, asked, groups), fired(layout, metrics), added))
    if layout.score.variants:
        found, groups = (_of_main(layout, rows, table) for rows in (found, groups))
    return Scores(
        loaded.model, loaded.version, layout, metrics, table, found, groups, keep(_flags(loaded.model, metrics, table))
    )


def rooted(layout: Plan, asked: ir.Table, groups: ir.Table) -> ir.Table:
    """id, variant, unsure, value, low, high, coverage: the root of each account's tree.

    The range spans every tree that may be the account's. A tree without a measure adds nothing to the base.
    """
    if not layout.measures:
        nothing = {name: ibis.literal(0.0) for name in ("value", "low", "high", "coverage")}
        return asked.filter(asked.main).drop("main").mutate(**nothing)
    numbers = [root.number for root in layout.roots]
    roots = groups.filter(groups.node.isin(numbers))
    variant = ibis.cases(*((roots.node == number, index) for index, number in enumerate(numbers)), else_=0)
    found = roots.select("id", "value", "low", "high", "coverage", variant=variant.cast("int16"))
    both = beside(asked, found, ["id", "variant"])
    if not layout.score.variants:
        return both.drop("main")
    spans = both.group_by("id").aggregate(low=both.low.min(), high=both.high.max())
    return beside(both.filter(both.main).drop("main", "low", "high"), spans, ["id"])


def _of_main(layout: Plan, rows: ir.Table, table: ir.Table) -> ir.Table:
    """The rows of each account's own tree."""
    trees = ibis.memtable(layout.nodes).select("node", "tree")
    own = table.select("id", tree="variant")
    placed = rows.inner_join(trees, "node")
    return placed.semi_join(own, ["id", "tree"]).drop("tree")


def _flags(model: Model, metrics: Metrics, table: ir.Table) -> ir.Table:
    spine = table.select("id", "coverage", "tier", score="native")
    known = truths(metrics, spine, {name: flag.when for name, flag in model.flags.items()})
    raised = [known.filter(known[name]).select("id", flag=ibis.literal(name)) for name in model.flags]
    return (
        ibis.union(*raised)
        if len(raised) > 1
        else raised[0]
        if raised
        else known.filter(False).select("id", flag=ibis.literal(""))
    )


def score_name(model: Model, name: str | None) -> str:
    """The score that is meant, default: the model's first. Raises UsageError for one that it has not."""
    chosen = name or next(iter(model.scores))
    if chosen not in model.scores:
        raise UsageError(f"the model has no score ‘{chosen}’.{did_you_mean(chosen, model.scores)}")
    return chosen
