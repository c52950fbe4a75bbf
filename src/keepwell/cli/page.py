"""A report as one HTML page: nothing is loaded, nothing runs, and every text of a user is only text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files

from keepwell.cli.blocks import WORDS, Block
from keepwell.cli.drawing import drawn
from keepwell.cli.figures import Figure
from keepwell.cli.screen import safe
from keepwell.cli.strokes import plain

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Whatever got into a page, a browser loads and runs none of it."""


def page(blocks: Sequence[Block], about: Sequence[str] = ()) -> str:
    """The page. Its title is that of the first block; about: what it is of, such as a workspace and days, above it."""
    title = blocks[0].title if blocks else "Nothing to report"
    drawings = " What is drawn also stands in a table." if any(block.figure for block in blocks) else ""
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">',
            f"<title>{plain(title)} · Keepwell</title>\n<style>\n{_style(title)}</style>\n</head>\n<body>\n<main>",
            *([f'<p class="about">{" ".join(map(_kept, about))}</p>'] if about else []),
            f"<h1>{plain(title)}</h1>",
            *(_section(index, block) for index, block in enumerate(blocks)),
            f"</main>\n<footer><p>Made by Keepwell {version('keepwell')}.{drawings}</p></footer>\n</body>\n</html>",
        ]
    )


def _style(title: str) -> str:
    """The style sheet, and at the foot of every sheet of paper the title."""
    shown = f"{safe(title, 80)} · Keepwell"
    written = "".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):06x}" for sign in shown)
    foot = f'@page {{ @bottom-left {{ content: "{written}"; }} }}\n'
    return files("keepwell.cli").joinpath("page.css").read_text(encoding="utf-8") + foot


def _section(index: int, block: Block) -> str:
    """A block: heading, figure with its table, and lines. The heading of the first is that of the page."""
    name = f"block-{index}"
    heading = [f'<h2 id="{name}">{plain(block.title)}</h2>'] if index else []
    lines = [f"<ul>{''.join(f'<li>{plain(line)}</li>' for line in block.lines)}</ul>"] if block.lines else []
    figure = [_figure(block.figure, block.title, name)] if block.figure and block.rows else []
    table = ["".join(_table(block))] if block.rows else []
    kind = "lead" * (not index) + " pair" * len(figure)
    return "\n".join([f'<section class="{kind.strip()}">', *heading, *figure, *table, *lines, "</section>"])


def _figure(figure: Figure, title: str, name: str) -> str:
    return f"<figure><figcaption>{plain(figure.said)}</figcaption>{drawn(figure, title, name)}</figure>"


def _table(block: Block) -> Iterator[str]:
    """The rows, each headed by its first column; words stand left. What is wider than the screen scrolls by itself."""
    title = plain(block.title)
    yield f'<div class="table" role="group" tabindex="0" aria-label="{title}"><table aria-label="{title}">'
    heads = [' class="words"'] * block.left + [""] * (len(block.columns) - block.left)
    named = (f'<th scope="col"{kind}>{plain(text)}</th>' for kind, text in zip(heads, block.columns, strict=True))
    yield f"<thead><tr>{''.join(named)}</tr></thead><tbody>"
    for row in block.rows:
        yield f"<tr>{''.join(_cell(block, index, text) for index, text in enumerate(row))}</tr>\n"
    yield "</tbody></table></div>"


def _cell(block: Block, index: int, text: str) -> str:
    if index >= block.left:
        return f"<td>{plain(text)}</td>"
    kind = "words long" if len(text) > WORDS else "words"
    element = "td" if index or not text else 'th scope="row"'
    return f'<{element} class="{kind}">{plain(text).replace("/", "/<wbr>")}</{element[:2]}>'


def _kept(text: str) -> str:
    return f"<span>{plain(text)}</span>"
