"""Databases on the server of the tests, one for each that asks, and tables in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import ibis
import psycopg
import pyarrow as pa
from psycopg import sql

_numbers = count()


@contextmanager
def database(server: str) -> Iterator[str]:
    """The url of a new database."""
    name = f"engines_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def filled(url: str, tables: Mapping[str, pa.Table]) -> None:
    """Create these tables in the database."""
    backend = ibis.postgres.connect(**_parts(url))
    try:
        for name, rows in tables.items():
            backend.create_table(name, rows)
    finally:
        backend.disconnect()


def _parts(url: str) -> dict[str, str]:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    names = {"host": "host", "port": "port", "user": "user", "dbname": "database"}
    return {named: str(parts[name]) for name, named in names.items()}
