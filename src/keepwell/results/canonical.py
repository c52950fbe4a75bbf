"""The canonical form of a day's scores, and its hash: the same on every engine, in every order, in every file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def canonical(rows: pa.Table) -> pa.Table:
    """Sorted by day and account; numbers with the nine decimals that the formula gives them, and one zero."""
    found = rows.sort_by([("as_of", "ascending"), ("account_id", "ascending")]).combine_chunks()
    for index, field in enumerate(found.schema):
        if pa.types.is_floating(field.type):
            found = found.set_column(index, field.name, pc.add(pc.round(found.column(index), 9), 0.0))
    return found


def hashes(rows: pa.Table) -> Iterator[tuple[date, int, str]]:
    """Each day of canonical rows with its number of accounts and 16 hex digits of BLAKE2 over them.

    Hashed are, column by column in the order of their names, the name, which values are NULL, and the values: numbers
    as 64 bits, text as its lengths and its UTF-8.
    """
    whole = rows.combine_chunks()
    for start, length, day in _spans(whole["as_of"]):
        found = hashlib.blake2b(digest_size=8)
        for name in sorted(whole.column_names):
            if name != "as_of":
                found.update(name.encode())
                for part in _bytes(_array(whole[name].slice(start, length))):
                    found.update(part)
        yield day, length, found.hexdigest()


def _spans(days: pa.ChunkedArray) -> Iterator[tuple[int, int, date]]:
    """Start, length and day of each stretch of equal days."""
    ends = pc.run_end_encode(_array(days))
    start = 0
    for end, day in zip(ends.run_ends.to_pylist(), ends.values.to_pylist(), strict=True):
        yield start, end - start, day
        start = end


def _array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _bytes(values: pa.Array) -> Iterator[bytes]:
    yield np.packbits(values.is_null().to_numpy(zero_copy_only=False)).tobytes()
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        text = values.fill_null("").cast(pa.large_binary())
        yield pc.binary_length(text).to_numpy(zero_copy_only=False).astype(np.int64).tobytes()
        ends = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
        data = text.buffers()[2]
        yield data[int(ends[0]) : int(ends[-1])].to_pybytes() if data is not None else b""
    else:
        yield values.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False).tobytes()
