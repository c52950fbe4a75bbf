"""The evidence in five lines, for somebody who has a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from keepwell.cli.run import working
from keepwell.cli.screen import stdout
from keepwell.evidence.audit import Asked, Group
from keepwell.evidence.panel import Ahead
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
    yield (
        f"We went back to {len(audit.cuts)} days of the past, scored {audit.accounts:,} customers by what was known on "
        f"each, and looked who left within {days} days: {audit.left:,} did."
    )
    if (area := audit.ranking.auc).value is not None and area.low is not None and area.high is not None:
        yield (
            f"{SAID[audit.verdict.said]} of one who left and one who stayed, the one who left had the lower score "
            f"{area.value:.0%} of the time (truly {area.low:.0%} to {area.high:.0%}; a coin gives 50%)."
        )
    yield from _tiers(audit.by.get("tier", []), found.tiers, days)
    if (called := audit.called) is not None and called.lift is not None and called.reached is not None:
        yield (
            f"Calling the {asked.capacity} lowest each time reaches {called.reached:.0%} of those who leave, "
            f"{called.lift:.1f} times as many as {asked.capacity} at random; {1 - called.share:.0%} of these stay."
        )
    gain = better.change
    if gain.first.value is not None and gain.second.value is not None:
        verdict = "do better" if better.said == HELPS else "do not show to do better, so keep yours"
        yield (
            f"Weights learned from who left {verdict}: {gain.second.value:.1%} against {gain.first.value:.1%} of the "
            f"time, on days that they had not seen (`keepwell calibrate`)."
        )


def _tiers(groups: Sequence[Group], tiers: Sequence[str], days: int) -> Iterator[str]:
    """What became of the best and the worst tier."""
    counted = {group.name: group for group in groups}
    best, worst = (counted.get(tiers[place]) for place in (0, -1)) if tiers else (None, None)
    if best is None or worst is None or best is worst or best.share.value is None or worst.share.value is None:
        return
    said = [f"{group.share.value:.1%} ({group.share.low:.1%}–{group.share.high:.1%})" for group in (worst, best)]
    names = [str(group.name).replace("_", " ") for group in (worst, best)]
    ends = f"left within the {days} days; of those who were {names[1]}, {said[1]}"
    yield f"Of customers who were {names[0]}, {said[0]} {ends}."
