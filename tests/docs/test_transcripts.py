"""Whoever follows a page from top to bottom sees what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, pages
from tests.docs.transcripts import Reader, agrees, rewrite

FOLLOWED = [page for page in pages() if any(block.mark for block in blocks(page))]


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_can_be_followed_and_shows_what_is_printed(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for block in blocks(page):
        printed = reader.follow(block)
        if printed is not None:
            told = "`python -m tests.docs.transcripts` writes what is printed into the pages"
            assert agrees(block.text, printed), f"{block} shows something else ({told}):\n{printed}"


def test_every_mark_is_one_that_is_known() -> None:
    known = {
        "console": ("run",),
        "diff": ("edit",),
        "yaml": ("file",),
        "text": ("file",),
        "sql": ("file",),
        "python": ("file",),
    }
    marked = [block for page in pages() for block in blocks(page) if block.mark]
    strange = [str(block) for block in marked if not block.mark.startswith(known.get(block.language, ()))]
    assert not strange
    assert len(marked) > 30


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("$ a\none\n", "$ a\none\n", True),
        ("$ a\none\n", "$ a\ntwo\n", False),
        ("$ a\n$ b\none\n", "$ a\n$ b\none\n", True),
        ("$ a\n", "$ a\none\n", False),
        ("$ a\n…\nlast\n", "$ a\none\ntwo\nlast\n", True),
        ("$ a\nfirst\n…\n", "$ a\nfirst\ntwo\nthree\n", True),
        ("$ a\nfirst\n…\n", "$ a\nother\ntwo\n", False),
        ("$ a\n…\n$ b\n", "$ a\none\n$ b\n", True),
    ],
)
def test_an_ellipsis_stands_for_lines_left_out(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same


def test_a_page_is_rewritten_only_where_it_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```text (file a.txt)\none\n```\n\n```console (run)\n$ cat a.txt\n```\n\nAnd more.\n")
    assert rewrite(page, tmp_path)
    assert "$ cat a.txt\none\n```\n\nAnd more." in page.read_text()
    assert not rewrite(page, tmp_path)
