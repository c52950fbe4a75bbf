"""Where the tables lie and how they are written: the physical half of a workspace file."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, model_validator

from keepwell.errors import WorkspaceError, did_you_mean
from keepwell.model.spec import Line, Name, Spec

DEFAULT_SOURCE = "data"
ISO = "iso"
"""The form of dates that is read where nothing else is said, by name: `dates: [iso, "%d.%m.%Y"]`."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DIRECTIVES = {"a", "A", "b", "B", "d", "f", "H", "I", "j", "m", "M", "p", "S", "y", "Y", "z", "%"}


@cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of this name. Raises ValueError with a sentence."""
    if name not in available_timezones():
        raise ValueError(f"‘{name}’ is not a time zone; write one such as Europe/Berlin or UTC.{_near_zone(name)}")
    return ZoneInfo(name)


def _near_zone(name: str) -> str:
    said = did_you_mean(name, available_timezones())
    return said if said.startswith(" Did") else ""


def _zone(value: Any) -> str:
    return zone_of(str(value)).key


def _encoding(value: Any) -> str:
    try:
        codecs.lookup(str(value))
    except LookupError:
        raise ValueError(f"‘{value}’ is not an encoding; write utf-8, windows-1252, latin-1 or utf-16") from None
    return str(value)


def _delimiter(value: Any) -> str:
    text = {"tab": "\t", "\\t": "\t"}.get(str(value), str(value))
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(f"‘{value}’ is not a delimiter; write one character such as ';', or tab")
    return text


def _formats(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (str, list, tuple)):
        raise ValueError(f"‘{value}’ is no form of dates; write for example %d.%m.%Y, or a list of forms")
    formats = (value,) if isinstance(value, str) else tuple(value)
    for item in formats:
        if item == ISO:
            continue
        found = set(re.findall(r"%-?(.)", str(item)))
        if unknown := sorted(found - _DIRECTIVES):
            raise ValueError(f"‘{item}’: %{unknown[0]} is not a part of a date that can be read")
        if not (found & {"y", "Y"} and (found & {"m", "b", "B"} or "j" in found)):
            raise ValueError(f"‘{item}’ names no year and month; write for example %d.%m.%Y or %m/%d/%Y %H:%M")
    return formats


def _master(value: Any) -> str:
    if not re.fullmatch(r"local(\[[0-9*,]+\])?|yarn|(spark|k8s)://\S+", str(value)):
        raise ValueError(f"‘{value}’ is no master of a Spark; write local[4], yarn, spark://… or k8s://…")
    return str(value)


def _query_file(value: Any) -> str:
    text = str(value)
    if not re.fullmatch(r"[\w. -]+(/[\w. -]+)*\.sql", text) or ".." in text.split("/"):
        raise ValueError(f"‘{text}’ is no query file; write a path inside of the workspace, such as queries/orders.sql")
    return text


Zone = Annotated[str, BeforeValidator(_zone)]
Path = Annotated[str, Field(min_length=1, max_length=1_000)]
Master = Annotated[str, Field(max_length=1_000), BeforeValidator(_master)]
QueryFile = Annotated[str, Field(max_length=1_000), BeforeValidator(_query_file)]
_NOT_WITH_QUERY = ("path", "table", "sheet", "delimiter", "encoding")
_Mark = Annotated[str, Field(min_length=1, max_length=1)]
_Formats = Annotated[tuple[str, ...], BeforeValidator(_formats, json_schema_input_type=str | list[str])]


class Outage(Spec):
    """Days on which a table got no rows, or too few, for a reason that is not the customers'."""

    from_: date = Field(alias="from", description="The first of these days.")
    to: date = Field(description="The last of them.")
    because: Line | None = Field(None, description="Why, for whoever reads the file later.")

    @model_validator(mode="after")
    def _forward(self) -> Outage:
        if self.from_ > self.to:
            raise ValueError(f"an outage that begins on {self.from_} cannot end on {self.to}")
        return self


class TableFile(Spec):
    """How one table of the model is read. Everything has a default; files that follow it need no entry."""

    source: Name | None = Field(None, description="The source it lies in; default: the one named `data`.")
    path: Path | None = Field(
        None,
        description="File, folder or pattern (logins/*.parquet) in the source; "
        "default: the table's name with a known ending.",
    )
    table: Line | None = Field(
        None, description="Table or view of a database, such as shop.orders; default: the table's name."
    )
    query: QueryFile | None = Field(
        None,
        description="File with one SELECT over tables of the source, such as queries/orders.sql, instead of a table.",
    )
    sheet: Line | None = Field(None, description="Sheet of an Excel workbook; default: the only one.")
    delimiter: Annotated[str, BeforeValidator(_delimiter)] | None = Field(
        None, description="What stands between the columns of a text file; default: a comma, in .tsv files a tab."
    )
    encoding: Annotated[str, BeforeValidator(_encoding)] | None = Field(
        None,
        description="How the text file is encoded; default: utf-8. A byte order mark of UTF-8 or UTF-16 is understood.",
    )
    rename: dict[Line, Line] = Field(
        default_factory=dict,
        description="Columns by another name: the name in the file, then the name that the model uses, "
        "such as {Kundennr: account_id}.",
    )
    dates: _Formats = Field(
        (),
        description="How dates are written, such as %d.%m.%Y, or a list tried in order; "
        "default: iso, which is 2026-01-31 and 2026-01-31 09:30:00.",
    )
    decimal: _Mark = Field(".", description="The decimal mark of numbers.")
    thousands: _Mark | None = Field(None, description="What stands between groups of three digits; default: nothing.")
    null_words: tuple[Line, ...] = Field(
        (), description='Words that mean «no value», such as ["n/a", "-"]; empty cells always do.'
    )
    unreadable: Literal["error", "missing"] = Field(
        "error",
        description="What a value is that its column's kind cannot read: an error, "
        "or missing (and counted by `check`).",
    )
    zone: Zone | None = Field(
        None, description="Time zone of times written without one; default: the workspace's. Dates have no zone."
    )
    outages: tuple[Outage, ...] = Field(
        (),
        description="Stretches of days, each {from, to}, without rows for a reason that is not the customers': what is "
        "counted over a window of which they take more than a tenth is missing, and no zero.",
    )

    @model_validator(mode="after")
    def _query_alone(self) -> TableFile:
        if self.query and (other := next((name for name in _NOT_WITH_QUERY if getattr(self, name)), None)):
            raise ValueError(f"`{other}:` belongs to a file or table, and this table is a query; give one of the two")
        return self

    @model_validator(mode="after")
    def _marks_differ(self) -> TableFile:
        if self.decimal == self.thousands:
            raise ValueError(f"‘{self.decimal}’ cannot be both the decimal mark and the mark between thousands")
        return self


class SourceConfig(Spec):
    """One place where tables lie: a folder, a DuckDB file, a PostgreSQL database, or a Spark."""

    path: Path | None = Field(None, description="Folder of files, or a DuckDB file; relative to the workspace.")
    url: Path | None = Field(
        None,
        description="postgresql://… of a database; what is secret stands in an environment variable: ${BILLING_URL}.",
    )
    spark: Master | None = Field(
        None,
        description="Master of a Spark, such as local[4] or yarn, that reads the tables of its catalog, or Parquet in "
        "`path`; `compute:` has to name it.",
    )

    @property
    def dialect(self) -> str:
        """The dialect of SQL that queries over it are written in: PostgreSQL's, else DuckDB's, also over files."""
        return "duckdb" if self.url is None else "postgres"

    @model_validator(mode="after")
    def _one_place(self) -> SourceConfig:
        if (self.path is None and self.spark is None) == (self.url is None):
            raise ValueError("a source has either a `path` or a `url` (or says `spark`, with a `path` or without)")
        if self.url is not None and _holds_password(self.url):
            raise ValueError(
                "a password does not belong in this file; put the url in an environment variable and write ${NAME}"
            )
        return self


def _holds_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        given = [parts.password or "", *parse_qs(parts.query).get("password", [])]
    except ValueError:
        return True
    return any(word and not _VARIABLE.search(word) for word in given)


def _source(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


Source = Annotated[SourceConfig, BeforeValidator(_source, json_schema_input_type=str | SourceConfig)]


class FactsConfig(Spec):
    """The part of a workspace file that says where the facts are."""

    zone: Zone = Field(
        "UTC", description="Time zone of the company; days begin and end there, and all times are turned into it."
    )
    sources: dict[Name, Source] = Field(
        default_factory=lambda: {DEFAULT_SOURCE: SourceConfig(path="data")},
        description="Places where tables lie, by name. `data` is where a table is looked for that has no entry below.",
    )
    compute: Name | None = Field(
        None,
        description="The source that computes, a PostgreSQL or a Spark: its tables stay where they are, and those of "
        "other sources are copied there for the time of a command; default: this machine.",
    )
    tables: dict[Name, TableFile] = Field(
        default_factory=dict, description="How tables are read, where the defaults do not fit."
    )

    @model_validator(mode="after")
    def _sources_exist(self) -> FactsConfig:
        for name, table in self.tables.items():
            if (wanted := table.source or self.usual_source) not in self.sources:
                raise ValueError(f"tables.{name}: there is no source ‘{wanted}’.{did_you_mean(wanted, self.sources)}")
        return self

    @model_validator(mode="after")
    def _computes(self) -> FactsConfig:
        if self.compute is not None:
            if self.compute not in self.sources:
                said = did_you_mean(self.compute, self.sources)
                raise ValueError(f"compute: there is no source ‘{self.compute}’.{said}")
            source = self.sources[self.compute]
            if source.url is None and source.spark is None:
                raise ValueError(
                    f"compute: the source ‘{self.compute}’ is no database; without `compute`, this machine computes"
                )
        if idle := [name for name, one in self.sources.items() if one.spark and name != self.compute]:
            raise ValueError(f"sources.{idle[0]}: a Spark is read where it computes; say `compute: {idle[0]}`")
        return self

    @property
    def usual_source(self) -> str:
        """Where a table is looked for that names no source: `data`, or the only one there is."""
        return next(iter(self.sources)) if len(self.sources) == 1 else DEFAULT_SOURCE

    def table(self, name: str) -> TableFile:
        """How this table is read; the defaults where the file has no entry."""
        return self.tables.get(name, _PLAIN)

    def plain_table(self, name: str, source: str) -> TableFile:
        """How a query over this source reads a table that it names: as the entry says that is no query itself."""
        entry = next((table for other, table in self.tables.items() if other.lower() == name.lower()), _PLAIN)
        return _PLAIN if entry.query or (entry.source or self.usual_source) != source else entry


_PLAIN = TableFile()


def fill(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text with its ${VARIABLES} replaced. Raises WorkspaceError where one is not set; values are never shown."""

    def value(found: re.Match[str]) -> str:
        if not environment.get(found[1]):
            raise WorkspaceError(f"keepwell.yaml reads the environment variable {found[1]}, and it is not set.")
        return environment[found[1]]

    return _VARIABLE.sub(value, text)
