"""From arrays to Arrow columns. Days and seconds count from the first day of the span; NEVER reads as NULL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from keepwell.demo.draw import NEVER, Flags, Floats, Ints
from keepwell.demo.span import Span

DAY = 86_400
NO_TIME = NEVER * DAY


def texts(codes: Ints, words: Sequence[str], where: Flags | None = None) -> pa.Array:
    """Words by position, NULL where `where` is False. Dictionary encoded: usage has millions of rows."""
    mask = None if where is None else ~where
    # A word that stands twice in a dictionary leaves a gap in the file, which Parquet fills with whatever memory held.
    once = list(dict.fromkeys(words))
    place = np.array([once.index(word) for word in words], np.int32)
    used = place[np.where(mask, 0, codes) if mask is not None else codes]
    return pa.DictionaryArray.from_arrays(pa.array(used, mask=mask), pa.array(once, pa.string()))


def ids(prefix: str, codes: Ints, digits: int, where: Flags | None = None) -> pa.Array:
    """Ids such as A00042 for position 41. Only those in use are spelled out."""
    used, inverse = np.unique(codes, return_inverse=True)
    return texts(inverse, [f"{prefix}{code + 1:0{digits}d}" for code in used.tolist()], where)


def accounts(codes: Ints) -> pa.Array:
    """Ids of accounts by position."""
    return ids("A", codes, 5)


def dates(span: Span, days: Ints) -> pa.Array:
    """Calendar days."""
    return pa.array(np.datetime64(span.start, "D") + days, pa.date32(), mask=days >= NEVER)


def times(span: Span, seconds: Ints) -> pa.Array:
    """Wall-clock times in the company's zone."""
    return pa.array(np.datetime64(span.start, "us") + seconds * 1_000_000, pa.timestamp("us"), mask=seconds >= NO_TIME)


def euros(amounts: Floats, where: Flags | None = None) -> pa.Array:
    """Amounts to the cent, exact."""
    known = np.ones(len(amounts), np.bool_) if where is None else where
    cents = np.where(known, np.round(amounts, 2), 0.0)
    return pa.array(cents, mask=~known).cast(pa.decimal128(18, 2))


def numbers(values: Floats, decimals: int, where: Flags | None = None) -> pa.Array:
    """Numbers rounded to so many decimals, NULL where `where` is False."""
    return pa.array(np.round(values, decimals), pa.float64(), mask=None if where is None else ~where)


def whole(values: Ints, where: Flags | None = None) -> pa.Array:
    """Whole numbers, NULL where `where` is False."""
    return pa.array(values, pa.int64(), mask=None if where is None else ~where)


def flags(values: Flags, where: Flags | None = None) -> pa.Array:
    """Yes or no, NULL where `where` is False."""
    return pa.array(values, pa.bool_(), mask=None if where is None else ~where)


def in_order(table: pa.Table, time: str, id_name: str = "", prefix: str = "", digits: int = 5) -> pa.Table:
    """Rows as a system would have written them: by time (the order given on ties), those never loaded left out.

    With an `id_name` the rows are then numbered, the id becoming the first column.
    """
    if "loaded_at" in table.column_names:
        table = table.filter(table["loaded_at"].is_valid())
    unit = pa.int64() if pa.types.is_timestamp(table[time].type) else pa.int32()
    order = np.argsort(table[time].cast(unit).to_numpy(), kind="stable")
    table = table.take(pa.array(order))
    return table.add_column(0, id_name, ids(prefix, np.arange(len(table)), digits)) if id_name else table
