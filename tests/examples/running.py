"""An example scored as it stands in the repository, and what its README says of it."""

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from keepwell.errors import Finding
from keepwell.scoring.tables import measure_table, metric_table, score_table
from keepwell.workspace import check_workspace, open_workspace

EXAMPLES = Path(__file__).parents[2] / "examples"

Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A folder of `examples/`. Each thing is computed when it is first asked for."""

    name: str

    @property
    def folder(self) -> Path:
        return EXAMPLES / self.name

    @cached_property
    def tables(self) -> tuple[list[Row], list[Row], list[Row]]:
        """Rows of scores, metrics and measures."""
        with open_workspace(self.folder) as workspace:
            scores = workspace.score()
            return score_table(scores).to_pylist(), metric_table(scores).to_pylist(), measure_table(scores).to_pylist()

    @cached_property
    def scores(self) -> dict[str, Row]:
        return {row["account_id"]: row for row in self.tables[0]}

    @cached_property
    def metrics(self) -> dict[tuple[str, str], Row]:
        return {(row["account_id"], row["metric"]): row for row in self.tables[1]}

    @cached_property
    def points(self) -> dict[tuple[str, str], float | None]:
        """(account, the measure's own name) → its points, None where it does not count."""
        return {(row["account_id"], row["measure"].rsplit("/", 1)[-1]): row["points"] for row in self.tables[2]}

    @cached_property
    def findings(self) -> list[Finding]:
        return check_workspace(self.folder)

    def says(self, code: str, *words: str) -> bool:
        """Whether `check` has a finding of this code with all these words."""
        return any(found.code == code and all(word in found.message for word in words) for found in self.findings)

    def printed(self) -> list[str]:
        """What `keepwell score` prints for people, blanks shortened."""
        command = [sys.executable, "-m", "keepwell", "score", str(self.folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        return [" ".join(row.split()) for row in run.stdout.splitlines()]

    @cached_property
    def readme(self) -> str:
        return (self.folder / "README.md").read_text(encoding="utf-8")

    def promised(self) -> list[str]:
        """What the README says that `keepwell score` prints, likewise."""
        found = re.search(
            r"^\$ keepwell score [^\n]*--top[^\n]*\n(.*?)^```", self.readme, flags=re.MULTILINE | re.DOTALL
        )
        assert found, "the README shows no `keepwell score`"
        return [" ".join(row.split()) for row in found[1].splitlines() if row.strip() not in ("", "…")]
