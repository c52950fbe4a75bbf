"""Reports of `forecast`: what lies ahead, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from keepwell.cli import plots
from keepwell.cli.blocks import Block
from keepwell.cli.otherwise import ended_otherwise
from keepwell.cli.tested import curves, sentences, spread, tables, tested_verdict
from keepwell.evidence.economics import FOCUS
from keepwell.evidence.landmarks import STEP
from keepwell.evidence.outlook import HORIZONS, MONTHS, Chances, Sums
from keepwell.evidence.rates import Interval
from keepwell.evidence.trajectory import AHEAD, BAND
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.walk import TESTED
from keepwell.workspace.forecast import Forecast
from keepwell.workspace.plan import Decided, Terms

MOST = 10
"""So many accounts are named."""


@dataclass(frozen=True)
class Shown:
    """A forecast, and in what it is shown. worth: the currency, or a word for it."""

    name: str
    worth: str
    horizon: int
    found: Forecast
    terms: Terms | None
    decided: Decided | None


def blocks_of(shown: Shown) -> Iterator[Block]:
    """The whole report."""
    found = shown.found
    yield Block(f"{shown.name}: {_verdict(found)}", list(_sentences(shown)))
    if found.ahead is not None:
        yield from _sums(shown, found.ahead.sums)
        yield _accounts(shown, found.ahead.chances)
        if shown.decided is not None and shown.terms is not None and found.valued:
            yield from _plan(shown, found.ahead.chances, shown.terms, shown.decided)
    if found.record is not None:
        yield from tables(found.record)
    yield from curves(found)


def nothing(found: Forecast) -> str:
    """Why there is no forecast."""
    if not found.accounts:
        return "nobody is left to forecast"
    return f"too little data to forecast; about {found.needed:,} more accounts would have to leave"


def _verdict(found: Forecast) -> str:
    if found.ahead is None:
        return nothing(found)
    if found.record is None:
        return "a forecast that no past forecast tests"
    return tested_verdict(found.record)


def _sentences(shown: Shown) -> Iterator[str]:
    found = shown.found
    total = float(np.nansum(found.value))
    if found.since is None:
        yield f"Nobody is known to have left by {found.day} (outcome {found.outcome})."
    else:
        worth = f", worth {total:,.0f} {shown.worth} a year" if found.valued else ""
        yield (
            f"{len(found.accounts):,} accounts on {found.day}{worth}; "
            f"{found.leavers:,} are seen to leave since {found.since} (outcome {found.outcome})."
        )
    if found.gone:
        worth = "" if np.isnan(found.gone_value) else f", worth {found.gone_value:,.0f}"
        yield (
            f"Beside them {found.gone:,} of which the outcome is known and that are still there{worth}: "
            f"they are in no chance, and are lost in NRR and GRR."
        )
    yield from _ends_seen(found)
    if found.accounts and not found.valued:
        yield "Nothing says what accounts are worth: add `value:` to the account, or a `book`, to see what leaves."
    if found.ahead is not None:
        yield from _retention(found)
    if (record := found.record) is not None:
        yield from sentences(record)
    elif found.ahead is not None:
        yield f"No forecast of the past has come due: whether these chances are right is known {TESTED} days from now."
    if found.left_out:
        yield f"Left out, for they nearly state the outcome (--adjacent counts them): {', '.join(found.left_out)}."
    if found.assumed:
        yield f"Knowledge time assumed (a row counts from when it happened): {', '.join(found.assumed)}."


def _ends_seen(found: Forecast) -> Iterator[str]:
    """Whose ending is learned later, and who ended in another way."""
    if found.untold:
        days = found.untold * STEP
        yield f"Who left in the last {days} days is mostly unknown yet, as it was before: nothing is learned from them."
    yield from ended_otherwise(found.otherwise)
    if found.otherwise and found.ahead is not None:
        yield _other_ends(found.ahead.other)


def _other_ends(share: float) -> str:
    """How chances take ends of another kind. share: see `Model`."""
    if not share:
        return f"Fewer than {FEWEST} of these stand in what chances are learned from: they count until they ended so."
    level = f"of 1,000 accounts {1000 * share:.1f} end in another way in {STEP} days"
    return f"Chances to leave allow for it: {level}, and can no longer leave."


def _retention(found: Forecast) -> Iterator[str]:
    ahead = found.ahead
    if ahead is None or ahead.gross is None:
        return
    gross = f"gross {_rate(ahead.gross)}"
    if ahead.nrr is None:
        yield f"Retention a year from now, of what leaves alone: {gross}. Without a book of a year there is no NRR."
    else:
        yield f"Retention a year from now: net {_rate(ahead.nrr)}, {gross}; those that stay grow as in the past year."


def _rate(found: Interval) -> str:
    return f"{found.value:.1%} (95 %: {spread(found, '.1%')})"


def _sums(shown: Shown, sums: Sums) -> Iterator[Block]:
    columns = ("within", "leave", "95 %", shown.worth, "95 %")[: 5 if shown.found.valued else 3]
    rows = [(f"{days} days", *_counts(*sums.within(days)))[: len(columns)] for days in HORIZONS]
    yield Block("What is expected to leave", (), columns, rows)
    until = [shown.found.day + timedelta(days=STEP * (month + 1)) for month in range(MONTHS)]
    months = [(f"{day}", *_counts(*sums.month(month)))[: len(columns)] for month, day in enumerate(until)]
    note = f"Months of {STEP} days. The intervals hold what the chances may be, and who leaves by chance."
    name = f"{shown.worth} a month" if shown.found.valued else "accounts a month"
    worth = [(day, sums.month(month)[1 if shown.found.valued else 0]) for month, day in enumerate(until)]
    figure = plots.months("What is expected to leave.", name, worth)
    yield Block("Month by month", [note], ("to", *columns[1:]), months, figure=figure)


def _counts(count: Interval, worth: Interval) -> tuple[str, ...]:
    return f"{count.value:,.1f}", spread(count, ",.0f"), f"{worth.value:,.0f}", spread(worth, ",.0f")


def _accounts(shown: Shown, own: Chances) -> Block:
    found, place = shown.found, HORIZONS.index(shown.horizon)
    loss = own.chance[:, place] * np.nan_to_num(found.value)
    order = np.lexsort((np.arange(len(loss)), -own.chance[:, place], -loss))[:MOST]
    columns = (
        "account", shown.worth, "score", f"in {AHEAD} days", "contract ends", "renews",
        f"leaves in {shown.horizon}", "95 %", "in 365", "expected loss",
    )  # fmt: skip
    rows = [_account(found, own, row, place) for row in order.tolist()]
    held = found.path.held
    lines = [
        "95 %: what the chance of an account like this may be, by how few have left; not whether this one will.",
        "renews: is still there at the end of the month in which its contract ends.",
    ]
    if held.value is not None:
        lines.append(f"In {AHEAD} days: a band for {BAND:.0%} of scores; out of time it held {held.value:.0%}.")
    what = "The largest expected losses" if found.valued else "Who is most likely to leave"
    title = f"{what} within {shown.horizon} days"
    return Block(title, lines, columns, rows)


def _account(found: Forecast, own: Chances, row: int, place: int) -> tuple[str, ...]:
    return (
        found.accounts[row],
        _number(found.value[row], ",.0f"),
        _number(found.score[row], ".0f"),
        _band(found, row),
        _ends(found.renewal[row]),
        _number(1 - own.end[row], ".0%"),
        f"{own.chance[row, place]:.1%}",
        f"{own.low[row, place]:.1%}–{own.high[row, place]:.1%}",
        f"{own.chance[row, -1]:.0%}",
        _number(own.chance[row, place] * found.value[row], ",.0f"),
    )


def _ends(days: float) -> str:
    return "–" if np.isnan(days) else "today" if days < 1 else f"{days:.0f} days"


def _number(value: float, form: str) -> str:
    return "–" if np.isnan(value) else f"{value:{form}}"


def _signed(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _band(found: Forecast, row: int) -> str:
    low, high = found.path.low[row], found.path.high[row]
    return "–" if np.isnan(low) else f"{low:.0f}–{high:.0f}"


def _plan(shown: Shown, chances: Chances, terms: Terms, decided: Decided) -> Iterator[Block]:
    found, own = shown.found, decided.plan
    cost = f"what {terms.cost} says" if isinstance(terms.cost, str) else f"{terms.cost:,.0f} {shown.worth}"
    each = f"; each takes what {terms.effort} says" if terms.effort else ""
    low, high = (f"{edge:.0f}" for edge in FOCUS)
    shared = "1 account is" if own.both == 1 else f"{own.both:,} accounts are"
    lines = [
        (
            f"A call prevents {terms.effect:.0%} of leavings within {terms.horizon} days and costs {cost}{each}: "
            f"worth chance × {shown.worth} × {terms.effect:.0%} − cost. What it prevents is your assumption."
        ),
        (
            f"{shared} in both. The rule: scores from {low} to {high} first, below {low} only with a "
            f"high value or a path to good, each by value."
        ),
    ]
    columns: tuple[str, ...] = ("whom", "accounts", "capacity", f"worth in {shown.worth}")
    rows = [
        ("the optimum", f"{len(own.optimum):,}", f"{own.effort:,} of {terms.capacity:,}", _signed(own.worth)),
        ("the rule", f"{len(own.rule):,}", f"{own.rule_effort:,} of {terms.capacity:,}", _signed(own.rule_worth)),
    ]
    yield Block(f"Whom to call, with room for {terms.capacity:,}", lines, columns, rows)
    place = HORIZONS.index(terms.horizon)
    chance, ruled = chances.chance[:, place], set(own.rule.tolist())
    best = [
        (found.accounts[row], _number(found.value[row], ",.0f"), _number(found.score[row], ".0f"),
         f"{chance[row]:.1%}", _signed(decided.gain[row]), "yes" if row in ruled else "no")
        for row in own.optimum[:MOST].tolist()
    ]  # fmt: skip
    columns = ("account", shown.worth, "score", f"leaves in {terms.horizon}", "worth of a call", "by the rule")
    more = len(own.optimum) - MOST
    yield Block("The first to call", [f"and {more:,} more; --format csv has all."] if more > 0 else (), columns, best)


def one_account(shown: Shown, row: int) -> Iterator[Block]:
    """The report on one account."""
    found = shown.found
    score = _number(found.score[row], ".4g")
    value = found.value[row]
    worth = "Nothing says what it is worth" if np.isnan(value) else f"Worth {value:,.0f} {shown.worth} a year"
    lines = [f"{worth}; score {score}."]
    if not np.isnan(found.path.low[row]):
        held = "" if found.path.held.value is None else f"; out of time the band held {found.path.held.value:.0%}"
        middle = f"{found.path.middle[row]:.0f}, {BAND:.0%} of scores like it within {_band(found, row)}"
        lines.append(f"In {AHEAD} days the score is expected at {middle}{held}.")
    if found.ahead is None:
        said = nothing(found)
        lines.append(f"{said[0].upper()}{said[1:]}.")
        yield Block(f"{found.accounts[row]} on {found.day}", lines)
        return
    own = found.ahead.chances
    if not np.isnan(own.end[row]):
        renews = f"{1 - own.end[row]:.0%} (95 %: {1 - own.end_high[row]:.0%}–{1 - own.end_low[row]:.0%})"
        lines.append(f"Its contract ends in {found.renewal[row]:.0f} days; that it is renewed: {renews}.")
    if shown.decided is not None and not np.isnan(shown.decided.gain[row]):
        lines.append(f"A call is worth {_signed(shown.decided.gain[row])} {shown.worth}.")
    columns = ("within", "leaves", "95 %", "expected loss")
    rows = [
        (f"{days} days", f"{own.chance[row, place]:.1%}", f"{own.low[row, place]:.1%}–{own.high[row, place]:.1%}",
         _number(own.chance[row, place] * found.value[row], ",.0f"))
        for place, days in enumerate(HORIZONS)
    ]  # fmt: skip
    yield Block(f"{found.accounts[row]} on {found.day}", lines, columns, rows)
