"""Reports of `backtest`: the scores by tier, timing, help and segment, in revenue, as a probability, and their cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepwell.cli import plots
from keepwell.cli.beside import areas, shares, signed
from keepwell.cli.blocks import Block
from keepwell.evidence.alarms import Alarms
from keepwell.evidence.audit import Missed
from keepwell.evidence.parts import Part, Parts
from keepwell.evidence.probability import Probability
from keepwell.evidence.rates import Interval
from keepwell.evidence.treated import SHORTLY
from keepwell.evidence.why import Why
from keepwell.workspace.judged import Judged

ENOUGH = 100
"""So many have to have left before tenths say more than fifths."""
NAMED = 10
"""So many accounts are named."""


def in_parts(found: Judged, horizon: int) -> Iterator[Block]:
    """By timing, help and segment."""
    if found.renewal is not None:
        said = f"AUC over pairs within the same time: {_in_words(found.renewal.within)}. Timing alone gives 0.50 here."
        yield _block("Who left, by days to the renewal", "days", found.renewal, [said])
    if found.helped is not None:
        said = (
            f"Treated: the team did something in the {SHORTLY} days up to the score or the {horizon} days after it, as "
            f"far as the account had not left. Whoever was saved looks like a false alarm among them."
        )
        yield _block("Who left, by what the team did", "", found.helped, [said])
    for name, parts in found.segments.items():
        yield _block(f"Who left, by {name}", name, parts, [f"AUC within: {_in_words(parts.within)}."])


def in_revenue(found: Judged, currency: str) -> Iterator[Block]:
    """What left of what accounts paid, by tier."""
    known = [one for one in found.tiers.parts if one.value]
    if not known:
        return
    lines = []
    if found.revenue.value is not None:
        said = "AUC with every account weighed by what it pays"
        lines.append(f"{said}: {_in_words(found.revenue)}.")
    if (grew := found.growth) is not None:
        lines.append(
            f"Score and growth of revenue over the horizon, of {grew.scores:,} that stayed ({grew.changed:,} paid more "
            f"or less): rank correlation {_plus(grew.correlation)}."
        )
    columns = ("tier", f"{currency} a year".strip(), "left", "share", "95 %")
    rows = [
        (_named(one.name), f"{one.value:,.0f}", f"{one.value_left:,.0f}", *shares(one.value_share)) for one in known
    ]
    yield Block("What left, by tier: sums over all days", lines, columns, rows)


def in_tenths(found: Judged) -> Block | None:
    """By score; None where fifths have to do."""
    own = found.tenths.parts
    if sum(one.left for one in own) < ENOUGH:
        return None
    rows = [(one.name, f"{one.scores:,}", f"{one.left:,}", *shares(one.share)) for one in own]
    figure = plots.shares("share that left", ((str(one.name), one.share) for one in own))
    return Block("Who left, by score", (), ("score", "scores", "left", "share", "95 %"), rows, figure=figure)


def as_probability(found: Probability, source: str) -> Block:
    """What was expected of the scores, read off a source such as earlier days, and what came."""
    honest = "which chance alone explains" if found.error <= found.chance else "which is more than chance explains"
    brier = (
        f"Read off {source} by logistic regression. Brier score {found.brier.value:.4f} (95 %: "
        f"{found.brier.low:.4f}–{found.brier.high:.4f}), {found.skill.value:+.1%} better than to expect the same of "
        f"everybody (95 %: {found.skill.low:+.1%} to {found.skill.high:+.1%})."
    ).replace("-", "−")
    error = f"Expected and observed share differ by {found.error:.1%} on average, {honest} (up to {found.chance:.1%})."
    lines = [brier, error]
    rows = [(f"{one.expected:.1%}", f"{one.count:,}", f"{one.happened:,}", *shares(one.share)) for one in found.curve]
    columns = ("expected", "scores", "left", "share", "95 %")
    figure = plots.curve((one.expected, one.share) for one in found.curve)
    return Block("The score as a probability of leaving", lines, columns, rows, figure=figure)


def cost(found: Alarms) -> Block:
    """How often somebody is sent for nothing."""
    what = _named(found.of)
    helped = f"{found.helped:,} stayed after the team had done something, " if found.recorded else ""
    said = f"{found.alarms:,} times an account was {what} on one of the days"
    stayed = f"{found.false:,} stayed{' untouched' * found.recorded}"
    lines = [f"{said}: {found.right:,} left, {helped}{stayed}."]
    if found.each_week is not None:
        who = "week" if found.csm_weeks is None else "CSM and week"
        lines.append(f"False alarms ({stayed.partition(' ')[2]}): {found.each_week:.2f} per {who}.")
    return Block(f"What it costs to call whoever is {what}", lines)


def missed(found: Sequence[Missed], whys: Sequence[Why], healthy: float, dated: bool = True) -> Block:
    """The healthy that left, and why they were healthy. dated: it is known when."""
    rows = []
    for one, why in list(zip(found, whys, strict=True))[:NAMED]:
        up = ", ".join(f"{_last(item.measure)} +{item.added:.0f}" for item in why.upheld)
        gone = f"{len(why.missing)} of its measures" if len(why.missing) > 2 else ", ".join(map(_last, why.missing))
        days = f"{(one.left_on - one.as_of).days}"
        when = (f"{one.as_of}", days) if dated else ()
        rows.append((one.account, up, gone or "–", f"{one.score:.4g}", *when))
    more = [f"and {len(found) - NAMED:,} more; --format json has all."] if len(found) > NAMED else []
    columns = ("account", "held up by", "nothing known of", "score", *(("of", "days left") if dated else ()))
    return Block(f"Healthy ({healthy:g} or more) and left all the same: {len(found):,}", more, columns, rows, left=3)


def _block(title: str, of: str, parts: Parts, lines: Sequence[str]) -> Block:
    columns = (of.replace("_", " "), "scores", "left", "share", "95 %", "AUC", "95 %")
    figure = plots.shares("share that left", ((_named(one.name), one.share) for one in parts.parts))
    return Block(title, lines, columns, [_row(one) for one in parts.parts], figure=figure)


def _row(one: Part) -> tuple[str, ...]:
    return (_named(one.name), f"{one.scores:,}", f"{one.left:,}", *shares(one.share), *areas(one.auc))


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1].replace("_", " ")


def _named(word: str) -> str:
    return word.replace("_", " ")


def _in_words(found: Interval) -> str:
    value, wide = areas(found)
    return f"{value} (95 %: {wide})" if wide else "too few left to say"


def _plus(found: Interval) -> str:
    value, wide = signed(found)
    return f"{value} (95 %: {wide})"
