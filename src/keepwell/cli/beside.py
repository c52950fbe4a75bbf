"""Reports of `backtest`: the score beside what it has to be better than."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepwell.cli.blocks import Block
from keepwell.evidence.challenger import LEAVERS
from keepwell.evidence.rates import Interval
from keepwell.evidence.rivals import Rival
from keepwell.evidence.verdict import FEWEST
from keepwell.workspace.backtest import Backtested

SAME = (
    "On the same scores; pairs are of one day. Signs count in the direction that they had on earlier days. Gradient "
    "boosting learned the score's own measures from earlier days, by what was known then."
)
NO_AHEAD = "--cross-section looks at one day, and not ahead; leave out --horizon and --gap."
AFTER = "What is measured may have come after the end."
FOLDED = (
    "On the same scores. Signs count in the direction that they have among the other accounts, and gradient boosting "
    "learned the score's own measures from them, in {} folds."
)


def of_cross_section(found: Backtested) -> list[str]:
    """What a figure of one day says, and what it does not."""
    if not found.audit.cuts:
        return [f"No account has a score on {found.last}."]
    accounts, left = found.audit.cuts[0].accounts, found.audit.cuts[0].left
    said = f"{accounts:,} accounts as they stand on {found.last}, of whom {left:,} are known to have left"
    return [f"A cross-section, and no prediction: {said}. {AFTER}"]


def of_rivals(found: Sequence[Rival], folds: int | None = None) -> Iterator[Block]:
    """The score, then each of the others, with the difference; in words what it comes to."""
    if len(found) < 2 or found[0].auc.value is None:
        return
    columns = ("", "scores", "left", "AUC", "95 %", "score", "ahead by", "95 %")
    told = [one for one in found if one.auc.value is not None]
    rows = [_row(one) for one in told]
    yield Block(
        "Beside what it has to be better than", [*_words(found), FOLDED.format(folds) if folds else SAME], columns, rows
    )


def _row(one: Rival) -> tuple[str, ...]:
    here = one.name if one.kind != "challenger" else f"{one.name} (ceiling)"
    own = ("", "", "") if one.kind == "score" else (f"{one.own.value:.2f}", *signed(one.ahead))
    return (here, f"{one.scores:,}", f"{one.left:,}", *areas(one.auc), *own)


def _words(found: Sequence[Rival]) -> Iterator[str]:
    signs = [one for one in found if one.kind in ("baseline", "file") and one.ahead.value is not None]
    better = [one.name for one in signs if one.ahead.high is not None and one.ahead.high < 0]
    worse = [one.name for one in signs if one.ahead.low is not None and one.ahead.low > 0]
    level = [one.name for one in signs if one.name not in (*better, *worse)]
    if better:
        yield f"Better than the score: {', '.join(better)}. Why have one, then?"
    if level:
        yield f"Not to be told apart from the score: {', '.join(level)}."
    if worse:
        yield f"The score is better than: {', '.join(worse)}."
    for one in found:
        if one.kind == "challenger" and one.ahead.value is None:
            yield f"No gradient boosting: before no day had {LEAVERS} accounts left, and so many stayed, to learn from."
        elif one.kind != "challenger" and one.auc.value is None:
            yield f"Nothing is said of {one.name}: of those that have it fewer than {FEWEST} left, or had left before."


def areas(found: Interval) -> tuple[str, str]:
    """An area and its interval."""
    return ("–", "") if found.value is None else (f"{found.value:.2f}", f"{found.low:.2f}–{found.high:.2f}")


def shares(found: Interval) -> tuple[str, str]:
    """A share and its interval."""
    return ("–", "") if found.value is None else (f"{found.value:.1%}", f"{found.low:.1%}–{found.high:.1%}")


def signed(found: Interval) -> tuple[str, str]:
    """A difference and its interval, with signs."""
    if found.value is None:
        return "–", ""
    value, low, high = (_signed(number) for number in (found.value, found.low or 0.0, found.high or 0.0))
    return value, f"{low} to {high}"


def _signed(number: float) -> str:
    return f"{round(number, 2) + 0.0:+.2f}".replace("-", "−")
