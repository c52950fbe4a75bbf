"""THE formula: cells up the tree to one value per group, and weights down the tree to one contribution per measure.

A child *counts* when it has a value, is *optional* when it has none but could (missing data left out), and is
absent from these tables when it does not apply. Each level of the tree is one group-by, whatever its width.
Sums run over fixed point numbers with whole weights, so they are exact and the order of adding does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from keepwell.model.tree import unit_of
from keepwell.scoring.cells import ABSENT, COUNTS
from keepwell.scoring.keep import Keep
from keepwell.scoring.plan import Plan
from keepwell.scoring.rounding import fine
from keepwell.scoring.terms import divide

_KEYS = ["id", "parent"]
COLUMNS = ("id", "node", "parent", "weight", "combine", "value", "low", "high", "coverage", "counted", "binding")


def climb(plan: Plan, cells: ir.Table, keep: Keep) -> ir.Table:
    """Every group that is there, one row per account, in the columns `COLUMNS`.

    value: NULL where nothing below counts. low, high: what it could be if the missing data came in.
    coverage: share (0–1) of the applicable weight that has data. counted: what a child's weight is divided by for its
    share in the value (NULL: nothing has a share); binding: in min and max, the number of the child that carries the
    group, whose weight is 1. `leaves` gives measures in the same shape.
    """
    below, found = leaves(plan, cells), []
    if not plan.measures:
        return below
    here: ir.Table | None = None
    for depth in range(plan.depth, 0, -1):
        there = [place.number for place, _ in plan.measures if place.depth == depth]
        own = below.filter(below.node.isin(there)) if len(there) < len(plan.measures) else below
        here = own if here is None else here.union(own)
        here = _groups(plan, here, keep)
        here = keep(_withheld(plan, cells, here) if depth == 1 else here)
        found.append(here)
    return ibis.union(*found) if len(found) > 1 else found[0]


def _withheld(plan: Plan, cells: ir.Table, roots: ir.Table) -> ir.Table:
    """Roots without a value where a measure that says `missing: no_score` applies and has no data."""
    if not len(plan.needed):
        return roots
    without = cells.filter(~cells.state.isin(["not_applicable", "grace", *COUNTS])).inner_join(
        ibis.memtable(plan.needed), "node"
    )
    lost = without.select("id", "root").distinct()
    both = roots.left_join(lost, [roots.id == lost.id, roots.node == lost.root])
    names = ("value", "low", "high", "counted")
    kept = {name: ibis.ifelse(both.root.isnull(), both[name], ibis.null(both[name].type())) for name in names}
    return both.mutate(**kept).select(*COLUMNS)


def descend(plan: Plan, cells: ir.Table, groups: ir.Table) -> ir.Table:
    """id, node, effective_weight: what one point of the node is worth in the score, 0 where it does not count."""
    nodes = groups.union(leaves(plan, cells))
    roots = groups.filter(groups.node.isin([root.number for root in plan.roots]))
    above = roots.select("id", "node", "counted", "binding", effective_weight=ibis.literal(1.0))
    found = [above.select("id", "node", "effective_weight")]
    for depth in range(1, plan.depth + 1):
        child = nodes.filter(nodes.node.isin([place.number for place in plan.places if place.depth == depth]))
        over = above.select("id", parent="node", all_counted="counted", bound="binding", share="effective_weight")
        both = child.inner_join(over, _KEYS)
        above = both.select("id", "node", "counted", "binding", effective_weight=_share(both))
        found.append(above.select("id", "node", "effective_weight"))
    return ibis.union(*found)


def _share(both: ir.Table) -> ir.NumericValue:
    shared = both.share * both.weight / both.all_counted
    bound = ibis.ifelse(both.node == both.bound, both.share / both.all_counted, 0.0)
    counts = both.value.notnull() & (both.weight > 0) & both.all_counted.notnull()
    return ibis.ifelse(counts, ibis.ifelse(both.combine.isin(["min", "max"]), bound, shared), 0.0)


def leaves(plan: Plan, cells: ir.Table) -> ir.Table:
    """The cells that are there, in the shape of `climb`: data fixes the range, a policy widens the scale's reach."""
    there = cells.filter(~cells.state.isin(ABSENT))
    if plan.cased:
        scales = ibis.memtable(plan.scales).select("scale", "reach_low", "reach_high", "policy")
        nodes = ibis.memtable(plan.nodes).drop("path", "tree")
        present = there.inner_join(scales, "scale").inner_join(nodes, "node")
    else:
        present = there.inner_join(ibis.memtable(plan.placed), "node")
    data = present.state.isin(COUNTS)
    low = ibis.least(present.reach_low, present.policy.fill_null(present.reach_low))
    high = ibis.greatest(present.reach_high, present.policy.fill_null(present.reach_high))
    return present.select(
        *COLUMNS[:5],
        value=fine(present.points),
        low=fine(ibis.ifelse(data, present.points, low)),
        high=fine(ibis.ifelse(data, present.points, high)),
        coverage=fine(ibis.ifelse(data, 1, 0)),
        counted=ibis.null("float64"),
        binding=ibis.null("int16"),
    )


def _groups(plan: Plan, children: ir.Table, keep: Keep) -> ir.Table:
    """The children's parents, as rows like theirs."""
    weighed = children.filter(children.weight > 0)
    kinds: set[str] = {group.combine for _, group in plan.groups}
    means = [kind for kind in ("mean", "count") if kind in kinds]
    found = [_mean(_under(weighed, means, kinds), keep)] if means else []
    found += [_sum(_under(weighed, ["sum"], kinds), plan)] if "sum" in kinds else []
    found += [_extreme(_under(weighed, [kind], kinds), kind) for kind in ("min", "max") if kind in kinds]
    ranged = ibis.union(*found) if len(found) > 1 else found[0]
    return _rounded(plan, ranged.rename(node="parent").inner_join(ibis.memtable(plan.nodes), "node").select(*COLUMNS))


def _under(weighed: ir.Table, combine: Sequence[str], kinds: set[str]) -> ir.Table:
    """The children of groups that combine in one of these ways."""
    if kinds <= set(combine):
        return weighed
    return weighed.filter(weighed.combine.isin(combine))


def _rounded(plan: Plan, groups: ir.Table) -> ir.Table:
    """Groups that say `round:` with their value and range rounded, half away from zero, in the score's own points."""
    decimals = {place.number: group.round for place, group in plan.groups if group.round is not None}
    if not decimals:
        return groups
    columns = {name: groups[name] for name in ("value", "low", "high")}
    for number, digits in decimals.items():
        here = groups.node == number
        columns = {
            name: ibis.ifelse(here, fine(plan.native.rounded(groups[name], digits)), column)
            for name, column in columns.items()
        }
    # What rounding adds or takes is shared by the parts, so that contributions still sum to the score.
    factor = divide(groups.value, columns["value"])
    kept = ibis.ifelse(groups.value == columns["value"], groups.counted, groups.counted * factor)
    return groups.mutate(**columns, counted=kept)


def _mean(weighed: ir.Table, keep: Keep) -> ir.Table:
    """Weighted means.

    Missing data may stay out or come in anywhere in its range; the range of the mean is over all of that.
    """
    # Kept: both the means and their reach read the sums, and an engine would add up every cell twice.
    totals = keep(_totals(weighed))
    optional = keep(weighed.filter(weighed.value.isnull()))
    worst, best = _reach(optional, totals, "low"), _reach(optional, totals, "high")
    both = totals.left_join(worst, _KEYS).drop("id_right", "parent_right").left_join(best, _KEYS)
    value, low, high = (divide(both[name], both.counted) for name in ("total", "total_low", "total_high"))
    return both.select(
        *_KEYS,
        value=fine(value),
        low=fine(ibis.coalesce(ibis.least(low, both.reach_low), low, both.reach_low)),
        high=fine(ibis.coalesce(ibis.greatest(high, both.reach_high), high, both.reach_high)),
        coverage=both.coverage,
        counted=both.counted.cast("float64"),
        binding=ibis.null("int16"),
    )


def _sum(weighed: ir.Table, plan: Plan) -> ir.Table:
    """Each part adds its value × its weight in points; what is missing adds nothing yet, and could add all it has.

    `counted` is what a part's weight is to be divided by: a hundred of its units, and more where the sum is over 100.
    """
    units = {place.number: float(unit_of(group)) for place, group in plan.groups if group.combine == "sum"}
    counts = weighed.value.notnull()
    sums = weighed.group_by(_KEYS).aggregate(
        found=(weighed.weight * weighed.value).sum(),
        least=(weighed.weight * weighed.low).sum(where=counts),
        most=(weighed.weight * weighed.high).sum(),
        coverage=_coverage(weighed),
    )
    whole = 100 * ibis.cases(*((sums.parent == number, unit) for number, unit in units.items()), else_=1.0)
    value, most = (divide(sums[name], whole) for name in ("found", "most"))
    low, full = divide(sums.least, whole).fill_null(0.0), ibis.literal(100.0)
    return sums.select(
        *_KEYS,
        value=fine(ibis.ifelse(value > full, full, value)),
        low=fine(ibis.ifelse(low > full, full, low)),
        high=fine(ibis.ifelse(most > full, full, most)),
        coverage=sums.coverage,
        counted=whole * ibis.ifelse(value > full, value / full, 1.0),
        binding=ibis.null("int16"),
    )


def _totals(weighed: ir.Table) -> ir.Table:
    counts = weighed.value.notnull()
    return weighed.group_by(_KEYS).aggregate(
        counted=weighed.weight.sum(where=counts),
        total=(weighed.weight * weighed.value).sum(),
        total_low=(weighed.weight * weighed.low).sum(where=counts),
        total_high=(weighed.weight * weighed.high).sum(where=counts),
        coverage=_coverage(weighed),
    )


def _coverage(weighed: ir.Table) -> ir.NumericValue:
    return fine(divide((weighed.weight * weighed.coverage).sum(), weighed.weight.sum()))


def _reach(optional: ir.Table, totals: ir.Table, side: str) -> ir.Table:
    """The extreme mean when optional children come in at their `side` (low or high), the worst (or best) first."""
    # Children with the same bound move the mean the same way, so they come in together: far fewer rows to sort.
    steps = optional.group_by([*_KEYS, side]).aggregate(weight=optional.weight.sum())
    both = steps.inner_join(totals.select(*_KEYS, "counted", total=f"total_{side}"), _KEYS)
    bound = both[side]
    order = bound if side == "low" else bound.desc()
    window = ibis.cumulative_window(group_by=[both.id, both.parent], order_by=order)
    weights = both.weight.sum().over(window) + both.counted.fill_null(0)
    mean = divide((both.weight * bound).sum().over(window) + both.total.fill_null(0), weights)
    found = both.select(*_KEYS, mean=mean).group_by(_KEYS)
    return found.aggregate(**{f"reach_{side}": ibis._["mean"].min() if side == "low" else ibis._["mean"].max()})


def _extreme(own: ir.Table, combine: str) -> ir.Table:
    """Min.

    The lowest counting child carries the group; an optional one could only lower it. max is the mirror image.
    """
    down = combine == "min"
    counts = own.value.notnull()
    ends = own.group_by(_KEYS).aggregate(
        value=own.value.min() if down else own.value.max(),
        low=own.low.min() if down else ibis.coalesce(own.low.max(where=counts), own.low.min()),
        high=ibis.coalesce(own.high.min(where=counts), own.high.max()) if down else own.high.max(),
        coverage=_coverage(own),
        counted=ibis.ifelse(counts.any(), 1.0, ibis.null("float64")),
    )
    tied = own.select(*_KEYS, "node", own="value").inner_join(ends.select(*_KEYS, carried="value"), _KEYS)
    first = tied.filter(tied["own"] == tied.carried).group_by(_KEYS).aggregate(binding=ibis._.node.min())
    return ends.left_join(first, _KEYS).select(*_KEYS, "value", "low", "high", "coverage", "counted", "binding")
