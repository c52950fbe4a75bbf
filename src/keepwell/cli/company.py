"""`demo`."""

from __future__ import annotations

from pathlib import Path

from keepwell.cli.run import working
from keepwell.cli.scores import compute, show
from keepwell.cli.screen import stderr


def run(folder: Path, accounts: int, months: int, seed: int) -> None:
    """Write the demo company (unless it is there already), score it, and show its book."""
    from keepwell.demo import is_written, write_demo

    if not is_written(folder, accounts, months, seed):
        with working("simulating the company"):
            write_demo(folder, accounts, months, seed)
    said = f"a company of {accounts:,} accounts over {months} months (seed {seed}); its truth is in {folder / 'truth'}"
    stderr().say(f"{folder}: {said}")
    with working("scoring"):
        found = compute(folder, None, None, None, "scores")
    show(found, "table", None, 10)
