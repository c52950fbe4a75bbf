"""The templates that come with Keepwell: they load, are written whole or not at all, and their pages are complete."""

import errno
import os
import re
from pathlib import Path

import pytest

import keepwell
from keepwell.errors import OutputError, UsageError
from keepwell.model import load_model, shipped_models
from keepwell.model.tree import Group
from keepwell.workspace.templates import list_templates, write_template

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "keepwell" / "shipped"
NAMES = [
    "b2b-commerce",
    "bigcommerce",
    "early-warning",
    "gitlab-product",
    "gitlab-prove",
    "hbr",
    "mattermost",
    "posthog",
    "posthog-v1",
    "professional-services",
    "self-assessment",
    "three-point",
    "usage-first",
]
SOURCES = {
    "b2b-commerce": "public description of customer health in B2B e-commerce",
    "gitlab-product": "mart_product_usage_health_score",
    "gitlab-prove": "zalyoung/gitlab-handbook",
    "mattermost": "mattermost/mattermost-data-warehouse",
    "posthog": "PostHog/posthog.com",
    "posthog-v1": "PostHog/posthog.com",
}
"""Template → what its model and its page say of where it comes from; the others come from the article."""
MODELS = sorted(SHIPPED.glob("*/model*.yaml"))


def leaves(group: Group) -> set[str]:
    """Names of all parts below."""
    found = set(group.parts)
    for part in group.parts.values():
        if isinstance(part, Group):
            found |= leaves(part)
    return found


def full_disk(self: Path, data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_every_template_has_a_name_and_a_title() -> None:
    infos = list_templates()
    assert [info.name for info in infos] == NAMES == shipped_models()
    assert all(info.title and "\n" not in info.title for info in infos)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_model_loads_without_a_finding_and_says_its_source(path: Path) -> None:
    loaded = load_model(path)
    assert loaded.warnings == ()
    assert loaded.model.title
    assert loaded.model.description
    assert SOURCES.get(path.parent.name, "Harvard Business Review") in (loaded.model.source or "")
    assert "Chosen for Keepwell" in (loaded.model.source or "")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_written_whole(name: str, tmp_path: Path) -> None:
    written = write_template(name, tmp_path / "new" / "deep")
    assert (tmp_path / "new" / "deep").resolve() in written[0].parents
    found = {path.relative_to(tmp_path / "new" / "deep") for path in (tmp_path / "new").rglob("*") if path.is_file()}
    expected = {path.relative_to(SHIPPED / name) for path in (SHIPPED / name).rglob("*") if path.is_file()}
    assert found == expected - {Path("template.yaml")}
    assert {path.relative_to((tmp_path / "new" / "deep").resolve()) for path in written} == found
    assert all(
        (tmp_path / "new" / "deep" / path).read_bytes() == (SHIPPED / name / path).read_bytes() for path in found
    )
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    write_template("hbr", tmp_path)
    assert tmp_path.stat().st_ino == before
    assert load_model(tmp_path / "model.yaml").warnings == ()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_folder_may_be_named_relatively(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template("self-assessment", Path("one/../two"))
    assert (tmp_path / "two" / "keepwell.yaml").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["two"]


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no template ‘self_assesment’\. Did you mean ‘self-assessment’"):
        write_template("self_assesment", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_of_the_users_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        write_template("hbr", tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        write_template("hbr", tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("there", [True, False], ids=["into an empty folder", "as a new folder"])
def test_a_full_disk_leaves_nothing_behind(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new" if there else tmp_path / "a" / "b"
    if there:
        target.mkdir()
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write_template("hbr", target)
    assert list(tmp_path.rglob("*")) == ([target] if there else [])


@pytest.mark.parametrize("there", [True, False], ids=["into an empty folder", "as a new folder"])
def test_an_interruption_leaves_nothing_behind(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new"
    if there:
        target.mkdir()
    rename = Path.rename

    def interrupted(self: Path, to: Path) -> Path:
        if not there or to.name == "keepwell.yaml":  # the last step of each way
            raise KeyboardInterrupt
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_template("hbr", target)
    assert list(tmp_path.rglob("*")) == ([target] if there else [])


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written: Not a directory"):
        write_template("hbr", tmp_path / "file" / "new")


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refused)  # tests may run as root, who may write everywhere
    with pytest.raises(OutputError, match="cannot be written: Permission denied"):
        write_template("hbr", tmp_path / "new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_model_names_its_source_and_every_measure(name: str) -> None:
    page = (ROOT / "docs" / "reference" / "models" / f"{name}.md").read_text(encoding="utf-8")
    model = load_model(SHIPPED / name / "model.yaml").model
    named = set(re.findall(r"`([a-z_0-9]+)`", page)) | set(re.findall(r"\*\*([a-z_0-9]+)\*\*", page))
    assert {part for score in model.scores.values() for part in leaves(score)} | set(model.flags) <= named
    assert SOURCES.get(name, "Harvard Business Review") in " ".join(page.split())
    assert "**Invented here**" in page
    assert all(f"| {tier.is_}" in page or f"{tier.is_} " in page for tier in model.scores["health"].tiers[:2])


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_of_a_template_names_every_column_that_the_model_reads(name: str) -> None:
    page = (SHIPPED / name / "README.md").read_text(encoding="utf-8")
    model = load_model(SHIPPED / name / "model.yaml").model
    named = set(re.findall(r"`([a-z_0-9]+)`", page))
    for table in model.tables.values():
        told = {table.time, *table.id_columns, *table.columns} - {None} - set(table.derived)
        assert told <= named
    read = {metric.column for metric in model.metrics.values() if metric.column and metric.source in model.tables}
    assert read - named - {"day", "week"} <= {column for table in model.tables.values() for column in table.derived}


def test_the_package_holds_the_templates_as_files() -> None:
    assert Path(keepwell.__path__[0], "shipped") == SHIPPED
