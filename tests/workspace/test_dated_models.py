"""Several models in one workspace, each from its day on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from keepwell.errors import UsageError, WorkspaceError
from keepwell.scoring.tables import score_table
from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.changes import since
from tests.cli.folder import keepwell
from tests.workspace.acme import FILE, NEW, OLD


def scores(folder: Path, day: date) -> dict[str, float]:
    with open_workspace(folder, day) as workspace:
        return {row["account_id"]: row["score"] for row in score_table(workspace.score(day)).to_pylist()}


def test_each_day_is_scored_by_the_model_that_held_on_it(acme: Path) -> None:
    """Two calls are 20 of ten, and 50 of four."""
    assert scores(acme, date(2026, 5, 31)) == {"a": 20, "b": 0}
    assert scores(acme, date(2026, 6, 1)) == {"a": 50, "b": 0}
    assert keepwell("score", acme, "--as-of", "2026-05-31", "--format", "csv").out.split("\n")[1].startswith("a,20,")


def test_a_workspace_opened_for_one_model_scores_no_day_of_another(acme: Path) -> None:
    with open_workspace(acme) as workspace:
        assert workspace.model == "model-june.yaml"
        with pytest.raises(UsageError, match=r"2026-05-31 is scored by model\.yaml"):
            workspace.score(date(2026, 5, 31))


def test_a_change_begins_with_what_the_new_model_makes_of_the_earlier_day(acme: Path) -> None:
    """From 20 to 75: the new model says 50 of the same two calls, and one call more is 25."""
    with open_workspace(acme) as workspace:
        after = workspace.score()
        found = since(workspace, "a", date(2026, 5, 31), after)
    assert (found.before, found.after) == (20, 75)
    assert [(part.kind, part.points) for part in found.parts] == [("model", 30), ("values", 25)]
    shown = keepwell("explain", acme, "a", "--since", "2026-05-31")
    assert "+30.0  model: version " in shown.out, shown.err


def test_within_one_model_a_change_has_no_such_part(acme: Path) -> None:
    with open_workspace(acme) as workspace:
        found = since(workspace, "a", date(2026, 6, 15), workspace.score())
    assert [part.kind for part in found.parts] == ["values"]


def test_an_account_that_the_old_model_did_not_score_has_no_comparison(acme: Path) -> None:
    old = OLD.replace("health: {parts", 'health: {population: "calls_28d > 0", parts')
    (acme / "model.yaml").write_text(old)
    with open_workspace(acme) as workspace:
        found = since(workspace, "b", date(2026, 5, 31), workspace.score())
    assert (found.before, found.after, found.parts) == (None, 25, ())


def test_where_the_new_model_does_not_score_the_earlier_day_the_model_is_the_whole_change(acme: Path) -> None:
    """Two calls by 31 May, which leaves `a` outside of the new model's population; three by the end of June."""
    new = NEW.replace("health: {parts", 'health: {population: "calls_28d > 2", parts')
    (acme / "model-june.yaml").write_text(new)
    with open_workspace(acme) as workspace:
        found = since(workspace, "a", date(2026, 5, 31), workspace.score())
    assert (found.before, found.after) == (20, 75)
    assert [(part.kind, part.points) for part in found.parts] == [("model", 55)]


def test_check_reads_every_model(acme: Path) -> None:
    assert check_workspace(acme) == []
    (acme / "model.yaml").write_text(OLD.replace("calls_28d, curve", "calls_28, curve"))
    (finding,) = check_workspace(acme)
    assert (finding.file, finding.code) == ("model.yaml", "unknown-name")
    (acme / "model.yaml").unlink()
    (finding,) = check_workspace(acme)
    assert (finding.file, finding.line, finding.code) == ("keepwell.yaml", 5, "no-model")
    assert keepwell("score", acme).code == 0


WRONG = [
    ("  - {file: model-june.yaml, from: 2026-06-01}\n  - {file: model.yaml}", "each model but the first says `from`"),
    ("  - {file: model-june.yaml, from: 2026-06-01}\n  - {file: model.yaml, from: 2026-01-01}", "the days go forward"),
    ("  - {file: model.yaml, since: 2026-06-01}", "‘since’ is not a field here"),
    ("  - {file: model.yaml, from: june}", "model.0.from"),
]


@pytest.mark.parametrize(("lines", "said"), WRONG)
def test_what_is_wrong_with_a_list_of_models(acme: Path, lines: str, said: str) -> None:
    (acme / "keepwell.yaml").write_text(FILE.split("  -")[0] + lines + "\n")
    (finding,) = check_workspace(acme)
    assert said in finding.message
    assert (finding.file, finding.severity) == ("keepwell.yaml", "error")


def test_a_day_before_every_model(acme: Path) -> None:
    (acme / "keepwell.yaml").write_text(FILE.replace("{file: model.yaml}", "{file: model.yaml, from: 2026-01-01}"))
    with (
        pytest.raises(WorkspaceError, match=r"no model of keepwell\.yaml holds on 2025-12-31"),
        open_workspace(acme, date(2025, 12, 31)),
    ):
        pass
    assert keepwell("score", acme, "--as-of", "2025-12-31").code == 1
