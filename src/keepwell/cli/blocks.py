"""Reports: headings with tables and lines below them, for the terminal, for Markdown and as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from keepwell.cli.screen import safe, stdout

if TYPE_CHECKING:
    from keepwell.cli.figures import Figure

WORDS = 20
"""Columns of words keep so many characters where the screen is narrow."""


@dataclass(frozen=True)
class Block:
    """A heading with what stands below it: lines, and a table of texts whose first `left` columns are words.

    figure: what a page draws of the table. Text and Markdown have none.
    """

    title: str
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    left: int = 1
    figure: Figure | None = None


def report(blocks: Iterable[Block], style: str, about: Sequence[str] = ()) -> None:
    """The report on standard output, as text, markdown or html. about: what stands above the title of a page."""
    if style == "html":
        from keepwell.cli.page import page

        typer.echo(page(list(blocks), about))
    elif style == "markdown":
        typer.echo("\n".join(_markdown(blocks)))
    else:
        _show(blocks)


def _show(blocks: Iterable[Block]) -> None:
    screen = stdout()
    for block in blocks:
        screen.say(block.title, "bold")
        if block.rows:
            screen.print(_table(block))
        for line in block.lines:
            screen.say(line, indent=2)
        screen.say()


def _table(block: Block) -> Table:
    table = Table(box=None, pad_edge=False)
    for index, name in enumerate(block.columns):
        words = index < block.left
        widest = max(len(text) for text in (*name.split(), *(row[index] for row in block.rows)))
        least = min(widest, WORDS) if words and index else widest
        table.add_column(name, justify="left" if words else "right", min_width=least)
    for row in block.rows:
        table.add_row(*(safe(cell, 60) for cell in row))
    return table


def _markdown(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield f"### {_cell(block.title)}\n"
        if block.rows:
            yield "| " + " | ".join(block.columns) + " |"
            yield "|" + "".join("---|" if index < block.left else "--:|" for index in range(len(block.columns)))
            yield from ("| " + " | ".join(map(_cell, row)) + " |" for row in block.rows)
            yield ""
        for line in block.lines:
            yield f"- {_cell(line)}"
        if block.lines:
            yield ""


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    shown = safe(text, 500)
    for sign in "\\`*_{}[]<>|#":
        shown = shown.replace(sign, f"\\{sign}")
    return shown
