"""What people see: two streams of plain text, with nothing in it that a terminal would obey."""

from __future__ import annotations

import os
import re
from typing import Literal

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line ends of other alphabets, changes of writing direction, halves of characters."""


def safe(text: str, longest: int = 2_000) -> str:
    """The text on one line: what a terminal would obey is written out as its code, what is too long is cut.

    Names come from other people's systems: one that holds escape codes must not repaint the screen of who reads it.
    """
    shown = _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


class Screen(Console):
    """Text as it is, without markup and emoji codes; NO_COLOR leaves no escape code at all."""

    def __init__(self, *, stderr: bool = False) -> None:
        colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        super().__init__(stderr=stderr, color_system=colors, markup=False, emoji=False, highlight=False, soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """A reader that went away is for the command to handle, and no failure."""
        raise BrokenPipeError

    def say(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """One line. On a terminal it is folded between words and keeps its indent; elsewhere it stays whole."""
        if self.is_terminal:
            self.print(Padding(Text(safe(text), style), (0, 0, 0, indent), expand=False), soft_wrap=False)
        else:
            self.print(Text(" " * indent + safe(text), style))


def stdout() -> Screen:
    """Where results go."""
    return Screen()


def stderr() -> Screen:
    """Where everything goes that is no result."""
    return Screen(stderr=True)
