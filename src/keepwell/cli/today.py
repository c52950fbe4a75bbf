"""The commands that score a day and say why. Bodies import what they need, as in `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepwell.cli.options import AsOf, Findings, Folder, Format, KnownBy, Output, ScoreName, Table
from keepwell.cli.run import day, sentences, working


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
