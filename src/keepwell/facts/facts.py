"""The facts of a workspace: every table of the model, found, read and seen as of a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path

import ibis.expr.types as ir

from keepwell.errors import FactsError, Finding, did_you_mean
from keepwell.facts import fetch
from keepwell.facts.compute import Compute
from keepwell.facts.config import FactsConfig, SourceConfig, fill
from keepwell.facts.databases import DuckDBFile, Postgres
from keepwell.facts.engine import Engine
from keepwell.facts.entities import alive, every
from keepwell.facts.feed import Feed, feed_of, visible
from keepwell.facts.files import Folder
from keepwell.facts.identity import Identity, gone_on, identities_of, last_instant, linked, meant, remaining
from keepwell.facts.intake import Intake, take_in
from keepwell.facts.moment import When
from keepwell.facts.needs import Needs, needs_of
from keepwell.facts.queries import read_query, tables_named
from keepwell.facts.rename import renamed
from keepwell.facts.sources import Relation, Source
from keepwell.facts.spark import Spark
from keepwell.facts.warehouse import Warehouse
from keepwell.model import Model, Table


class Facts:
    """Nothing is read before it is asked for; what was read once is kept until `close`."""

    def __init__(self, model: Model, config: FactsConfig, folder: Path) -> None:
        self.model = model
        self.config = config
        self.folder = folder
        self.needs = needs_of(model)
        self._sources: dict[str, Source] = {}
        self._relations: dict[str, Relation | None] = {}
        self._intakes: dict[str, Intake] = {}
        self._feeds: dict[str, Feed] = {}
        self._identities: dict[tuple[str, When], Identity] = {}

    @cached_property
    def engine(self) -> Engine:
        """The engine that reads files."""
        return Engine()

    @cached_property
    def compute(self) -> Compute:
        """The engine on which all tables live and everything is computed: the same, or the source that computes."""
        named = self.config.compute
        if named is None:
            return self.engine
        config = self.config.sources[named]
        if config.spark is not None:
            lake = _lake(named, fill(config.path), self.folder) if config.path else None
            return Spark(named, config.spark, lake, self.engine.scratch)
        return Warehouse(self.engine, named, _url_of(named, config))

    def close(self) -> None:
        """Give back memory and temporary files. The facts cannot be used afterwards."""
        if "compute" in vars(self):
            self.compute.close()
        self.engine.close()

    def source(self, name: str) -> Source:
        """The source of this name. Raises FactsError where nothing is there."""
        if name not in self._sources:
            if name == self.config.compute and isinstance(self.compute, (Warehouse, Spark)):
                self._sources[name] = self.compute
            else:
                self._sources[name] = _source(self.engine, name, self.config.sources[name], self.folder)
        return self._sources[name]

    def source_of(self, table: str) -> str:
        """The name of the source in which a table lies, or would lie."""
        return self.config.table(table).source or self.config.usual_source

    def names(self, source: str) -> list[str]:
        """The tables that a source has."""
        return self.source(source).names() if source in self.config.sources else []

    def relation(self, table: str) -> Relation | None:
        """The table as its source holds it; None where there is none of this name and none was promised."""
        if table not in self._relations:
            options, source = self.config.table(table), self.source_of(table)
            if options.query:
                found: Relation | None = self._queried(options.query, source)
            else:
                found = self.source(source).relation(table, options) if source in self.config.sources else None
            self._relations[table] = renamed(found, options.rename) if found and options.rename else found
        return self._relations[table]

    def _queried(self, file: str, source: str) -> Relation:
        """What the query in this file gives, over the tables of one source as the workspace file reads them."""
        query = read_query(self.folder, file, self.config.sources[source].dialect)
        return self.source(source).query(query, lambda name: self.config.plain_table(name, source))

    @cached_property
    def queried(self) -> frozenset[str]:
        """The tables of sources that queries name."""
        found: set[str] = set()
        for table, options in self.config.tables.items():
            if options.query:
                dialect = self.config.sources[self.source_of(table)].dialect
                found |= tables_named(self.folder, options.query, dialect)
        return frozenset(found)

    def has(self, table: str) -> bool:
        """Whether there is such a table. False: not connected. Raises FactsError where it is there but unusable."""
        return self.relation(table) is not None

    def intake(self, table: str) -> Intake:
        """The table taken in: needed columns in their types."""
        if table not in self._intakes:
            relation = self.relation(table)
            if relation is None:
                raise FactsError(self.not_there(table))
            needs, options = self.needs.get(table, Needs()), self.config.table(table)
            self._intakes[table] = take_in(self.engine, self.compute, table, relation, needs, options, self.config.zone)
        return self._intakes[table]

    def not_there(self, table: str) -> str:
        """The sentence that says that a table has no file, with what there is."""
        name = self.source_of(table)
        return f"nothing named ‘{table}’ is in the source ‘{name}’.{did_you_mean(table, self.names(name))}"

    def feed(self, table: str) -> Feed:
        """The table as the model means it, for all days. Raises FactsError where it cannot be read so."""
        if table not in self._feeds:
            intake = self.intake(table)
            spec = self.model.tables.get(table) or Table()
            self._feeds[table] = feed_of(table, intake.relation.origin, spec, intake.rows, intake.kinds)
        return self._feeds[table]

    def seen(self, table: str, moment: When) -> ir.Table:
        """The table's rows that could be seen, changing columns masked. Lazy."""
        feed = self.feed(table)
        return visible(feed.plain, feed.spec, table, moment)

    def entity(self, level: str, moment: When) -> ir.Table:
        """One row per entity of the level living at the end of the day; see `everybody`. Lazy."""
        return alive(self.everybody(level, moment), moment)

    def everybody(self, level: str, moment: When) -> ir.Table:
        """One row per entity of the level that ever was, in the columns of `entities.every`. Lazy.

        Those that went on as another one by the day of the score are that one, and have no row.
        """
        entity, rows = self.model.entities[level], self.intake(self.model.entities[level].table).rows
        found = every(rows, self.model, level, moment)
        if identity := self.identity(level, moment):
            found = remaining(found, entity, identity)
        if entity.in_ and (above := self.identity(entity.in_, moment)):
            found = linked(found, self.model.link(level), above, moment)
        return found

    def identity(self, level: str, moment: When) -> Identity | None:
        """Whose ids are whose on the day of the score; None for a level without an id map.

        Raises FactsError where the map is not there, or says two things at once.
        """
        ids = self.model.entities[level].map
        if ids is None:
            return None
        key = (level, moment.scored())
        if key not in self._identities:
            if not self.has(ids.table):
                raise FactsError(self.no_map(level, ids.table))
            with self.reads():
                self._identities[key] = identities_of(self.compute, self.feed(ids.table), level, ids, key[1])
        return self._identities[key]

    def no_map(self, level: str, table: str) -> str:
        """The sentence that says that a level's id map has no file."""
        return f"{self.not_there(table)} It is the id map of {level}, and without it nothing is matched."

    def owned(self, rows: ir.Table, table: str, level: str, moment: When) -> ir.Table:
        """Visible rows of a table with a column @owner: the entity of the level that each is about. Lazy."""
        rows = self.meant(rows, table, level, moment)
        identity = self.identity(level, moment)
        return gone_on(rows, identity) if identity else rows

    def meant(self, rows: ir.Table, table: str, level: str, moment: When) -> ir.Table:
        """The same before any merge: the entity that each row's ids meant when it happened. Lazy."""
        time = self.feed(table).spec.time
        at = rows[time] if time else last_instant(rows, moment)
        return meant(rows, self.model.whose(table, level), self.identity(level, moment), level, at)

    def newest(self) -> date | None:
        """The day of the newest fact in any feed; None where there is none. Costs a scan of one column per feed."""
        return max((last for _, last in self._ends()), default=None)

    def oldest(self) -> date | None:
        """The day of the oldest fact, likewise."""
        return min((first for first, _ in self._ends()), default=None)

    def _ends(self) -> Iterator[tuple[date, date]]:
        """The first and the last day of each feed that has any."""
        for table, spec in self.model.tables.items():
            if spec.time is not None and self.has(table):
                with self.reads():
                    times = self.feed(table).rows[spec.time]
                    ends = fetch.rows(self.feed(table).rows.aggregate(first=times.min(), last=times.max()))[0]
                if ends["first"] is not None:
                    yield ends["first"].date(), ends["last"].date()

    @contextmanager
    def reads(self) -> Iterator[None]:
        """Around the execution of anything built from these facts: what fails there becomes a FactsError in words."""
        with self.compute.reading("facts", self._diagnose):
            yield

    def _diagnose(self) -> list[Finding]:
        return [finding for intake in self._intakes.values() for finding in intake.diagnose()]

    def check(self, as_of: date) -> list[Finding]:
        """What is wrong or doubtful in the data, worst first within each table."""
        from keepwell.facts.check import check

        return check(self, as_of)


def open_facts(model: Model, config: FactsConfig, folder: Path) -> Facts:
    """The facts of a workspace folder as this model reads them. Nothing is opened yet."""
    return Facts(model, config, folder)


def _source(engine: Engine, name: str, config: SourceConfig, folder: Path) -> Source:
    if config.url is not None:
        return Postgres(engine, name, _url_of(name, config))
    shown = fill(config.path or "")
    path = folder / shown
    if path.is_file():
        return DuckDBFile(engine, name, path, shown)
    if not path.is_dir():
        raise FactsError(f"source ‘{name}’: keepwell.yaml names {shown}, and there is no such folder or DuckDB file.")
    return Folder(engine, path, folder)


def _lake(name: str, shown: str, folder: Path) -> str:
    """Where Spark finds files: an address such as s3a://…, else a folder. Raises FactsError where there is none."""
    if "://" in shown:
        return shown
    if not (folder / shown).is_dir():
        raise FactsError(f"source ‘{name}’: keepwell.yaml names {shown}, and there is no such folder.")
    return str((folder / shown).resolve())


def _url_of(name: str, config: SourceConfig) -> str:
    """The url of a database, its variables filled in. Raises FactsError where it is not PostgreSQL's."""
    url = fill(config.url or "")
    if not url.startswith(("postgresql://", "postgres://")):
        raise FactsError(f"source ‘{name}’: its url does not begin with postgresql://; other databases are not read.")
    return url
