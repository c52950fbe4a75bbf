"""`demo`."""

from __future__ import annotations

from pathlib import Path

from keepwell.cli.run import working
from keepwell.cli.scores import compute, show
from keepwell.cli.screen import stderr
from keepwell.scoring.portfolio import need_someone


def run(folder: Path, accounts: int, months: int, seed: int, evidence: bool) -> None:
    """Write the demo company (unless it is there already), score it, and show its book, and whether to trust it."""
    from keepwell.demo import is_written, write_demo

    if not is_written(folder, accounts, months, seed):
        with working("simulating the company"):
            write_demo(folder, accounts, months, seed)
    size = f"{accounts:,} account{'' if accounts == 1 else 's'} over {months} month{'' if months == 1 else 's'}"
    stderr().say(f"{folder}: a company of {size} (seed {seed}); its truth is in {folder / 'truth'}")
    with working("scoring"):
        found = compute(folder, None, None, None, "scores")
    show(found, "table", None, 10)
    if rows := need_someone(found.score, found.rows, 1):
        stderr().say(f"Why the first of them scores so: keepwell explain {folder} {rows[0]['account_id']}")
    if evidence:
        from keepwell.cli import board

        board.show(folder)
