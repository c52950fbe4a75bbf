"""Follows a page as its reader does: files are written, lines changed, commands typed, in a folder of the page's own.

    python -m tests.docs.transcripts [PAGE …]

writes what the commands really print into the pages, wherever it is not what stands there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from keepwell.cli import app
from tests.docs.pages import Block, blocks, pages

BIN = Path(sys.executable).parent
SCREEN = {"COLUMNS": "100", "NO_COLOR": "1", "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
ELLIPSIS = "…"


@dataclass
class Reader:
    """Somebody who follows one page, and where they stand."""

    folder: Path

    def follow(self, block: Block) -> str | None:
        """Do what the block asks for. Returns the whole transcript of commands, None for a block without."""
        kind, _, rest = block.mark.partition(" ")
        if kind == "file":
            path = self.folder / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif kind == "edit":
            self._edit(self.folder / rest, block)
        elif block.language == "console" and block.mark.startswith("run"):
            return self._run(block)
        return None

    def _edit(self, path: Path, block: Block) -> None:
        lines = block.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in "- ")
        after = "".join(line[1:] for line in lines if line[0] in "+ ")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{block}: these lines stand {text.count(before)} times in {path.name}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def _run(self, block: Block) -> str:
        wanted = int((re.findall(r"exits (\d)", block.mark) or ["0"])[0])
        said = []
        commands = list(typed(block.text))
        for index, command in enumerate(commands):
            code, text = self._command(command)
            last = index == len(commands) - 1
            assert code == (wanted if last else 0), f"{block}: `{command}` ended with {code}:\n{text}"
            said.append(f"$ {command}\n{clean(text)}")
        return "".join(said)

    def _command(self, command: str) -> tuple[int, str]:
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:]).resolve()
            assert self.folder.is_dir(), command
            return 0, ""
        own, _, rest = command.partition(" | ")
        words = shlex.split(own, comments=True)
        if Path(words[0]).name != "keepwell" or set(own) & set("><$;&"):
            return self._shell(command)
        code, out, told = self._keepwell(words[1:])
        if rest and code == 0:
            code, out = self._shell(rest, out)
        return code, told + out

    def _shell(self, command: str, given: str = "") -> tuple[int, str]:
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**os.environ, **SCREEN},
            check=False,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return run.returncode, run.stdout

    def _keepwell(self, arguments: list[str]) -> tuple[int, str, str]:
        """In this process: a new one would spend more on imports than on the command."""
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner(env=SCREEN).invoke(app, arguments, prog_name="keepwell")
        finally:
            os.chdir(here)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr


def typed(text: str) -> Iterator[str]:
    """The commands of a transcript."""
    yield from (line[2:] for line in text.splitlines() if line.startswith("$ "))


def clean(text: str) -> str:
    """What was printed, without blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def agrees(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, but for what it leaves out."""
    parts = [re.split(r"^\$ .*\n", text, flags=re.MULTILINE)[1:] for text in (shown, printed)]
    return len(parts[0]) == len(parts[1]) and all(
        re.fullmatch(_pattern(one.strip("\n")), two.strip("\n")) for one, two in zip(*parts, strict=True)
    )


def _pattern(shown: str) -> str:
    lines = [r"(?:.*\n)*?.*" if line == ELLIPSIS else re.escape(line) for line in shown.split("\n")]
    return "\n".join(lines)


def rewrite(page: Path, folder: Path) -> bool:
    """Put what the commands of a page print into it. Returns whether anything changed."""
    reader, text, moved = Reader(folder), page.read_text(encoding="utf-8"), 0
    for block in blocks(page):
        printed = reader.follow(block)
        if printed is not None and not agrees(block.text, printed):
            text = text[: block.start + moved] + printed + text[block.end + moved :]
            moved += len(printed) - (block.end - block.start)
    changed = bool(text != page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")
    return changed


def main(names: list[str]) -> None:
    """Rewrite these pages, or all."""
    for page in [Path(name).resolve() for name in names] or pages():
        with TemporaryDirectory() as folder:
            print(f"{page}: {'written anew' if rewrite(page, Path(folder).resolve()) else 'as it was'}")


if __name__ == "__main__":
    main(sys.argv[1:])
