"""What `keepwell init` writes passes `check` without a finding and scores at once, with something of every kind."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from keepwell.model.tree import Group
from keepwell.scoring.tables import score_table
from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.templates import write_template

NAMES = ["bigcommerce", "hbr", "self-assessment"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_sound_and_has_something_of_every_kind(name: str, tmp_path: Path) -> None:
    write_template(name, tmp_path)
    assert check_workspace(tmp_path) == []
    with open_workspace(tmp_path) as workspace:
        rows = workspace.score().table.to_pyarrow().to_pylist()
    assert len(rows) == 25, "26 accounts, of which one has left"
    tiers = [row["tier"] for row in rows]
    assert {row["standing"] for row in rows} == {"firm", "provisional", "insufficient"}
    assert {"great", "good", "at_risk"} < set(tiers)
    assert {"focus", "exception"} < {row["zone"] for row in rows}
    assert tiers.count("insufficient evidence") <= 0.2 * len(rows)


SEEDS = {
    "three-point": (25, ["great", "good", "at_risk"]),
    "usage-first": (23, ["great", "good", "at_risk"]),
    "professional-services": (23, ["great", "good", "at_risk"]),
    "b2b-commerce": (25, ["healthy", "at_risk", "critical"]),
    "early-warning": (21, ["calm", "watch", "warning", "alarm"]),
}
"""Template → how many of its accounts live on the day, and its tiers from the best down."""


@pytest.mark.parametrize("name", SEEDS)
def test_a_sample_has_every_tier_and_tells_most_accounts(name: str, tmp_path: Path) -> None:
    lives, wanted = SEEDS[name]
    write_template(name, tmp_path)
    assert check_workspace(tmp_path) == []
    with open_workspace(tmp_path) as workspace:
        rows = score_table(workspace.score()).to_pylist()
    tiers = [row["tier"] for row in rows]
    assert len(rows) == lives
    assert set(wanted) <= set(tiers) <= {*wanted, "insufficient evidence"}
    assert tiers.count("insufficient evidence") <= 0.2 * lives
    assert {"firm", "provisional"} <= {row["standing"] for row in rows}
    assert any(row["flags"] for row in rows)


def test_the_early_warning_has_more_than_a_hundred_signals(tmp_path: Path) -> None:
    write_template("early-warning", tmp_path)
    with open_workspace(tmp_path) as workspace:
        families = workspace.loaded.model.scores["health"].parts
    topics = [topic for family in families.values() if isinstance(family, Group) for topic in family.parts.values()]
    assert {topic.combine for topic in topics if isinstance(topic, Group)} == {"min"}
    assert sum(len(topic.parts) for topic in topics if isinstance(topic, Group)) == 104


def test_equal_weights_are_one_line_away(tmp_path: Path) -> None:
    write_template("hbr", tmp_path)
    config = tmp_path / "keepwell.yaml"
    config.write_text(config.read_text().replace("model: model.yaml", "model: model-average.yaml"))
    assert check_workspace(tmp_path) == []
    with open_workspace(tmp_path) as workspace:
        assert workspace.loaded.model.model == "hbr_average"


def test_the_sheet_of_the_self_assessment_may_be_csv(tmp_path: Path) -> None:
    write_template("self-assessment", tmp_path)
    with open_workspace(tmp_path) as workspace:
        excel = workspace.score().table.order_by("id").to_pyarrow()
    sheet = tmp_path / "data" / "assessments.xlsx"
    rows = list(load_workbook(sheet)["assessments"].iter_rows(values_only=True))
    with sheet.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    sheet.unlink()
    with open_workspace(tmp_path) as workspace:
        assert workspace.score().table.order_by("id").to_pyarrow().equals(excel)


PUBLISHED = ["gitlab-product", "gitlab-prove", "mattermost", "posthog", "posthog-v1"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_sample_of_a_published_model_is_sound_and_nearly_all_have_a_tier(name: str, tmp_path: Path) -> None:
    write_template(name, tmp_path)
    assert check_workspace(tmp_path) == []
    with open_workspace(tmp_path) as workspace:
        tiers = [tier.is_ for tier in workspace.loaded.model.scores["health"].tiers]
        found = [row["tier"] for row in workspace.score().table.to_pyarrow().to_pylist()]
    assert 20 <= len(found) <= 60
    assert set(tiers) <= set(found), "the sample has something of every tier"
    assert found.count("insufficient evidence") <= 0.2 * len(found)
