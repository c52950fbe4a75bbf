"""What options may say: formats, tables, days, and the options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

HORIZON, GAP = "90d", "0d"
"""How far ahead a score looks, and how long after it leaving does not count, where nobody says."""


class Format(StrEnum):
    """How results are written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Table(StrEnum):
    """Which rows are written."""

    scores = "scores"
    measures = "measures"
    parts = "parts"
    metrics = "metrics"


class History(StrEnum):
    """Which rows of many days are written."""

    scores = "scores"
    metrics = "metrics"
    flags = "flags"
    measures = "measures"
    changes = "changes"


class Every(StrEnum):
    """Which days of a history are scored."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class Findings(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"


class Report(StrEnum):
    """How a comparison is written."""

    text = "text"
    markdown = "markdown"
    html = "html"
    json = "json"


class Book(StrEnum):
    """How the book is written."""

    text = "text"
    markdown = "markdown"
    html = "html"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Pages(StrEnum):
    """Which rows of the book are written."""

    windows = "windows"
    accounts = "accounts"
    renewals = "renewals"
    steps = "steps"


class Schema(StrEnum):
    """Which file the schema is of."""

    model = "model"
    workspace = "workspace"


Folder = Annotated[
    Path, typer.Argument(metavar="WORKSPACE", help="The workspace folder; default: here.", show_default=False)
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="The day to speak of; default: the day pinned in keepwell.yaml, else today."
    ),
]
KnownBy = Annotated[
    str | None,
    typer.Option("--known-by", metavar="DATE", help="Restate the day with what was known by this later day."),
]
ScoreName = Annotated[
    str | None, typer.Option("--score", metavar="NAME", help="Which score of the model; default: its first.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file instead of the screen.")
]
