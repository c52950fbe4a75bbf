"""The commands with which a workspace begins. Bodies import what they need, as in `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepwell.cli.options import AsOf, Findings, Folder, Schema
from keepwell.cli.run import day, sentences, working


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
