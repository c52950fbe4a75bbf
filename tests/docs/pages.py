"""The manual as data: every fenced block of every page, with what its mark says about it.

A mark stands after the language of a fence:

    console (run)            commands that a reader types; run in order, and what they print must be what stands there
    console (run, exits 1)   likewise, where the last command is to fail
    yaml (file model.yaml)   the block is the content of this file
    diff (edit model.yaml)   the reader changes these lines of the file

A line `…` in printed text stands for any number of lines that the page leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?: \((?P<mark>[^)\n]+)\))?\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is the first of its text in the page, from 1; `start` and `end` are its text's place."""

    page: Path
    line: int
    language: str
    mark: str
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """README and every page of the manual."""
    built = DOCS / "_build"
    return [ROOT / "README.md", *sorted(path for path in DOCS.rglob("*.md") if built not in path.parents)]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        start, end = found.span("text")
        line = text.count("\n", 0, start) + 1
        yield Block(page, line, found["language"], found["mark"] or "", dedent(found["text"]), start, end)
