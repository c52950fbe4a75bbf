"""YAML text to plain values that remember their line.

YAML 1.2 (so `yes` and `on` are words), numbers kept exact as Decimal, duplicate keys refused,
size and expansion bounded: a model is typed by people, and whoever can edit it can also attack it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from keepwell.errors import Finding, KeepwellError, ModelError

MAX_BYTES = 1_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 60
MAX_DIGITS = 60

MERGE = "<<"
"""The key that takes over what another mapping says, but for what stands beside it."""

FOLD = "\a"
"""What ruamel leaves in a folded text (`>-`) where a line ended; nobody can type it there."""

PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
"""Tags of mappings and lists that carry none."""

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """A file (as the user named it) and a line from 1."""

    file: str
    line: int


@dataclass
class Document:
    """The values of a YAML file and the place of every key and item.

    `places` maps a path such as ('metrics', 'seats', 'last') to the place of that key.
    """

    file: str
    data: dict[str, Any]
    places: dict[Steps, Place] = field(default_factory=dict)

    def place(self, path: Steps) -> Place:
        """The place of this path, or of its nearest known ancestor."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1))


def read_document(path: Path, shown: str | None = None, error: type[KeepwellError] = ModelError) -> Document:
    """Read a YAML file whose top is a mapping. Raises `error` with one finding that says where and what."""
    name = shown or path.name
    return parse_document(_text(path, name, error), name, error)


def parse_document(text: str, name: str, error: type[KeepwellError] = ModelError) -> Document:
    """Parse YAML text whose top is a mapping; `name` is the file that messages speak of."""
    builder = _Builder(name, error)
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        said = problem.problem or problem.context or "this is not YAML"
        if _bare(said, str(problem.context), text.split("\n")[line - 1]):
            said += '; a condition that begins with > stands in double quotes, such as ">= 4"'
        raise builder.wrong("yaml", line, f"not valid YAML: {said}.") from None
    except RecursionError:
        raise builder.too_large(1) from None
    except (YAMLError, ValueError) as problem:
        raise builder.wrong("yaml", 1, f"not valid YAML: {str(problem).splitlines()[0]}") from None
    if not isinstance(node, MappingNode):
        raise builder.wrong("yaml", 1, "the file is empty or no mapping; it should begin with `name: value` lines.")
    data = builder.build(node, (), 0)
    return Document(name, data, builder.places)


def _bare(said: str, context: str, line: str) -> bool:
    """Whether YAML stumbled over a condition without quotes: to YAML, > begins a folded text."""
    return "character '>'" in said or ("block scalar" in context and ">" in line)


def _text(path: Path, name: str, error: type[KeepwellError]) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            said = f"the file has {size / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB is read as a model."
            raise error.of([Finding(name, None, "error", "too-large", said)])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise error.of(
            [Finding(name, line, "error", "encoding", "this byte is not UTF-8; save the file as UTF-8.")]
        ) from None
    except OSError as problem:
        said = f"cannot be read: {problem.strerror or problem}."
        raise error.of([Finding(name, None, "error", "unreadable", said)]) from None


class _Builder:
    """Turns composed nodes into values, within a budget that aliases also pay."""

    def __init__(self, file: str, error: type[KeepwellError]) -> None:
        self.file = file
        self.error = error
        self.places: dict[Steps, Place] = {}
        self.left = MAX_VALUES

    def wrong(self, code: str, line: int, message: str) -> KeepwellError:
        return self.error.of([Finding(self.file, line, "error", code, message)])

    def too_large(self, line: int) -> KeepwellError:
        limit = f"{MAX_VALUES:,} values, {MAX_DEPTH} levels"
        return self.wrong("too-large", line, f"the file unfolds to more than is read as a model ({limit}).")

    def build(self, node: Node, path: Steps, depth: int) -> Any:
        self.left -= 1
        line = node.start_mark.line + 1
        if self.left < 0 or depth > MAX_DEPTH:
            raise self.too_large(line)
        self.places.setdefault(path, Place(self.file, line))
        if not isinstance(node, ScalarNode) and node.tag not in PLAIN_TAGS:
            raise self.wrong("tag", line, f"the tag ‘{node.tag}’ is not read here; write the plain value.")
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Steps, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        own: set[str] = set()
        for key_node, value_node in sorted(node.value, key=lambda pair: pair[0].value != MERGE):
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                raise self.wrong("key", line, "a key must be a word, not a list or a mapping.")
            key = str(key_node.value)
            if key in own:
                first = self.places[(*path, key)].line
                raise self.wrong("duplicate-key", line, f"‘{key}’ stands here a second time (first in line {first}).")
            own.add(key)
            self.places[(*path, key)] = Place(self.file, line)
            if key == MERGE:
                found |= self._merged(value_node, path, depth)
            else:
                found[key] = self.build(value_node, (*path, key), depth + 1)
        return found

    def _merged(self, node: Node, path: Steps, depth: int) -> dict[str, Any]:
        """What `<<` takes over from another mapping, or from several, of which the first goes before the others."""
        found: dict[str, Any] = {}
        for item in reversed(node.value) if isinstance(node, SequenceNode) else [node]:
            if not isinstance(item, MappingNode):
                said = "`<<` takes over another mapping, named by its anchor: `<<: *usage`."
                raise self.wrong("merge", item.start_mark.line + 1, said)
            found |= self.build(item, path, depth + 1)
        return found

    def _scalar(self, node: Node) -> Any:
        kind = node.tag.rsplit(":", 1)[-1] if isinstance(node.tag, str) else str(node.ctag).rsplit(":", 1)[-1]
        text = str(node.value).replace(FOLD, "") if getattr(node, "style", None) == ">" else str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        line = node.start_mark.line + 1
        if kind in ("int", "float"):
            return self._number(text, kind, line)
        if kind not in ("str", "timestamp", "merge", "value"):
            raise self.wrong("tag", line, f"the tag ‘{kind}’ is not read here; write the plain value.")
        return text

    def _number(self, text: str, kind: str, line: int) -> int | Decimal:
        try:
            plain = text.replace("_", "")
            number = int(plain, 0) if kind == "int" and plain.lower().startswith(("0x", "0o")) else Decimal(plain)
        except (InvalidOperation, ValueError):
            raise self.wrong("number", line, f"‘{text[:60]}’ is not a number that can be used here.") from None
        if len(text) > MAX_DIGITS or not -MAX_DIGITS < Decimal(number).adjusted() < MAX_DIGITS:
            raise self.wrong(
                "number", line, f"‘{text[:60]}’ is too long, too large or too small a number to be used here."
            )
        if isinstance(number, Decimal) and kind == "int":
            return int(number)
        return number
