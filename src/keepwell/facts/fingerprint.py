"""What each table held, in a few numbers per day: how many rows happened on it, and a hash of what they say.

Two fingerprints of the same table tell which days of the past read differently now. A value that changes later (see
`Column`) belongs to the day on which it could be seen, so that a ticket's closing is news of the day of the closing,
and no changed past of the day on which it was opened.
"""

from __future__ import annotations

import hashlib

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.facts import fetch
from keepwell.facts.facts import Facts
from keepwell.facts.feed import Feed
from keepwell.model import Column

COLUMNS = pa.schema(
    {"table": pa.string(), "basis": pa.string(), "day": pa.date32(), "rows": pa.int64(), "hash": pa.int64()}
)
"""basis: what the hash is made of and by; hashes of two bases cannot be compared, but rows can.

day: NULL for tables whose rows have no time. hash: the sum of 31 bits of every row's hash, the same in any order.
"""

_BITS = 2**31


def fingerprints(facts: Facts) -> pa.Table:
    """Every table that the model reads and that is there, in the columns `COLUMNS`. Costs a scan of each."""
    with facts.reads():
        found = [_of_table(facts, table) for table in sorted(facts.needs) if facts.has(table)]
    return pa.concat_tables([COLUMNS.empty_table(), *found])


def _of_table(facts: Facts, table: str) -> pa.Table:
    feed = facts.feed(table)
    days = fetch.arrow(_by_day(feed)).to_pydict()
    count, basis = len(days["day"]), _basis(feed, facts.compute.backend.version)
    return pa.table({"table": [table] * count, "basis": [basis] * count, **days}, schema=COLUMNS)


def _by_day(feed: Feed) -> ir.Table:
    """day, rows, hash."""
    rows, spec = feed.rows, feed.spec
    special = {name: spec.columns[name] for name in _plain(feed) if name in spec.columns}
    changing = {name: column for name, column in special.items() if column.happened or column.known}
    still = {name: rows[name] for name in _plain(feed) if name not in changing}
    day = rows[spec.time].date() if spec.time else ibis.null("date")
    parts = [rows.select(day=day, rows=ibis.literal(1, "int64"), hash=_hashed(still))]
    for name, column in changing.items():
        shown = _shown(rows, name, column)
        said = rows.filter(rows[name].notnull() & shown.notnull())
        now = said.select(day=shown, rows=ibis.literal(0, "int64"), hash=_hashed({**still, name: rows[name]}))
        parts.append(now)
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    found = whole.group_by("day").aggregate(rows=whole["rows"].sum(), hash=whole["hash"].sum())
    return found.filter(found.day.notnull()) if spec.time else found


def _plain(feed: Feed) -> list[str]:
    """The columns of the data; those that formulas make say nothing more."""
    return [name for name in sorted(feed.rows.columns) if name not in feed.spec.derived]


def _shown(rows: ir.Table, name: str, column: Column) -> ir.DateValue:
    """The day from which on a changing value can be seen."""
    known = rows[column.known].date() if column.known else None
    if not column.happened:
        return known
    day = rows[name].date()
    return day if known is None else ibis.greatest(day, known)


def _hashed(values: dict[str, ir.Value]) -> ir.IntegerValue:
    return (ibis.struct(values).hash() % _BITS).cast("int64")


def _basis(feed: Feed, version: str) -> str:
    """What the hashes depend on beside the data."""
    kinds = sorted((name, str(kind)) for name, kind in feed.rows.schema().items())
    said = f"{version} {kinds} {feed.spec.model_dump_json(exclude_defaults=True)}"
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
