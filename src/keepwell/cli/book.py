"""`book`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from keepwell.cli.blocks import Block, report
from keepwell.cli.output import refuse_own, refuse_screen, write
from keepwell.cli.run import working
from keepwell.cli.screen import stderr
from keepwell.errors import UsageError
from keepwell.facts import fetch
from keepwell.insight.movements import GAINS, LOSSES
from keepwell.model.ago import NOW, Ago, ago
from keepwell.model.output import INSUFFICIENT
from keepwell.scoring.score import score_name
from keepwell.workspace import Workspace, open_workspace
from keepwell.workspace.book import Asked, Read, read_book
from keepwell.workspace.groups import TIER

REPORTS = ("text", "markdown", "html")
RATES = {"nrr": "NRR", "grr": "GRR", "logo_retention": "logos kept"}


def span(text: str | None, option: str) -> Ago:
    """The value of an option that is a length of time. Raises UsageError."""
    try:
        return ago(text) if text else NOW
    except ValueError as problem:
        raise UsageError(f"{option}: {problem}.") from None


def run(folder: Path, asked: Asked, table: str, style: str, output: Path | None) -> None:
    """Read the book, and show or write it."""
    refuse_screen(style, output)
    if style in REPORTS and (output is not None or table != "windows"):
        raise UsageError("--output and --table are for programs; add --format csv, json or parquet.")
    with open_workspace(folder, asked.last) as workspace:
        refuse_own(workspace, output)
        with working("reading the book"):
            found = read_book(workspace, asked)
            with workspace.facts.reads():
                if style in REPORTS:
                    blocks = list(_report(workspace, asked, found))
                else:
                    rows = fetch.arrow(getattr(found, table))
        if style in REPORTS:
            report(blocks, style)
        else:
            write([rows], style, output)
        for said in found.notices:
            stderr().say(f"note: {said}")


def _report(workspace: Workspace, asked: Asked, found: Read) -> Iterator[Block]:
    worth, by = workspace.currency or "value", asked.by
    rows = _in_order(workspace, fetch.rows(found.windows), by)
    kinds = [kind for kind in (*GAINS, *LOSSES) if kind != "returned" or any(row[kind] for row in rows)]
    first = ["to", *([by] if by else [])]
    columns = [*first, "accounts", "opening", *kinds, "closing", *RATES.values()]
    lines = [_line(row, by, kinds) for row in rows]
    title = f"{workspace.config.workspace}: {worth} a year, over {asked.over}, by what was known on {found.known_by}"
    yield Block(title, _explained(asked), columns, lines, len(first))
    renewals = fetch.rows(found.renewals)
    total = sum((row["ending"] for row in renewals), Decimal())
    named = "month" if by is None else by
    ends = f"Ends within {asked.within} days of {found.last} unless it is renewed: {total:,.0f}"
    due = [(name, f"{len(which):,}", f"{sum(which):,.0f}") for name, which in _due(renewals, by).items()]
    yield Block(ends, (), (named, "renewals", worth), due)


def _in_order(workspace: Workspace, rows: list[dict[str, Any]], by: str | None) -> list[dict[str, Any]]:
    """Tiers from the best to the worst; else as they are."""
    if by != TIER:
        return rows
    model = workspace.loaded.model
    names = [*model.scores[score_name(model, None)].tier_names, INSUFFICIENT, None]
    return sorted(rows, key=lambda row: (row["closes_on"], names.index(row["group"])))


def _line(row: Mapping[str, Any], by: str | None, kinds: list[str]) -> tuple[str, ...]:
    group = (_words(row["group"]),) if by else ()
    signed = (f"{'−' if kind in LOSSES and row[kind] else ''}{row[kind]:,.0f}" for kind in kinds)
    accounts = f"{row['accounts_opening']:,} → {row['accounts_closing']:,}"
    shares = ("–" if row[rate] is None else f"{row[rate]:.1%}" for rate in RATES)
    return f"{row['closes_on']}", *group, accounts, f"{row['opening']:,.0f}", *signed, f"{row['closing']:,.0f}", *shares


def _explained(asked: Asked) -> list[str]:
    """What the columns mean, in as few words as are exact."""
    said = [
        f"Each line goes to the end of its day from the end of another, {asked.over} before.",
        "NRR: what those of the opening have at the closing, over what they had. GRR: none counts for more.",
    ]
    if asked.by is not None:
        said.append(f"An account is in its {asked.by} of the opening; one that comes later, in that of the closing.")
    if asked.tenure:
        said.append(f"Only accounts whose first revenue lies {asked.tenure} or longer before the opening.")
    return said


def _due(renewals: list[dict[str, Any]], by: str | None) -> dict[str, list[Decimal]]:
    """Group or month → what ends in it, one number per account and day."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for row in renewals:
        found[_words(row["group"]) if by else f"{row['ends_on']:%Y-%m}"].append(row["ending"])
    return dict(sorted(found.items()))


def _words(group: str | None) -> str:
    return "none" if group is None else group.replace("_", " ")
