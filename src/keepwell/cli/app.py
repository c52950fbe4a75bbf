"""The commands. Bodies import what they need, so that `keepwell --help` answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from keepwell.cli.options import (
    AsOf,
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
    Schema,
    ScoreName,
    Table,
)
from keepwell.cli.proof import backtest, calibrate, forecast
from keepwell.cli.run import begin, day, sentences, working

app = typer.Typer(
    name="keepwell",
    help="Customer health you can prove: scores from your own facts, with every reason.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"keepwell {version('keepwell')}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Customer health you can prove: scores from your own facts, with every reason."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new workspace's folder, new or empty.")] = Path(),
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="Which model and sample to begin with; default: hbr."),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FOLDER", help="Guess the workspace from the data files in this folder instead."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from: show what is guessed, and write nothing.")
    ] = False,
    list_templates: Annotated[bool, typer.Option("--list-templates", help="List the templates and stop.")] = False,
) -> None:
    """Make a workspace from a template, or from a folder of files.

    A template has a model file, a workspace file and a small sample of data. With --from, tables and columns are
    guessed by their names and contents; what was guessed, how sure it is and what was left out is printed, and
    the data stays where it lies. A folder with something in it is left as it is, and the command ends with 2.
    """
    with sentences():
        from keepwell.cli import start

        if list_templates:
            start.show_templates()
        elif from_ is not None or dry_run:
            start.guess(from_, folder, template, dry_run)
        else:
            start.write(template or "hbr", folder)


@app.command()
def check(
    workspace: Folder = Path(),
    as_of: AsOf = None,
    format_: Annotated[Findings, typer.Option("--format", help="text for people, json for programs.")] = Findings.text,
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")] = False,
) -> None:
    """Check the model and the data.

    Findings go to standard output. The exit code is 1 where one of them is an error.
    """
    with sentences():
        from keepwell.cli import findings

        with working("reading the data"):
            found = findings.collect(workspace, day(as_of))
        raise typer.Exit(findings.show(found, format_.value, strict))


@app.command()
def score(
    workspace: Folder = Path(),
    as_of: AsOf = None,
    known_by: KnownBy = None,
    name: ScoreName = None,
    format_: Annotated[
        Format, typer.Option("--format", help="table for people; csv, json or parquet for programs.")
    ] = Format.table,
    table: Annotated[Table, typer.Option("--table", help="scores, or the rows behind them.")] = Table.scores,
    output: Output = None,
    top: Annotated[int, typer.Option("--top", min=0, max=1000, help="How many accounts to list for people.")] = 10,
) -> None:
    """Score every account, with reasons.

    Each score comes with its interval, its coverage, a tier and the next step.
    """
    with sentences():
        from keepwell.cli import scores

        scores.refuse(format_.value, table.value, output)
        with working("scoring"):
            found = scores.compute(workspace, day(as_of), day(known_by, "--known-by"), name, table.value, output)
        scores.show(found, format_.value, output, top)


@app.command()
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


@app.command()
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


@app.command()
def publish(workspace: Folder = Path()) -> None:
    """Copy the kept scores into the database that keepwell.yaml names.

    `refresh` and `history --save` do it by themselves where `publish:` is said; this makes up for what they could not.
    """
    with sentences():
        from keepwell.cli import publish as publishing

        publishing.run(workspace)


@app.command()
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


for _command in (backtest, calibrate, forecast):
    app.command()(_command)


@app.command()
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


@app.command(options_metavar="[OPTIONS] [WORKSPACE]")
def explain(
    names: Annotated[
        list[str],
        typer.Argument(metavar="ACCOUNT", help="The account's id, beside the workspace folder if that is not here."),
    ],
    as_of: AsOf = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Also say what changed since this day.")
    ] = None,
    known_by: KnownBy = None,
    name: ScoreName = None,
    format_: Annotated[Findings, typer.Option("--format", help="text for people, json for programs.")] = Findings.text,
) -> None:
    """Explain one account's score.

    The whole tree, and with --since what moved it.
    """
    with sentences():
        from keepwell.cli import explanation

        workspace, account = explanation.place(names)
        with working("scoring"):
            found = explanation.compute(
                workspace, account, day(as_of), day(since, "--since"), day(known_by, "--known-by"), name
            )
        explanation.show(found, format_.value)


@app.command()
def fit(
    workspace: Folder = Path(),
    as_of: AsOf = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="The day from which scores use it; default: the day after."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of one that holds from the same day.")
    ] = False,
) -> None:
    """Store where all accounts stand, for percentiles and z-scores.

    Only what was known on the day is looked at. The file that the model names is replaced whole; fits that
    hold from other days stay in it.
    """
    with sentences():
        from keepwell.cli.fit import show
        from keepwell.workspace.fit import fit as take

        with working("reading the data"):
            found = take(workspace, day(as_of), day(from_, "--from"), replace)
        show(found)


@app.command()
def pulse(
    workspace: Folder = Path(),
    out: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write a sheet to fill in: a new .csv or .xlsx file."),
    ] = None,
    back: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Read a sheet that was filled in.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Export only the accounts of this person.")
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", metavar="NAME", help="Who answered; default: each account's owner.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day of the answers; default: today.")
    ] = None,
) -> None:
    """Ask people what no system knows.

    --export writes a sheet with one row per account and a cell per question that the model's inputs ask.
    --import adds what was filled in to the pulses; a sheet with a wrong cell is refused as a whole, and one
    that is imported twice adds nothing.
    """
    with sentences():
        from keepwell.cli import pulse as pulses

        pulses.run(workspace, out, back, owner, author, day(on, "--on"))


@app.command()
def schema(
    of: Annotated[
        Schema, typer.Argument(metavar="FILE", help="Which file: the model, or keepwell.yaml.")
    ] = Schema.model,
) -> None:
    """Print a JSON Schema, for editors.

    Of the model file, or of keepwell.yaml.
    """
    with sentences():
        from keepwell.cli import start

        start.show_schema(of.value)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the demo company is written.")] = Path(
        "keepwell-demo"
    ),
    accounts: Annotated[int, typer.Option("--accounts", min=1, max=100_000, help="How many accounts it has.")] = 2000,
    months: Annotated[int, typer.Option("--months", min=1, max=60, help="How many months are simulated.")] = 24,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed is another company.")] = 1,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="At the end, hold its past scores against who left, in five lines.")
    ] = False,
    no_serve: Annotated[  # noqa: ARG001 (accepted from the start, so that scripts stay right once it serves)
        bool, typer.Option("--no-serve", help="Do not serve pages at the end (there are none to serve yet).")
    ] = False,
) -> None:
    """Simulate a company and score it.

    Its true health is known, and written beside the facts. A folder that holds just this company is scored
    again; one with anything else in it is left as it is, and the command ends with 2.
    """
    with sentences():
        from keepwell.cli import company

        company.run(folder, accounts, months, seed, evidence)


def main() -> None:
    """The `keepwell` command, whose errors are sentences even where a command has not begun (`--help > /dev/full`)."""
    begin()
    try:
        with sentences():
            app()
    except typer.Exit as end:
        sys.exit(end.exit_code)
