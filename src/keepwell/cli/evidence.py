"""Reports of `backtest`: what was found, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepwell.cli import plots
from keepwell.cli.beside import areas, of_cross_section, of_rivals, shares
from keepwell.cli.blocks import Block
from keepwell.cli.figures import Dots
from keepwell.cli.judged import as_probability, cost, in_parts, in_revenue, in_tenths, missed
from keepwell.cli.otherwise import ended_otherwise
from keepwell.evidence.audit import Asked, Audit, Band, Group
from keepwell.evidence.doubts import Doubt
from keepwell.evidence.nearness import Leak
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import ABSENT, FEWEST, NO_SIGNAL, PREDICTS, TOO_LITTLE, USABLE, WRONG_WAY
from keepwell.model.output import INSUFFICIENT
from keepwell.workspace.backtest import Backtested

BY_SCORE, HEALTHY, OVER_TIME = "Who left, by score", "Healthy", "Over time"
MOST = 10
"""So many accounts are named."""


def about(of: str, asked: Asked, found: Audit) -> list[str]:
    """What a page says above its title: what was held against what, and the days."""
    ahead, days = asked.ahead, [cut.day for cut in found.cuts]
    scored = [f"scored {days[0]}" if len(days) == 1 else f"scored {days[0]} to {days[-1]}"] if days else []
    gap = f" after a gap of {ahead.gap}" if ahead.gap else ""
    return [f"Backtest of {of}", *scored, f"{ahead.horizon} days ahead{gap}", f"who left is known to {asked.last}"]


def of_workspace(name: str, currency: str, asked: Asked, found: Backtested) -> Iterator[Block]:
    """The report on a workspace's own score."""
    audit = found.audit
    notes = []
    if adjacent := [path for path in found.left_out if path not in {one.measure for one in found.leaks}]:
        notes.append(f"Left out, for they nearly state the outcome (--adjacent counts them): {', '.join(adjacent)}.")
    if found.assumed:
        notes.append(f"Knowledge time assumed (a row counts from when it happened): {', '.join(found.assumed)}.")
    blocks = list(of_scores(name, asked, (), audit))
    lines = list(blocks[0].lines)
    if found.folds:
        lines[:1] = of_cross_section(found)
    lines += [_leak(one, one.measure in found.left_out) for one in found.leaks]
    title = f"{blocks[0].title} (cross-section)" if found.folds else blocks[0].title
    yield Block(title, [*lines, *ended_otherwise(found.otherwise), *notes])
    yield from of_rivals(found.beside, found.folds)
    order = [INSUFFICIENT, *reversed(found.tiers)]
    for word, groups in audit.by.items():
        own = sorted(groups, key=lambda one: order.index(one.name) if one.name in order else len(order))
        names = [(one.name or "none").replace("_", " ") for one in own]
        rows = [
            (said, f"{one.accounts:,}", f"{one.left:,}", *shares(one.share))
            for said, one in zip(names, own, strict=True)
        ]
        figure = _left(names, own)
        yield Block(f"Who left, by {word}", (), (word, "scores", "left", "share", "95 %"), rows, figure=figure)
    if found.judged is not None:
        yield from in_revenue(found.judged, currency)
        yield from in_parts(found.judged, asked.ahead.horizon)
    yield from _rest(found, blocks[1:])
    if audit.alone:
        columns = ("measure", "scores", "AUC", "95 %")
        alone = [(one.measure, f"{one.accounts:,}", *areas(one.auc)) for one in audit.alone]
        yield Block("Each measure alone, as if it were the score", (), columns, alone, figure=plots.areas(audit.alone))


def _left(names: Sequence[str], groups: Sequence[Band] | Sequence[Group]) -> Dots:
    """The share that left of each, against that of all of them."""
    accounts = sum(one.accounts for one in groups)
    of_all = sum(one.left for one in groups) / accounts if accounts else None
    named = zip(names, (one.share for one in groups), strict=True)
    return plots.shares("share that left", named, of_all)


def _leak(one: Leak, left_out: bool) -> str:
    said = f"AUC {one.near:.2f} for those who left within {one.days} days, {one.far:.2f} for those who left later"
    what = "left out of the score (--adjacent counts it)" if left_out else "counted all the same"
    return f"Doubt: {one.measure} knows the end when it is near: {said}; {what}."


def _rest(found: Backtested, blocks: Sequence[Block]) -> Iterator[Block]:
    """What the report on any scores says, with what is known of a workspace's own."""
    held, judged = found.audit, found.judged
    for block in blocks:
        if judged is not None and block.title == BY_SCORE:
            yield in_tenths(judged) or block
            if judged.probability is not None:
                yield as_probability(judged.probability, "other accounts" if found.folds else "earlier days")
            if judged.alarms is not None and judged.alarms.alarms:
                yield cost(judged.alarms)
        elif held.missed and block.title.startswith(HEALTHY):
            yield missed(held.missed, found.why, held.healthy or 0.0, dated=not found.folds)
        elif not (found.folds and block.title == OVER_TIME):
            yield block


def of_scores(title: str, asked: Asked, names: Sequence[str], found: Audit, unscored: int = 0) -> Iterator[Block]:
    """The report on any scores. names: their levels, if they are words; unscored: rows without one."""
    yield Block(f"{title}: {_verdict(found)}", list(_sentences(asked, found)))
    if not found.bands:
        return
    columns = ("score", "scores", "left", "share", "95 %")
    bands = [_named(names, band) for band in found.bands]
    rows = [
        (said, f"{band.accounts:,}", f"{band.left:,}", *shares(band.share))
        for said, band in zip(bands, found.bands, strict=True)
    ]
    yield Block(BY_SCORE, (), columns, rows, figure=_left(bands, found.bands))
    leads = [(f"{lead.days}", f"{lead.scored:,}", f"{lead.low:,}", *shares(lead.share)) for lead in found.leads]
    if leads:
        title = f"How long before: accounts that left, and whether their score was among the lowest ({bands[0]}) then"
        figure = plots.shares("share with a low score", ((_before(lead.days), lead.share) for lead in found.leads))
        yield Block(title, (), ("days before", "with a score", "low", "share", "95 %"), leads, figure=figure)
    over = [
        (f"{c.day}", f"{c.accounts:,}", f"{c.left:,}", "–" if c.auc is None else f"{c.auc:.2f}") for c in found.cuts
    ]
    yield Block(OVER_TIME, (), ("scored by", "accounts", "left", "AUC"), over, figure=plots.over_time(found.cuts))
    if found.missed:
        yield _missed(names, found)
    if left_out := list(_left_out(unscored, found)):
        yield Block("Left out", left_out)


def _before(days: int) -> str:
    return "1 day before" if days == 1 else f"{days} days before"


def _verdict(found: Audit) -> str:
    said = found.verdict.said
    if said != TOO_LITTLE:
        return f"the score {said}" if said in (PREDICTS, WRONG_WAY) else said
    if found.verdict.needed is None:
        return said
    return f"{said} to tell; about {found.verdict.needed:,} more accounts would have to leave"


def _sentences(asked: Asked, found: Audit) -> Iterator[str]:
    observed = sum(cut.accounts for cut in found.cuts)
    ahead = asked.ahead
    gap = f" a gap of {ahead.gap} days" if ahead.gap else ""
    if not observed:
        yield (
            f"No account has a score {ahead.horizon + ahead.gap} days or more before {asked.last}, the last day of "
            f"which it is known who left."
        )
    else:
        first, last = found.cuts[0].day, found.cuts[-1].day
        days = f"{first}" if first == last else f"{len(found.cuts)} days from {first} to {last}"
        yield (
            f"{found.accounts:,} accounts, scored on {days}: {observed:,} scores, and {found.left:,} of the "
            f"accounts left in the {ahead.horizon} days after{gap}."
        )
    if (area := found.ranking.auc).value is not None:
        yield (
            f"Of one who left and one who stayed, the one who left had the lower score in {area.value:.0%} of pairs "
            f"(AUC {_interval(area)}); chance is 50 %."
        )
    if (lead := found.ranking.lead).value is not None and not asked.names:
        yield f"The mean score of those who stayed is {lead.value:.1f} higher ({lead.low:.1f} to {lead.high:.1f})."
    if (called := found.called) is not None and called.lift is not None:
        yield (
            f"The {asked.capacity:,} lowest of each day: {called.share:.1%} of them left, {called.lift:.1f} × the "
            f"share of all; {called.reached:.0%} of those who left were among them."
        )
    yield from (_EXPLAINED[found.verdict.said], *(_doubt(doubt) for doubt in found.doubts))


_EXPLAINED = {
    PREDICTS: "Predicts means that the whole interval lies above chance: how well is the figure, not the word.",
    WRONG_WAY: "The whole interval lies below chance: those who left had the higher scores. Is high good here?",
    NO_SIGNAL: f"The whole interval lies below {USABLE:.2f}: whoever works by this score may as well draw lots.",
    TOO_LITTLE: (
        f"The interval holds chance and a usable score, or fewer than {FEWEST} accounts left or stayed "
        f"({ABSENT}, before one may say that nothing is there)."
    ),
}


def _doubt(doubt: Doubt) -> str:
    if doubt.code == "one-day":
        return f"Doubt: all scores of {doubt.of:,} accounts are of one day each; this is an export, and no history."
    if doubt.code == "unchanging":
        said = f"the score of {doubt.count:,} of {doubt.of:,} accounts never changes"
        return f"Doubt: {said}; was its past overwritten with the newest value?"
    if doubt.code == "unscored":
        said = f"{doubt.count:,} of {doubt.of:,} accounts that left have no score from before"
        return f"Doubt: {said}; an export of today's customers lacks those who left."
    if doubt.code == "after-end":
        return f"Doubt: {doubt.count:,} scores are of days after their account left; did these come back?"
    said = f"on the eve of the end the score tells (AUC {doubt.near:.2f}), thirty days before it does not"
    return f"Doubt: {said} ({doubt.far:.2f}); it may have been entered once it was known."


def _missed(names: Sequence[str], found: Audit) -> Block:
    level = names[int(found.healthy or 0)] if names else f"{found.healthy:g} or more"
    rows = [
        (one.account, _score(names, one.score), f"{one.as_of}", f"{one.left_on}", f"{(one.left_on - one.as_of).days}")
        for one in found.missed[:MOST]
    ]
    more = [f"and {len(found.missed) - MOST:,} more; --format json has all."] if len(found.missed) > MOST else []
    columns = ("account", "score", "of", "left on", "days later")
    return Block(f"{HEALTHY} ({level}) and left all the same: {len(found.missed):,}", more, columns, rows)


def _left_out(unscored: int, found: Audit) -> Iterator[str]:
    if unscored:
        yield f"{unscored:,} {'row' if unscored == 1 else 'rows'} without a score."
    if found.gone:
        yield f"{found.gone:,} scores of accounts that had left before the day they would count for."
    if found.leaving:
        yield f"{found.leaving:,} scores of accounts that left within the gap."


def _named(names: Sequence[str], band: Band) -> str:
    low, high = _score(names, band.low), _score(names, band.high)
    return low if low == high else f"{low}–{high}"


def _score(names: Sequence[str], score: float) -> str:
    return names[int(score)] if names else f"{score:.4g}"


def _interval(found: Interval) -> str:
    return f"{found.value:.2f}, 95 %: {found.low:.2f}–{found.high:.2f}"
