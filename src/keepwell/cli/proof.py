"""The commands that hold scores against what became of the accounts. Bodies import what they need, as in `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepwell.cli.options import GAP, HORIZON, Book, Folder, Output, Report, ScoreName
from keepwell.cli.run import day, sentences

Horizon = Annotated[str, typer.Option("--horizon", metavar="DAYS", help="How far ahead a score looks, such as 90d.")]
Gap = Annotated[str, typer.Option("--gap", metavar="DAYS", help="Days after a score in which leaving does not count.")]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="The last day of which it is known who left; default: the newest date that is over.",
    ),
]
CrossSection = Annotated[
    bool,
    typer.Option("--cross-section", help="One day, beside who is known to have left by then: for data without dates."),
]
OutcomeName = Annotated[
    str | None, typer.Option("--outcome", metavar="NAME", help="Which outcome of the model; default: churn.")
]


def backtest(
    workspace: Folder = Path(),
    scores: Annotated[
        Path | None,
        typer.Option("--scores", metavar="FILE", help="Account, date and score (a number or a colour), a row each."),
    ] = None,
    outcomes: Annotated[
        Path | None,
        typer.Option("--outcomes", metavar="FILE", help="Account and the date on which it left, a row each."),
    ] = None,
    horizon: Horizon = HORIZON,
    gap: Gap = GAP,
    until: Until = None,
    capacity: Annotated[
        int, typer.Option("--capacity", metavar="N", min=1, help="How many accounts a team can call at a time.")
    ] = 50,
    healthy: Annotated[
        str | None,
        typer.Option(
            "--healthy", metavar="SCORE", help="The lowest healthy score; default: the best fifth, or colour."
        ),
    ] = None,
    worst_first: Annotated[
        str | None,
        typer.Option("--worst-first", metavar="WORDS", help="Scores in words, worst first, such as poor,fair,fine."),
    ] = None,
    name: ScoreName = None,
    outcome: OutcomeName = None,
    adjacent: Annotated[
        bool, typer.Option("--adjacent", help="Count measures that nearly state the outcome as well.")
    ] = False,
    cross_section: CrossSection = False,
    dates: Annotated[
        list[str] | None,
        typer.Option("--dates", metavar="FORM", help="How dates are written, such as %d.%m.%Y. Repeatable."),
    ] = None,
    format_: Annotated[
        Report, typer.Option("--format", help="text, markdown or html for people, json for programs.")
    ] = Report.text,
) -> None:
    """Hold scores against the customers who left, and say whether they predict.

    Of a workspace: each day is scored as it would have been then, and with --scores another tool's scores stand beside
    it. With --scores and --outcomes, of any tool's scores: two files, and neither model nor workspace.
    """
    with sentences():
        from keepwell.cli import backtest as backtests

        said = backtests.Said(
            workspace, scores, outcomes, horizon, gap, day(until, "--until"), capacity, healthy, worst_first,
            tuple(dates or ()), name, outcome, adjacent, cross_section,
        )  # fmt: skip
        backtests.run(said, format_.value)


def calibrate(
    workspace: Folder = Path(),
    horizon: Horizon = HORIZON,
    gap: Gap = GAP,
    until: Until = None,
    least: Annotated[
        str, typer.Option("--least", metavar="SHARE", help="The least that a weight may become, such as 1%.")
    ] = "0%",
    most: Annotated[
        str, typer.Option("--most", metavar="SHARE", help="The most that a weight may become, such as 30%.")
    ] = "100%",
    dimensions: Annotated[
        bool, typer.Option("--keep-dimensions", help="The parts at the top keep their weights.")
    ] = False,
    experts: Annotated[
        Path | None,
        typer.Option(
            "--experts", metavar="FILE", help="Weights that several people gave: a column `part`, and one for each."
        ),
    ] = None,
    scales: Annotated[
        bool, typer.Option("--scales", help="Fit the points of numbers too: a few steps that only rise or only fall.")
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Write the model with the new weights, if they help."),
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="With --write: even if they do not help.")] = False,
    name: ScoreName = None,
    outcome: OutcomeName = None,
    adjacent: Annotated[
        bool, typer.Option("--adjacent", help="Weigh measures that nearly state the outcome as well.")
    ] = False,
    cross_section: CrossSection = False,
    format_: Annotated[
        Report, typer.Option("--format", help="text or markdown for people, json for programs.")
    ] = Report.text,
) -> None:
    """Weigh the parts of a score by the customers who left, beginning from your weights.

    Says whether new weights would have singled out better who left, on days that were never fitted on. With little to
    learn from, the weights stay close to yours.
    """
    with sentences():
        from keepwell.cli import calibrate as calibrations

        said = calibrations.Said(
            workspace, horizon, gap, day(until, "--until"), least, most, dimensions, experts, scales, write, anyway,
            name, outcome, adjacent, cross_section,
        )  # fmt: skip
        calibrations.run(said, format_.value)


def forecast(
    workspace: Folder = Path(),
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The last day that is known; default: the day pinned in keepwell.yaml, else yesterday.",
        ),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="ACCOUNT", help="Only this account, by its id.")
    ] = None,
    horizon: Annotated[
        str,
        typer.Option("--horizon", metavar="DAYS", help="How far ahead accounts are ranked: 30d, 90d, 180d or 365d."),
    ] = "90d",
    effect: Annotated[
        str | None,
        typer.Option(
            "--effect", metavar="SHARE", help="Also say whom to call: the share of leavings that a call prevents."
        ),
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option("--cost", metavar="AMOUNT", help="What a call costs, or the metric that says it; default: 0."),
    ] = None,
    capacity: Annotated[
        int, typer.Option("--capacity", metavar="N", min=1, help="How many calls there is room for.")
    ] = 50,
    effort: Annotated[
        str | None,
        typer.Option(
            "--effort", metavar="METRIC", help="The metric that says how much capacity an account takes; default: 1."
        ),
    ] = None,
    name: ScoreName = None,
    outcome: OutcomeName = None,
    adjacent: Annotated[
        bool, typer.Option("--adjacent", help="Count measures that nearly state the outcome as well.")
    ] = False,
    format_: Annotated[
        Book, typer.Option("--format", help="text, markdown or html for people; csv, json or parquet for programs.")
    ] = Book.text,
    output: Output = None,
) -> None:
    """Say who may leave, with which probability, and what that will cost.

    Learned from who left in the past, by what was known of them then, and held against what came after. With
    --effect it also says whom to call: what is best, and what a simple rule would do.
    """
    with sentences():
        from keepwell.cli import forecast as forecasts

        said = forecasts.Said(
            workspace, day(as_of), name, outcome, adjacent, account, horizon, capacity, cost, effect, effort,
        )  # fmt: skip
        forecasts.run(said, format_.value, output)
