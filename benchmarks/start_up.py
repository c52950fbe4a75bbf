"""`keepwell --help` against a bare Typer application, each a new process."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measure import alternating, seconds

BARE = "import typer; app = typer.Typer(rich_markup_mode=None); app.command()(lambda: None); app(['--help'])"
OURS = "import sys; sys.argv = ['keepwell', '--help']; from keepwell.cli import main; main()"
HEAVY = ("ibis", "duckdb", "pandas", "sklearn", "pyarrow", "numpy", "pydantic", "sqlglot")
LOADED = f"import sys, keepwell.cli; print(*(name for name in {HEAVY} if name in sys.modules))"


def run() -> None:
    """Print the ratio and what is imported."""
    bare, ours = alternating(lambda: _start(BARE), lambda: _start(OURS), 15)
    heavy = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout.strip()
    print(
        f"bare Typer --help {bare * 1000:.0f} ms   keepwell --help {ours * 1000:.0f} ms = {ours / bare:.2f} ×   "
        f"heavy modules loaded: {heavy or 'none'}"
    )


def _start(code: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL))
