"""Pieces of a Markdown page."""

import re
from collections.abc import Iterable, Sequence

_CODE_SPAN = re.compile(r"(`[^`]*`)")
_MARKS = re.compile(r"([\\*_<>\[\]{}])")


def prose(text: str) -> str:
    """Text on one line that shows as it is written: only its `code spans` stay marked up."""
    pieces = _CODE_SPAN.split(" ".join(text.split()))
    return "".join(piece if _CODE_SPAN.fullmatch(piece) else _MARKS.sub(r"\\\1", piece) for piece in pieces)


def code(text: str) -> str:
    """A code span."""
    return f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown without line breaks."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
