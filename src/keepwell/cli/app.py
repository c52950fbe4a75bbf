"""The program and its commands. Their bodies import what they need, so that `keepwell --help` answers at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from keepwell.cli.begun import check, demo, init, schema
from keepwell.cli.lasting import book, diff, history, publish, refresh
from keepwell.cli.proof import backtest, calibrate, forecast
from keepwell.cli.run import begin, sentences
from keepwell.cli.today import explain, fit, pulse, score

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


COMMANDS: tuple[Callable[..., None], ...] = (
    *(init, check, score, history, refresh, publish, diff, backtest, calibrate, forecast, book),
    *(explain, fit, pulse, schema, demo),
)
"""In the order in which they are listed."""

for _command in COMMANDS:
    app.command(options_metavar="[OPTIONS] [WORKSPACE]" if _command is explain else "[OPTIONS]")(_command)


def main() -> None:
    """The `keepwell` command, whose errors are sentences even where a command has not begun (`--help > /dev/full`)."""
    begin()
    try:
        with sentences():
            app()
    except typer.Exit as end:
        sys.exit(end.exit_code)
