"""The evidence in five lines, for somebody who has a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from keepwell.cli.run import working
from keepwell.cli.screen import stdout
from keepwell.evidence.audit import Asked, Group
from keepwell.evidence.panel import Ahead
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import NO_SIGNAL, PREDICTS, TOO_LITTLE, WRONG_WAY
from keepwell.workspace import open_workspace
from keepwell.workspace.backtest import Backtested, Question, backtest
from keepwell.workspace.calibrate import HELPS, Calibration, calibrated
from keepwell.workspace.terms import Terms

SAID = {
    PREDICTS: "Does a low score foretell that a customer leaves? Yes:",
    WRONG_WAY: "Does a low score foretell that a customer leaves? No, the other way round:",
    NO_SIGNAL: "Does a low score foretell that a customer leaves? No:",
    TOO_LITTLE: "Does a low score foretell that a customer leaves? Too few have left to tell:",
}


def show(folder: Path) -> None:
    """Hold the workspace's scores against who left, and say what came of it."""
    with open_workspace(folder) as workspace, working("holding past scores against who left"):
        asked = Asked(workspace.config.last(None), Ahead(), dense=False)
        found = backtest(workspace, asked, Question())
        better = calibrated(workspace, asked.ahead, asked.last, None, None, False, Terms())
    stdout().say()
    stdout().say("Can one trust these scores?", "bold")
    for number, line in enumerate(lines(asked, found, better), 1):
        stdout().say(f"{number}. {line}", indent=2)


def lines(asked: Asked, found: Backtested, better: Calibration) -> Iterator[str]:
    """The five lines, fewer where nothing can be said."""
    audit, days = found.audit, asked.ahead.horizon
    scores = sum(cut.accounts for cut in audit.cuts)
    yield (
        f"On {len(audit.cuts)} days of the past every customer of that day was scored by what was known then: "
        f"{scores:,} scores of {audit.accounts:,} customers. {audit.left:,} of the scores were followed by the "
        f"customer's leaving within {days} days."
    )
    if (area := audit.ranking.auc).value is not None:
        yield (
            f"{SAID[audit.verdict.said]} take one who left and one who stayed, and the one who left had the lower "
            f"score {100 * area.value:.0f} times of 100 ({_sure(area, 100, 0)}). A coin gives 50."
        )
    yield from _tiers(audit.by.get("tier", []), found.tiers)
    if (called := audit.called) is not None and called.lift is not None and called.reached is not None:
        yield (
            f"Had the team called the {asked.capacity} lowest on each of these days, it would have spoken to "
            f"{called.reached:.0%} of those who left, {called.lift:.1f} times as many as by calling {asked.capacity} "
            f"at random; {100 * (1 - called.share):.0f} of 100 calls would have gone to customers who stayed."
        )
    yield from _better(better)


def _better(better: Calibration) -> Iterator[str]:
    first, second, gain = (one.value for one in (better.change.first, better.change.second, better.change.gain))
    if first is not None and second is not None and gain is not None:
        verdict = "rank customers better" if better.said == HELPS else "are not shown to rank better, so keep yours"
        yield (
            f"Weights learned from who left {verdict}: right {100 * second:.1f} times of 100 instead of "
            f"{100 * first:.1f} on {len(better.folds)} later days that they had not seen, {100 * gain:+.1f} "
            f"({_sure(better.change.gain, 100, 1)}); see `keepwell calibrate`."
        )


def _tiers(groups: Sequence[Group], tiers: Sequence[str]) -> Iterator[str]:
    """What became of the best and the worst tier."""
    counted = {group.name: group for group in groups}
    best, worst = (counted.get(tiers[place]) for place in (0, -1)) if tiers else (None, None)
    if best is None or worst is None or best is worst or best.share.value is None or worst.share.value is None:
        return
    said = [f"{group.share.value:.1%} ({_sure(group.share, 100, 1)})" for group in (worst, best)]
    names = [str(group.name).replace("_", " ") for group in (worst, best)]
    ends = f"were followed by leaving; of those that said {names[1]}, {said[1]}"
    yield f"Of the scores that said {names[0]}, {said[0]} {ends}."


def _sure(found: Interval, times: float, digits: int) -> str:
    if found.low is None or found.high is None:
        return "how sure cannot be told"
    return f"95 % sure: {times * found.low:.{digits}f} to {times * found.high:.{digits}f}"
