"""YAML as people type it, and as somebody may type it who wants to do harm."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from keepwell.errors import ModelError, WorkspaceError
from keepwell.model import load_model
from keepwell.model.tree import Measure
from keepwell.model.yaml import parse_document, read_document
from tests.model.mistakes import SOUND, refused, sound


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: error: the file is empty or no mapping; it should begin with `name: value` lines."),
        ("# only a comment\n", "1: error: the file is empty or no mapping; it should begin with `name: value` lines."),
        ("- a\n- b", "1: error: the file is empty or no mapping; it should begin with `name: value` lines."),
        ("just words", "1: error: the file is empty or no mapping; it should begin with `name: value` lines."),
        ("model: [a\nb: c", "2: error: not valid YAML: expected ',' or ']', but got ':'."),
        ("model: a\n\tb: c", "2: error: not valid YAML: found character '\\t' that cannot start any token."),
        ("model: a\n---\nmodel: b\n", "2: error: not valid YAML: but found another document."),
        ("a: b\ntiers:\n  - at: >= 4\n", ("3: error: not valid YAML: expected chomping or indentation indicators, "
         "but found '='; a condition that begins with > stands in double quotes, such as \">= 4\".")),
        ("tiers:\n  - at: > 4\n", ("2: error: not valid YAML: expected a comment or a line break, but found '4'"
         "; a condition that begins with > stands in double quotes, such as \">= 4\".")),
        ("tiers:\n  - {at: >= 4, is: b}\n", ("2: error: not valid YAML: found character '>' that cannot start any token"
         "; a condition that begins with > stands in double quotes, such as \">= 4\".")),
        ("a: |x\n", "1: error: not valid YAML: expected chomping or indentation indicators, but found 'x'."),
        ("model: *nowhere", "1: error: not valid YAML: found undefined alias 'nowhere'."),
        ("? [a, b]\n: 2", "1: error: a key must be a word, not a list or a mapping."),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3", "5: error: ‘c’ stands here a second time (first in line 3)."),
        ("a: 1\nb: 2\n\na: 1", "4: error: ‘a’ stands here a second time (first in line 1)."),
        ("a: !!binary aGVsbG8=", "1: error: the tag ‘binary’ is not read here; write the plain value."),
        ("a: !mine x", "1: error: the tag ‘!mine’ is not read here; write the plain value."),
        ("a: !!python/object:os.system [ls]",
         "1: error: the tag ‘tag:yaml.org,2002:python/object:os.system’ is not read here; write the plain value."),
        ("a: !!set {b, c}",
         "1: error: the tag ‘tag:yaml.org,2002:set’ is not read here; write the plain value."),
        ("a: .nan", "1: error: ‘.nan’ is not a number that can be used here."),
        ("a: -.INF", "1: error: ‘-.INF’ is not a number that can be used here."),
        ("a: 1e400", "1: error: ‘1e400’ is too long, too large or too small a number to be used here."),
        ("a: 1e-400", "1: error: ‘1e-400’ is too long, too large or too small a number to be used here."),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, said: str) -> None:
    assert refused(text) == [f"model.yaml:{said}"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: &a {b: *a}",
        "a: " + "[" * 100 + "]" * 100,
        "a: " + "[" * 500 + "]" * 500,
        "a: " + "{b: " * 5_000,
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)),
    ],
)
def test_what_unfolds_without_end_is_refused_at_once(text: str) -> None:
    """Ten levels of ten aliases each would be ten thousand million values."""
    started = time.monotonic()
    (line,) = refused(text)
    assert "the file unfolds to more than is read as a model (100,000 values, 60 levels)." in line
    assert time.monotonic() - started < 10


def test_ten_megabytes_are_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("# comment\n" * 1_000_000)
    with pytest.raises(ModelError) as caught:
        load_model(path)
    assert str(caught.value) == "model.yaml: error: the file has 10.0 MB; at most 1 MB is read as a model."


def test_other_encodings_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    said = r"model\.yaml:1: error: this byte is not UTF-8; save the file as UTF-8\."
    path.write_text(SOUND, encoding="utf-16")
    with pytest.raises(ModelError, match=said):
        load_model(path)
    path.write_text("model: acme\ntitle: Größe", encoding="windows-1252")
    with pytest.raises(ModelError, match=said.replace(":1:", ":2:")):
        load_model(path)
    path.write_text(SOUND, encoding="utf-16-le")
    with pytest.raises(ModelError, match="special characters are not allowed"):
        load_model(path)
    path.write_text(SOUND, encoding="utf-8-sig")
    assert load_model(path).model.model == "acme"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^absent\.yaml: error: cannot be read: No such file or directory\.$"):
        load_model(tmp_path / "absent.yaml")
    with pytest.raises(WorkspaceError, match="cannot be read: Is a directory"):
        read_document(tmp_path, "folder", WorkspaceError)


def test_yes_and_no_are_words() -> None:
    data = parse_document("yes: no\non: off\ny: n\nreal: true\n", "x.yaml").data
    assert data == {"yes": "no", "on": "off", "y": "n", "real": True}
    loaded = sound("curve: [[0.2, 0], [0.8, 100]]", "map: [[yes, 100], [no, 0], [true, 50], [1, 20]]")
    seats = loaded.model.scores["health"].parts["seats"]
    assert isinstance(seats, Measure)
    assert [key for key, _ in seats.map or ()] == ["yes", "no", "true", "1"]


def test_numbers_stay_exact_and_dates_stay_text() -> None:
    data = parse_document("a: 0.1\nb: 1_000\nc: 0x10\nd: 1e3\ne: 2026-01-31\nf: '1'\ng: 1:30\nh: ~\n", "x.yaml").data
    assert data == {
        "a": Decimal("0.1"), "b": 1000, "c": 16, "d": Decimal(1000),
        "e": "2026-01-31", "f": "1", "g": "1:30", "h": None,
    }  # fmt: skip


def test_every_key_and_item_has_its_line() -> None:
    document = parse_document("a:\n  - x\n  - {b: 1,\n     c: 2}\nd: &here {e: 1}\nf: *here\n", "x.yaml")
    assert document.place(("a", 1, "c")).line == 4
    assert document.place(("a", 0)).line == 2
    assert document.place(("f", "e")).line == 5
    assert document.place(("nowhere", "at", "all")).line == 1


def test_a_mapping_takes_over_another_but_for_what_it_says_itself() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  y: 5\n  <<: *a\nd: {<<: [*a, *b]}\n"
    found = parse_document(text, "m.yaml")
    assert found.data["c"] == {"x": 1, "y": 5}
    assert found.data["d"] == {"x": 1, "y": 2, "z": 4}
    assert [found.place(("c", key)).line for key in ("x", "y")] == [1, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {<<: 3}", "`<<` takes over another mapping"),
        ("a: &a {x: 1}\nb: {<<: *a, <<: *a}", "‘<<’ stands here a second time"),
    ],
)
def test_what_cannot_be_taken_over(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        parse_document(text, "m.yaml")
