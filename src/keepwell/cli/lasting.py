"""The commands that go through time: scores that are kept, models compared, revenue. Bodies import as in `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepwell.cli.options import (
    Book,
    Every,
    Findings,
    Folder,
    Format,
    History,
    KnownBy,
    Output,
    Pages,
    Report,
    ScoreName,
)
from keepwell.cli.run import day, sentences


def history(
    workspace: Folder = Path(),
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day; default: the day of the first fact.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day; default: the day that `score` speaks of.")
    ] = None,
    every: Annotated[
        Every, typer.Option("--every", help="Every day, or the ends of weeks (Sundays) and so on.")
    ] = Every.week,
    known_by: KnownBy = None,
    name: ScoreName = None,
    format_: Annotated[
        Format, typer.Option("--format", help="table for people; csv, json or parquet for programs.")
    ] = Format.table,
    table: Annotated[History, typer.Option("--table", help="scores, or the rows behind them.")] = History.scores,
    output: Output = None,
    save: Annotated[bool, typer.Option("--save", help="Keep them in the workspace's results folder.")] = False,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="With --save: why a new version of the model came in.")
    ] = "",
) -> None:
    """Score many days at once.

    Each day is scored by what was known at its end, by the model and the fit that hold on it: the same as
    scoring that day alone. Rows begin with as_of, account_id, score. --table changes splits what moved each score
    from one of the days to the next; people see it summed over all accounts.
    """
    with sentences():
        from keepwell.cli import history as histories

        asked = histories.Asked(
            workspace, day(from_, "--from"), day(to, "--to"), every.value, day(known_by, "--known-by"), name,
            table.value, save, note,
        )  # fmt: skip
        histories.run(asked, format_.value, output)


def refresh(
    workspace: Folder = Path(),
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="The first day; default: the day after the last that is kept."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DATE", help="The last day; default: the day pinned in keepwell.yaml, else yesterday."
        ),
    ] = None,
    every: Annotated[
        Every, typer.Option("--every", help="Every day, or the ends of weeks (Sundays) and so on.")
    ] = Every.day,
    name: ScoreName = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="TABLE", help="Take this table as it is, few rows or none. Repeatable."),
    ] = None,
    lost: Annotated[
        float,
        typer.Option(
            "--lost",
            metavar="SHARE",
            min=0,
            max=1,
            help="A source that lost more of its rows than this is broken.",
        ),
    ] = 0.3,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why a new version of the model came in.")] = "",
    format_: Annotated[Findings, typer.Option("--format", help="text for people, json for programs.")] = Findings.text,
) -> None:
    """Score the days that are missing, and keep them.

    The nightly command. Says who moved; scores days again whose facts came late or changed; ends with 1, and scores
    nothing more, where a source fell silent or lost its rows.
    """
    with sentences():
        from keepwell.cli import refresh as refreshes
        from keepwell.workspace.refresh import Asked

        asked = Asked(
            day(from_, "--from"), day(to, "--to"), every.value, name, tuple(accept or ()), lost, note
        )  # fmt: skip
        refreshes.run(workspace, asked, format_.value)


def publish(workspace: Folder = Path()) -> None:
    """Copy the kept scores into the database that keepwell.yaml names.

    `refresh` and `history --save` do it by themselves where `publish:` is said; this makes up for what they could not.
    """
    with sentences():
        from keepwell.cli import publish as publishing

        publishing.run(workspace)


def diff(
    before: Annotated[
        str, typer.Argument(metavar="BEFORE", help="A model file, or a day: the model that holds on it.")
    ],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one.")],
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="WORKSPACE", help="The workspace folder; default: here.")
    ] = Path(),
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day to replay; default: a year before.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day; default: the day that `score` speaks of.")
    ] = None,
    every: Annotated[
        Every, typer.Option("--every", help="Every day, or the ends of weeks (Sundays) and so on; and the last day.")
    ] = Every.month,
    name: ScoreName = None,
    most: Annotated[
        float | None,
        typer.Option(
            "--most", metavar="SHARE", min=0, max=1, help="End with 1 where more accounts change tier on any day."
        ),
    ] = None,
    format_: Annotated[
        Report, typer.Option("--format", help="text, markdown or html for people, json for programs.")
    ] = Report.text,
) -> None:
    """Say what another model says differently, and what it would have made of the past.

    Both are replayed over the same days and facts: who would have been in another tier, what they are worth, and
    which flags would have been raised or not.
    """
    with sentences():
        from keepwell.cli import diff as diffs

        asked = diffs.Asked(
            workspace, before, after, day(from_, "--from"), day(to, "--to"), every.value, name, most
        )  # fmt: skip
        diffs.run(asked, format_.value)


def book(
    workspace: Folder = Path(),
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="The first closing day; default: a year before the last."),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last one; default: the day that `score` speaks of.")
    ] = None,
    every: Annotated[
        Every, typer.Option("--every", help="Close every day, or at the ends of weeks (Sundays) and so on.")
    ] = Every.month,
    over: Annotated[
        str, typer.Option("--over", metavar="SPAN", help="How long before its closing each line opens.")
    ] = "12 months",
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="GROUP", help="Lines per tier, cohort (quarter of the first revenue) or metric."),
    ] = None,
    tenure: Annotated[
        str | None,
        typer.Option("--tenure", metavar="SPAN", help="Only accounts that had revenue so long before the opening."),
    ] = None,
    within: Annotated[
        int,
        typer.Option("--within", metavar="DAYS", min=1, max=3_660, help="Renewals due so long after the last day."),
    ] = 90,
    known_by: KnownBy = None,
    format_: Annotated[
        Book, typer.Option("--format", help="text, markdown or html for people; csv, json or parquet for programs.")
    ] = Book.text,
    table: Annotated[Pages, typer.Option("--table", help="windows, or the rows behind them.")] = Pages.windows,
    output: Output = None,
) -> None:
    """Read the book: what recurs per year, and what became of it.

    New, expansion, contraction and churn between two days, net and gross retention, and what ends soon unless it is
    renewed. With --by and no --from it is the last line only, once per group.
    """
    with sentences():
        from keepwell.cli import book as books
        from keepwell.workspace.book import Asked

        asked = Asked(
            day(from_, "--from"), day(to, "--to"), every.value, books.span(over, "--over"), by,
            books.span(tenure, "--tenure"), within, day(known_by, "--known-by"),
        )  # fmt: skip
        books.run(workspace, asked, table.value, format_.value, output)
