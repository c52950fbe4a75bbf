"""`demo`."""

from __future__ import annotations

from pathlib import Path

from keepwell.cli.run import stderr, working
from keepwell.cli.scores import compute, show


def run(folder: Path, accounts: int, months: int, seed: int) -> None:
    """Write the demo company, score it, and show its book."""
    from keepwell.demo import write_demo

    with working("simulating the company"):
        write_demo(folder, accounts, months, seed)
    stderr().print(f"{folder}: a company of {accounts:,} accounts over {months} months (seed {seed}); its truth is in {folder / 'truth'}", markup=False)
    with working("scoring"):
        found = compute(folder, None, None, None, "scores")
    show(found, "table", None, 10)
