"""Delimited text files: encoding, delimiter and header are settled here, so that the engine never guesses."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, cast

import ibis

from keepwell.errors import FactsError
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.reading import file_problem, refuse
from keepwell.facts.sources import Relation

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"
_copies = count()


def csv_relation(engine: Engine, path: Path, origin: str, options: TableFile) -> Relation:
    """The relation of one delimited file. Reads its first lines; another encoding is copied as UTF-8 first."""
    delimiter = options.delimiter or ("\t" if ".tsv" in path.name.lower() else ",")
    plain = readable(engine, path, origin, options.encoding)
    skipped, names = _header(plain, origin, delimiter)
    _check_header(names, origin, delimiter)

    def scan(columns: Sequence[str]) -> ibis.Table:
        rows = engine.delimited(plain, names, delimiter, header=True, skip=skipped)
        return rows.select(*columns)

    schema = ibis.schema(dict.fromkeys(names, "string"))
    return Relation(origin, schema, scan, text=True, place=lambda index: f"row {index + 2 + skipped:,}")


def readable(engine: Engine, path: Path, origin: str, encoding: str | None) -> Path:
    """The file itself if it is UTF-8 with one kind of line end, else a copy that is. Refuses an empty file."""
    with opened(path, origin) as stream:
        head = stream.read(_CHUNK)
    if not head.strip():
        raise refuse(origin, "empty-file", "the file is empty; not even a header stands in it.")
    found = next((name for mark, name in _MARKS if head.startswith(mark)), encoding or "utf-8")
    if found != "utf-16" and encoding is None and b"\0" in head[:4_000]:
        raise refuse(
            origin,
            "encoding",
            "this is not plain text (it holds zero bytes); if it is UTF-16 without a mark, "
            "say `encoding: utf-16-le` for this table in keepwell.yaml.",
        )
    mixed = b"\r\n" in head and head.count(b"\n") > head.count(b"\r\n")
    if codecs.lookup(found).name in ("utf-8", "utf-8-sig") and not mixed:
        return path
    return _copy(engine, path, origin, found)


@contextmanager
def opened(path: Path, origin: str) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked if its name ends in .gz; what goes wrong is a sentence about `origin`."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            yield cast(IO[bytes], stream)
    except (gzip.BadGzipFile, EOFError):
        raise refuse(origin, "cannot-read", "the compressed file is damaged or not gzip.") from None
    except OSError as problem:
        raise refuse(origin, "cannot-read", file_problem(problem)) from None


def _copy(engine: Engine, path: Path, origin: str, encoding: str) -> Path:
    """A UTF-8 copy with plain line ends, in the engine's scratch folder."""
    target = engine.scratch / f"{next(_copies)}-{path.name.removesuffix('.gz')}"
    with opened(path, origin) as stream, target.open("w", encoding="utf-8", newline="\n") as out:
        text = io.TextIOWrapper(stream, encoding=encoding, newline=None)
        line = 1
        try:
            while chunk := text.read(_CHUNK):
                line += chunk.count("\n")
                out.write(chunk)
        except UnicodeError:
            raise _not(encoding, origin, line) from None
    return target


def _not(encoding: str, origin: str, line: int) -> FactsError:
    return refuse(
        origin,
        "encoding",
        f"at or after line {line:,} there is a byte that is not {encoding}; "
        "say which encoding the file has: `encoding: windows-1252` for this table in keepwell.yaml.",
    )


def _header(path: Path, origin: str, delimiter: str) -> tuple[int, list[str]]:
    """How many empty lines stand before the header, and the names in it (stripped; an empty one gets a number)."""
    with opened(path, origin) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        try:
            rows = csv.reader(lines, delimiter=delimiter)
            for skipped, row in enumerate(rows):
                if any("\ufffd" in name for name in row):
                    raise _not("utf-8", origin, skipped + 1)
                if any(name.strip() for name in row):
                    return skipped, [name.strip() or f"column {place}" for place, name in enumerate(row, 1)]
        except csv.Error as problem:
            raise refuse(origin, "header", f"its first line cannot be read as a header: {problem}.") from None
    raise refuse(origin, "empty-file", "the file is empty; not even a header stands in it.")


def _check_header(names: list[str], origin: str, delimiter: str) -> None:
    others = {sign: names[0].count(sign) for sign in _DELIMITERS if sign != delimiter and sign in names[0]}
    if len(names) == 1 and others:
        sign = max(others, key=lambda item: others[item])
        shown = "tab" if sign == "\t" else f'"{sign}"'
        raise refuse(
            origin,
            "delimiter",
            f"the columns of its header seem to be split by {shown if sign == chr(9) else f'‘{sign}’'}; "
            f"say `delimiter: {shown}` for this table in keepwell.yaml.",
        )
    check_names(names, origin)


def check_names(names: list[str], origin: str) -> None:
    """Refuse two columns of one name: which of them is meant would be a guess."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            raise refuse(origin, "header", f"two columns are named ‘{seen[name.lower()]}’ and ‘{name}’; rename one.")
        seen[name.lower()] = name
