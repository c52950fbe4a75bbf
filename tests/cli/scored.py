"""A backtest of two files as a page."""

from __future__ import annotations

from pathlib import Path

from tests.cli.folder import keepwell


def scored(folder: Path, name: str = "a59") -> str:
    """Sixty accounts with a score of March: those with the lowest leave in May, and so does the healthiest, `name`."""
    names = [*(f"a{n:02}" for n in range(59)), name]
    scores = ["account_id,date,score", *(f"{who},2026-03-31,{n}.5" for n, who in enumerate(names))]
    churn = ["account_id,date", *(f"{names[n]},2026-05-0{1 + n % 9}" for n in (*range(14), 59))]
    for file, lines in (("scores.csv", scores), ("churn.csv", churn)):
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = keepwell("backtest", "--scores", folder / "scores.csv", "--outcomes", folder / "churn.csv",
                     "--until", "2026-06-30", "--format", "html")  # fmt: skip
    assert (found.code, found.err) == (0, "")
    return found.out
