"""`fit`."""

from __future__ import annotations

import typer
from rich.table import Table

from keepwell.cli.screen import stdout
from keepwell.scoring.words import label_of, plain
from keepwell.workspace.fit import Fitted

SHOWN = (10, 25, 50, 75, 90)


def show(found: Fitted) -> None:
    """Print where all accounts stand."""
    table = Table(box=None, pad_edge=False)
    table.add_column("metric")
    for name in ("accounts", "mean", "deviation", *(f"{at} %" for at in SHOWN)):
        table.add_column(name, justify="right")
    for metric, spread in found.metrics.items():
        at = {int(place): value for place, value in spread["percentiles"] if place in SHOWN}
        numbers = (spread["mean"], spread["sd"], *(at[place] for place in SHOWN))
        table.add_row(label_of(metric), f"{spread['n']:,}", *(plain(float(number), 3) for number in numbers))
    stdout().print(table)
    typer.echo(f"Stored in {found.file}: scores from {found.from_} on use it, as it was on {found.as_of}.")
