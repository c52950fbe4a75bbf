"""The workspaces that come with Keepwell: named, listed, and written as a folder that the user owns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from secrets import token_hex

from keepwell.errors import OutputError, UsageError, did_you_mean

ABOUT = "template.yaml"
"""Says a template's title; the only file of it that is not written."""
CONFIG = "keepwell.yaml"
"""What makes a folder a workspace: written last."""


@dataclass(frozen=True)
class TemplateInfo:
    """A template's name, as `--template` takes it, and what it is in one line."""

    name: str
    title: str


def list_templates() -> list[TemplateInfo]:
    """Every template, by name."""
    found = [folder for folder in _shipped().iterdir() if (folder / CONFIG).is_file()]
    return sorted((TemplateInfo(folder.name, _title(folder)) for folder in found), key=lambda info: info.name)


def write_template(name: str, folder: Path) -> list[Path]:
    """Write a template's workspace into `folder`, which must be new or empty; returns the files written.

    The folder is there whole or not at all. Raises UsageError for an unknown name and for a folder with something in
    it, OutputError where the disk refuses.
    """
    names = [info.name for info in list_templates()]
    if name not in names:
        raise UsageError(f"There is no template ‘{name}’.{did_you_mean(name, names)}")
    try:
        return write_workspace(folder, dict(_files(_shipped() / name)))
    except OSError as problem:
        raise OutputError(f"The workspace {folder} cannot be written: {problem.strerror or problem}.") from None


def write_workspace(folder: Path, files: dict[PurePosixPath, bytes]) -> list[Path]:
    """Write these files into `folder`, which must be new or empty; returns where they are. Raises OSError by the disk.

    The folder is there whole or not at all. Raises UsageError for a folder with something in it.
    """
    target = free_place(folder)
    write = _into_empty if target.is_dir() else _as_new
    write(target, files)
    return [target / path for path in sorted(files)]


def free_place(folder: Path) -> Path:
    """The folder's full path. Raises UsageError where something is in it."""
    target = folder.expanduser().resolve()
    _refuse_what_is_there(target, folder)
    return target


def _shipped() -> Traversable:
    return resources.files("keepwell") / "shipped"


def _title(template: Traversable) -> str:
    """The value of `title:`, read without the YAML reader, which `--list-templates` would wait for."""
    for line in (template / ABOUT).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key == "title":
            return value.strip()
    return template.name


def _files(folder: Traversable, below: str = "") -> Iterator[tuple[PurePosixPath, bytes]]:
    """Path in the workspace and content of each file of a template."""
    for item in folder.iterdir():
        path = PurePosixPath(below, item.name)
        if item.is_dir():
            if item.name != "__pycache__":
                yield from _files(item, str(path))
        elif path != PurePosixPath(ABOUT):
            yield path, item.read_bytes()


def _refuse_what_is_there(target: Path, shown: Path) -> None:
    if target.is_dir():
        if any(target.iterdir()):
            raise UsageError(
                f"The folder {shown} is not empty; name a new one, so that nothing of yours is overwritten."
            )
    elif target.exists():
        raise UsageError(f"{shown} is a file, and a folder is needed; name another one.")


def _as_new(target: Path, files: dict[PurePosixPath, bytes]) -> None:
    """Written beside its place, then renamed: the topmost folder that does not exist yet appears with all in it."""
    top = next(path for path in [target, *target.parents] if path.parent.exists())
    stage = top.with_name(f".{top.name}-{token_hex(4)}")
    try:
        _write(stage / target.relative_to(top), files)
        stage.rename(top)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _into_empty(target: Path, files: dict[PurePosixPath, bytes]) -> None:
    """An existing folder is kept, since somebody may stand in it: written below it, moved up, keepwell.yaml last."""
    stage = target / f".init-{token_hex(4)}"
    moved: list[Path] = []
    try:
        _write(stage, files)
        for item in sorted(stage.iterdir(), key=lambda path: path.name == CONFIG):
            place = target / item.name
            item.rename(place)
            moved.append(place)
        stage.rmdir()
    except BaseException:
        for path in [stage, *moved]:
            _remove(path)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _write(folder: Path, files: dict[PurePosixPath, bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
