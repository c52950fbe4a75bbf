"""A small workspace written from text, the commands run over it, and what a folder holds before and after."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from keepwell.cli import app

PINNED = "workspace: acme\nas_of: 2026-06-30\ncurrency: EUR\n"

MODEL = """
model: acme
title: Acme
entities:
  account: {table: accounts, key: account_id, from: started_on, until: ended_on, name: name, owner: csm, value: arr}
tables:
  logins: {account: account_id, time: at}
  answers: {account: account_id, time: answered_on, columns: {score: {between: [0, 10]}}}
metrics:
  logins_28d: {count: logins, over: 28 days}
  mood: {last: answers.score}
scores:
  health:
    minimum_coverage: 60 %
    parts:
      usage: {weight: 3, metric: logins_28d, curve: [[0, 0], [4, 100]], label: logins in four weeks}
      mood: {weight: 1, metric: mood, curve: [[0, 0], [10, 100]]}
    tiers:
      - {at: ">= 70", is: great, do: {step: ask for a reference, owner: csm, due: 30 days}}
      - {at: else, is: at_risk, do: {step: find out why, owner: csm, due: 1 day}}
flags:
  silent: {when: "logins_28d = 0", because: nobody logs in}
"""

# A: all data. B: no answer, so its score is a range. C: an answer only, so too little. D: nothing. E: has left.
ACCOUNTS = """account_id,name,csm,arr,started_on,ended_on
A,Alder,Ines,1000,2024-01-01,
B,Birch,Tomasz,2000,2024-01-01,
C,Cedar,Ines,500,2024-01-01,
D,Dogwood,,,2024-01-01,
E,Elm,Ines,100,2024-01-01,2026-02-01
"""
LOGINS = """account_id,at
A,2026-06-28 09:00
A,2026-06-29 09:00
A,2026-06-30 09:00
A,2026-06-05 09:00
A,2026-05-01 09:00
B,2026-06-03 10:00
"""
ANSWERS = "account_id,answered_on,score\nA,2026-05-20,8\nC,2026-06-11,6\n"

FILES: Mapping[str, str | bytes] = {
    "keepwell.yaml": PINNED,
    "model.yaml": MODEL,
    "data/accounts.csv": ACCOUNTS,
    "data/logins.csv": LOGINS,
    "data/answers.csv": ANSWERS,
}

STYLES = re.compile(r"\x1b\[[0-9;]*m")
"""Bold, dim and colours, the only escape codes that belong into an answer."""


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code, its data and what it said beside them."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """The one sentence on stderr."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


def written(folder: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The small workspace in this folder, with these files instead of its own; None: not there."""
    for name, content in {**FILES, **(files or {})}.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def keepwell(*arguments: object, **environment: str) -> Answer:
    """The command run in this process. No command may end with an exception that its user would see as a traceback."""
    found = CliRunner().invoke(app, [str(item) for item in arguments], env={"NO_COLOR": "1", **environment})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return _answer(found.exit_code, found.stdout, found.stderr)


def program(*arguments: object, cwd: Path | None = None, **environment: str) -> Answer:
    """The command run as a process of its own."""
    command = [sys.executable, "-m", "keepwell", *map(str, arguments)]
    found = subprocess.run(
        command, capture_output=True, cwd=cwd, env=os.environ | environment, check=False, timeout=120
    )
    return _answer(found.returncode, found.stdout.decode(), found.stderr.decode())


def _answer(code: int, out: str, err: str) -> Answer:
    assert "Traceback" not in out + err, out + err
    return Answer(code, out, err)


def listing(folder: Path) -> dict[str, Any]:
    """Every path below the folder, hidden ones too, with the content of files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
