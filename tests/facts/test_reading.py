"""What the engine and the disk can say while facts are read, turned into sentences."""

from __future__ import annotations

import errno

import duckdb
import pytest

from keepwell.errors import FactsError, ModelError
from keepwell.facts.reading import reading


@pytest.mark.parametrize(("problem", "sentence"), [
    (OSError(errno.ENOSPC, "No space left on device"), "data: the disk for temporary files is full."),
    (OSError(errno.EIO, "Input/output error"), "data: cannot be read: Input/output error."),
    (PermissionError(errno.EACCES, "Permission denied"), "data: this user may not read it."),
    (FileNotFoundError(errno.ENOENT, "gone"), "data: the file is not there any more; was it moved while it was read?"),
    (duckdb.IOException('IO Error: Cannot open file "/a/b/logins.parquet": No such file or directory'),
     "logins.parquet: the file is not there any more; was it moved while it was read?"),
    (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"),
     "data: reading this needs more memory (or disk for spilling) than there is."),
    (duckdb.OutOfRangeException("Out of Range Error: Overflow in multiplication of INT64 (9 * 9)!\n\nLINE 1"),
     "data: a computed number became too large to be kept exactly (Overflow in multiplication of INT64 (9 * 9)!)."),
    (duckdb.ConversionException("Conversion Error: No date\nLINE 1: x"), "data: cannot be read: No date."),
])  # fmt: skip
def test_a_sentence_for_each_problem(problem: Exception, sentence: str) -> None:
    with pytest.raises(FactsError) as caught, reading("data"):
        raise problem
    assert caught.value.message == sentence
    assert caught.value.findings


def test_an_interruption_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt), reading("data"):
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")


def test_what_is_said_already_and_what_is_a_mistake_of_ours_pass_through() -> None:
    with pytest.raises(ModelError, match="said"), reading("data"):
        raise ModelError("said")
    with pytest.raises(ZeroDivisionError), reading("data"):
        raise ZeroDivisionError
