"""A folder of files as a source: which file is meant by a table's name, and how each format is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

import duckdb
import ibis

from keepwell.facts import fetch
from keepwell.facts.config import TableFile, fill
from keepwell.facts.engine import Engine
from keepwell.facts.excel import excel_relation
from keepwell.facts.queries.query import Query
from keepwell.facts.queries.run import over_relations
from keepwell.facts.reading import reading, refuse
from keepwell.facts.sources import Entry, Relation
from keepwell.facts.text import csv_relation, opened, readable

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".xlsx")
_DELIMITED = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
_JSON = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


@dataclass(frozen=True)
class Folder:
    """Files under `path`; messages name them relative to `home`, the workspace."""

    engine: Engine
    path: Path
    home: Path

    def relation(self, table: str, options: TableFile) -> Relation | None:
        files = self._declared(fill(options.path)) if options.path else self._usual(table)
        return self._open(files, options) if files else None

    def query(self, query: Query, entry: Entry) -> Relation:
        return over_relations(self.engine, query, lambda name: self.relation(name, entry(name)), self.names)

    def names(self) -> list[str]:
        if not self.path.is_dir():
            return []
        return sorted({_stem(item.name) for item in self.path.iterdir() if item.is_dir() or _ending(item)})

    def _usual(self, table: str) -> list[Path]:
        """The file or folder that has the table's name. Two of them are refused: which is meant would be a guess."""
        found = [path for ending in ENDINGS if (path := self.path / f"{table}{ending}").is_file()]
        folder = self.path / table
        if folder.is_dir() and (inside := _inside(folder)):
            found.append(folder)
        if len(found) > 1:
            names = " and ".join(self._origin(path) for path in found)
            raise refuse(table, "two-files", f"{names} could both be meant; say which: `path:` in keepwell.yaml.")
        return inside if found == [folder] else found

    def _declared(self, path: str) -> list[Path]:
        whole = self.path / path
        if whole.is_file():
            return [whole]
        if whole.is_dir():
            files = _inside(whole)
        else:
            start = Path(whole.anchor) if Path(path).is_absolute() else self.path
            files = _data(start.glob(str(whole.relative_to(start)))) if re.search(r"[*?[]", path) else []
        if not files:
            raise refuse(self._origin(whole), "cannot-read", "keepwell.yaml names this path, and nothing is there.")
        return files

    def _open(self, files: list[Path], options: TableFile) -> Relation:
        kinds = {_format(path) for path in files}
        origin = self._origin(files[0]) if len(files) == 1 else self._origin(_common(files)) + "/"
        if len(kinds) > 1:
            raise refuse(
                origin, "two-files", "files of different formats lie here; say which: `path:` in keepwell.yaml."
            )
        if (kind := kinds.pop()) is None:
            known = ", ".join(ENDINGS)
            raise refuse(origin, "format", f"the format of this file is not known by its ending; read are {known}.")
        if kind == "parquet":
            with reading(origin):
                try:
                    return _parquet(self.engine, files, origin)
                except (duckdb.InvalidInputException, duckdb.SerializationException):
                    said = "this is not a Parquet file, or it is damaged; export it again."
                    raise refuse(origin, "cannot-read", said) from None
        opener = {"csv": csv_relation, "json": _json, "xlsx": excel_relation}[kind]
        with reading(origin):
            parts = [opener(self.engine, path, self._origin(path), options) for path in files]
            return parts[0] if len(parts) == 1 else _union(origin, parts)

    def _origin(self, path: Path) -> str:
        return str(path.relative_to(self.home)) if path.is_relative_to(self.home) else str(path)


def _ending(path: Path) -> str | None:
    return next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)


def _stem(name: str) -> str:
    return name.split(".", 1)[0]


def _format(path: Path) -> str | None:
    name = path.name.lower()
    for kind, endings in (("csv", _DELIMITED), ("json", _JSON), ("parquet", (".parquet", ".pq")), ("xlsx", (".xlsx",))):
        if name.endswith(endings):
            return kind
    return None


def _inside(folder: Path) -> list[Path]:
    return _data(folder.rglob("*"))


def _data(paths: Iterable[Path]) -> list[Path]:
    """Data files in a stable order, without the hidden ones and the markers that engines leave (_SUCCESS)."""
    return sorted(path for path in paths if path.is_file() and path.name[0] not in "._" and _format(path))


def _common(files: Sequence[Path]) -> Path:
    return next(parent for parent in files[0].parents if all(parent in path.parents for path in files))


def _parquet(engine: Engine, files: list[Path], origin: str) -> Relation:
    """Lazily scanned: projection and filters reach the files. Folder names such as month=2026-01 become columns."""
    rows = engine.scan(
        "read_parquet", files, union_by_name=len(files) > 1, **_partitions(files, _common(files) if files[1:] else None)
    )
    return Relation(origin, rows.schema(), lambda columns: rows.select(*columns))


def _partitions(files: list[Path], top: Path | None) -> dict[str, object]:
    """Hive partitions with the kinds that lose nothing: 0012 stays text, where DuckDB would make it 12."""
    if top is None:
        return {"hive_partitioning": False}
    values: dict[str, set[str]] = {}
    for path in files:
        for part in path.relative_to(top).parts[:-1]:
            if "=" in part:
                key, value = part.split("=", 1)
                values.setdefault(key, set()).add(value)
    if not values:
        return {"hive_partitioning": False}
    return {"hive_partitioning": True, "hive_types": {key: _hive_type(found) for key, found in values.items()}}


def _hive_type(values: set[str]) -> str:
    if all(re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", value) for value in values):
        return "BIGINT"
    return "DATE" if all(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) for value in values) else "VARCHAR"


def _json(engine: Engine, path: Path, origin: str, options: TableFile) -> Relation:
    """JSON Lines as text. One whole scan finds every column, so that a schema that grew half-way is seen."""
    plain = readable(engine, path, origin, options.encoding)
    settings = {"format": "newline_delimited", "maximum_object_size": 1 << 27}
    try:
        found = engine.scan(
            "read_json", [plain], **settings, sample_size=-1, map_inference_threshold=-1, maximum_depth=1
        )
    except duckdb.InvalidInputException:
        raise refuse(origin, "format", _bad_line(plain, origin)) from None
    names = found.columns
    if tuple(names) == ("json",):
        raise refuse(
            origin, "format", "its lines are no JSON objects; one object per line is read, and no list of them."
        )

    def scan(columns: Sequence[str]) -> ibis.Table:
        rows = engine.scan("read_json", [plain], **settings, columns=dict.fromkeys(names, "VARCHAR"))
        return rows.select(*columns)

    return Relation(
        origin, ibis.schema(dict.fromkeys(names, "string")), scan, text=True, place=lambda i: f"line {i + 1:,}"
    )


def _bad_line(path: Path, origin: str) -> str:
    """Where the file stops being JSON Lines: the engine counts lines in its own way."""
    with opened(path, origin) as stream:
        for number, line in enumerate(stream, 1):
            try:
                json.loads(line.strip() or b"null")
            except ValueError:
                return f"line {number:,} is not JSON; one object per line is read."
    return "it cannot be read as JSON; one object per line is read."


def _union(origin: str, parts: list[Relation]) -> Relation:
    """Several text files under each other, by column name; a column that a file lacks is empty there."""
    schema = ibis.schema({name: "string" for part in parts for name in part.columns})

    def scan(columns: Sequence[str]) -> ibis.Table:
        return ibis.union(*(_widened(part, columns) for part in parts), distinct=False)

    @cache
    def ends() -> list[int]:
        return list(accumulate(_length(part) for part in parts))

    def place(index: int) -> str:
        nth = next(nth for nth, end in enumerate(ends()) if index < end)
        return f"{parts[nth].place(index - (ends()[nth - 1] if nth else 0))} of {Path(parts[nth].origin).name}"

    return Relation(origin, schema, scan, text=True, place=place)


def _length(part: Relation) -> int:
    rows = part.scan(part.columns[:1])
    return int(fetch.rows(rows.aggregate(rows=rows.count()))[0]["rows"])


def _widened(part: Relation, columns: Sequence[str]) -> ibis.Table:
    rows = part.scan([name for name in columns if name in part.columns] or list(part.columns[:1]))
    absent = {name: ibis.null("string") for name in columns if name not in part.columns}
    return rows.mutate(**absent).select(*columns)
