"""What the repository promises beside the code: complete locks, a whole wheel, links and targets that exist."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("examples/**/*.md"), *ROOT.glob("benchmarks/*.md")})


def locked(name: str) -> dict[str, str]:
    """Package → pinned version in one of the locks."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", text, flags=re.MULTILINE))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("runtime.txt", ["build"]), ("dev.txt", ["build", "dev"])],
)
def test_a_lock_pins_everything_that_the_project_asks_for(lock: str, groups: list[str]) -> None:
    asked = PROJECT["project"]["dependencies"] + [
        one for group in groups for one in PROJECT["dependency-groups"][group]
    ]
    pins = locked(lock)
    unmet = [one for one in map(Requirement, asked) if pins.get(canonical(one.name), "none") not in one.specifier]
    assert not unmet, "`make lock` was not run after a change of pyproject.toml"


def test_both_locks_agree() -> None:
    assert locked("runtime.txt").items() <= locked("dev.txt").items()


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_a_lock_is_pinned_by_hash_and_names_no_place(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^\S+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, flags=re.MULTILINE)
    assert len(pins) == len(locked(lock)) > 20
    assert "/" not in text, "neither a download address nor a path of somebody's machine"


def test_the_wheel_holds_the_package_whole_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("keepwell-*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    source = {
        path for path in (ROOT / "src" / "keepwell").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == {path.relative_to(ROOT / "src").as_posix() for path in source}
    assert "keepwell/py.typed" in inside


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"\n## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere_and_targets_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", text)) <= made


SKIPPING = """
import pytest

@pytest.mark.may_skip("shown")
def test_allowed():
    pytest.skip("allowed")

def test_data(data_folder):
    pass

def test_other():
    if {skips}:
        pytest.skip("a reason")
"""


@pytest.mark.parametrize(("skips", "forbid", "code"), [(True, "1", 1), (False, "1", 0), (True, "", 0)])
def test_a_skip_that_nothing_allows_fails_where_skips_are_forbidden(
    tmp_path: Path, skips: bool, forbid: str, code: int
) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (tmp_path / "test_it.py").write_text(SKIPPING.format(skips=skips))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = may_skip(reason): allowed\n")
    environment = {**os.environ, "KEEPWELL_NO_SKIP": forbid, "KEEPWELL_DATA": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == code, run.stdout
    assert "a reason" in run.stdout or not skips
    assert ("skips that KEEPWELL_NO_SKIP forbids" in run.stdout) == bool(code)
