"""Nothing that a user can write, call or be told is missing from the manual."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from keepwell.facts.check.report import CODES
from keepwell.facts.config import SourceConfig, TableFile
from keepwell.model.expressions import FUNCTIONS
from keepwell.model.fields import names_of
from keepwell.model.inputs import Input
from keepwell.model.metrics import VERBS
from keepwell.model.model import Model, Peers
from keepwell.model.scale import Case, Scale
from keepwell.model.score import Adjustment, Flag, Outcome, Override, Rule, Score, Step, Tier, Variant, Zone
from keepwell.model.tables import Column, Entity, Ids, Table
from keepwell.model.tree import Group, Measure, Stale
from keepwell.scoring.rows import ROWS
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.config import Publish, WorkspaceConfig
from keepwell.workspace.history import history
from keepwell.workspace.templates import write_template
from tests.docs.codes import codes
from tests.docs.pages import DOCS, ROOT

TYPES: list[Any] = [
    *(Model, Peers, Entity, Ids, Table, Column, Input, *VERBS.values(), Score, Group, Measure, Stale),
    *(Scale, Case, Variant, Adjustment, Rule, Tier, Zone, Step, Override, Flag, Outcome),
]
REFERENCE = DOCS / "reference"


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def named(page: Path) -> set[str]:
    """Words that stand as code on a page, in a span or a block."""
    spans = re.findall(r"`([^`\n]+)`", text(page)) + re.findall(
        r"^```\w.*?^```", text(page), flags=re.MULTILINE | re.DOTALL
    )
    return {word for span in spans for word in re.findall(r"[A-Za-z_][A-Za-z0-9_-]*", span)}


def explained(page: Path) -> set[str]:
    """Words that have a row of their own in a table of a page."""
    cells = re.findall(r"^\| ([^|]+) \|", text(page), flags=re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_its_row_and_an_example(verb: str) -> None:
    page = REFERENCE / "language.md"
    assert verb in explained(page)
    assert re.search(rf"[{{ ]{verb}: ", text(page))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_each_field_of_a_model_is_in_the_language(kind: Any) -> None:
    assert set(names_of(kind)) <= named(REFERENCE / "language.md")


def test_each_function_is_in_the_language() -> None:
    assert set(FUNCTIONS.split(", ")) <= named(REFERENCE / "language.md")


def test_each_field_of_a_workspace_is_in_a_guide() -> None:
    guides = {word for page in (DOCS / "how-to").glob("*.md") for word in named(page)}
    guides |= named(DOCS / "explanation" / "time-and-knowledge.md") | named(DOCS / "tutorial" / "first-score.md")
    fields = {name for kind in (WorkspaceConfig, Publish, TableFile, SourceConfig) for name in names_of(kind)}
    assert fields <= guides


def test_each_command_is_used_somewhere() -> None:
    commands = set(re.findall(r"^## keepwell (\w+)", text(REFERENCE / "commands.md"), flags=re.MULTILINE))
    assert {"init", "check", "score", "explain", "schema", "demo", "pulse"} <= commands
    pages = "".join(text(page) for page in [ROOT / "README.md", *DOCS.rglob("*.md")] if page.name != "commands.md")
    assert {command for command in commands if not re.search(rf"keepwell {command}\b", pages)} == set()


def test_each_code_of_a_finding_is_explained() -> None:
    told = explained(REFERENCE / "findings.md") | explained(REFERENCE / "model-findings.md")
    assert set(codes()) | CODES <= told
    assert told <= set(codes()) | CODES, "codes that no finding has"


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The columns of every kind of rows that `score` writes, the dimensions of the model apart."""
    folder = tmp_path_factory.mktemp("columns") / "acme"
    write_template("hbr", folder)
    with open_workspace(folder) as workspace:
        scores = workspace.score()
        made = {
            "scores": score_table(scores),
            "measures": measure_table(scores),
            "parts": group_table(scores),
            "metrics": metric_table(scores),
        }
        dimensions = list(scores.plan.score.parts)
    return {kind: [name for name in table.column_names if name not in dimensions] for kind, table in made.items()}


@pytest.mark.parametrize("kind", ROWS)
def test_each_column_of_kept_results_is_explained_in_its_order(kind: str, kept: dict[str, list[str]]) -> None:
    section = text(REFERENCE / "results.md").split(f"\n## {kind}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", section, flags=re.MULTILINE) or re.findall(r"raised: ([^.]+)\.", section)
    assert [word for row in rows for word in re.findall(r"`([^`]+)`", row)] == kept[kind]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The columns of every table of the results folder, the dimensions of the model apart."""
    folder = tmp_path_factory.mktemp("kept") / "acme"
    write_template("hbr", folder)
    with open_workspace(folder) as workspace:
        (part,) = history(workspace, [date(2026, 5, 31)])
    dimensions = set(part.scores.plan.score.parts)
    return {kind: [name for name in rows(part.scores).columns if name not in dimensions] for kind, rows in ROWS.items()}


@pytest.mark.parametrize("kind", ["scores", "measures", "parts", "metrics"])
def test_each_column_of_the_output_is_explained_in_its_order(kind: str, columns: dict[str, list[str]]) -> None:
    section = text(REFERENCE / "output.md").split(f"\n## {kind}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", section, flags=re.MULTILINE)
    assert [word for row in rows for word in re.findall(r"`([^`]+)`", row)] == columns[kind]
