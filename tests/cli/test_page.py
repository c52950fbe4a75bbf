"""`--format html`: one page that is all there is, and whose figures say what the tables say."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from keepwell.cli import evidence
from keepwell.cli.blocks import Block, report
from keepwell.cli.figures import Axis, Dots, Point
from keepwell.cli.page import page
from keepwell.evidence.audit import Alone, Asked, Audit, Group
from keepwell.evidence.panel import Ahead
from keepwell.evidence.ranking import Ranking
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import NO_SIGNAL, Verdict
from keepwell.workspace.backtest import Backtested
from tests.cli.folder import keepwell, written
from tests.cli.markup import Element, read
from tests.cli.scored import scored

EVIL = "<script>alert(1)</script> \"' & \u202e\u2066 \x1b[31m \ud800 --></style>"
SHOWN = "<script>alert(1)</script> \"' & " + r"\u202e\u2066 \x1b[31m \ud800 --></style>"
ROWS = [("at risk", "Elm", "1,234", "5.1%"), ("good", "", "17", "2.0%")]
FIGURE = Dots("Share that left.", [Point("at risk", 0.051), Point("good", 0.02)], Axis("share", ".1%", low=0.0))
BLOCKS = [
    Block("acme: the score predicts", ["One account.", "Another line."]),
    Block("Who left", ["A note."], ("tier", "name", "accounts", "share"), ROWS, 2, FIGURE),
    Block("Left out", ["17 scores."]),
]


def rows(table: Element) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row.inside if isinstance(cell, Element)) for row in table.all("tr")]


def test_everything_that_the_blocks_say_is_on_the_page() -> None:
    found = read(page(BLOCKS, ["Backtest of acme", "2026-01-01 to 2026-06-30"]))
    assert (
        found.one("title").text
        if len(found.all("title")) == 1
        else found.all("title")[0].text == ("acme: the score predicts · Keepwell")
    )
    assert found.one("h1").text == "acme: the score predicts"
    assert [heading.text for heading in found.all("h2")] == ["Who left", "Left out"]
    assert [line.text for line in found.all("li")] == ["One account.", "Another line.", "A note.", "17 scores."]
    assert rows(found.one("table")) == [("tier", "name", "accounts", "share"), *ROWS]
    assert found.one("p", "about").text == "Backtest of acme 2026-01-01 to 2026-06-30"
    assert found.one("figcaption").text == "Share that left."


def test_a_table_says_what_heads_its_rows_and_columns() -> None:
    table = read(page(BLOCKS)).one("table")
    assert table.attributes["aria-label"] == "Who left"
    assert [head.attributes["scope"] for head in table.all("th")] == ["col"] * 4 + ["row"] * 2
    assert [cell.kind for cell in table.all("td")] == ["words", "", "", "words", "", ""]


def test_a_table_of_the_first_block_and_a_page_of_nothing_are_shown() -> None:
    found = read(page([Block("Book", ["Explained."], ("to", "NRR"), [("2026-01-31", "101%")])]))
    assert rows(found.one("table")) == [("to", "NRR"), ("2026-01-31", "101%")]
    assert (found.all("h2"), found.all("svg")) == ([], [])
    assert read(page([])).one("h1").text == "Nothing to report"


def test_what_people_wrote_is_only_text() -> None:
    figure = Dots(EVIL, [Point(EVIL, 0.5)], Axis(EVIL))
    markup = page([Block(EVIL, [EVIL], (EVIL, EVIL), [(EVIL, EVIL)], 1, figure)] * 2, [EVIL])
    markup.encode()  # halves of characters are written out
    found = read(markup)
    assert (found.all("script"), len(found.all("style"))) == ([], 1)
    assert found.one("h1").text == SHOWN
    assert {cell.text for cell in (*found.all("th"), *found.all("td"))} == {SHOWN}
    assert {line.text for line in found.all("li")} == {SHOWN}
    assert found.one("p", "about").text == SHOWN
    labels = {table.attributes["aria-label"] for table in found.all("table")}
    assert labels == {SHOWN}


def test_ids_are_given_once() -> None:
    found = read(page(BLOCKS[1:] * 3))
    ids = [one.attributes["id"] for tag in ("h2", "title", "desc") for one in found.all(tag) if "id" in one.attributes]
    assert len(ids) == len(set(ids)) == 5 + 3 + 3


def test_the_page_needs_nothing_and_lets_nothing_in() -> None:
    markup = page(BLOCKS)
    policy = read(markup).one("head").all("meta")[1]
    assert policy.attributes["http-equiv"] == "Content-Security-Policy"
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"https?:|url\(|@import|<link|<img|<script|\son\w+=", markup)


def test_text_and_markdown_leave_figures_out(capsys: pytest.CaptureFixture[str]) -> None:
    for style in ("text", "markdown"):
        report(BLOCKS, style, ["Backtest of acme"])
        with_figure = capsys.readouterr().out
        report([Block(b.title, b.lines, b.columns, b.rows, b.left) for b in BLOCKS], style)
        assert with_figure == capsys.readouterr().out


# ---- Colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_from_the_paper(scheme: str) -> None:
    """By the contrast ratio of WCAG 2.2: 4.5 for words, 3 for what is drawn."""
    sheet = files("keepwell.cli").joinpath("page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", sheet)
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]{6});", dark if scheme == "dark" else light))
    assert set(colours) == {"paper", "ink", "soft", "rule", "accent", "mark"}
    for name, least in {"ink": 7, "soft": 4.5, "accent": 4.5, "mark": 4.5}.items():
        assert contrast(colours[name], colours["paper"]) >= least, name


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


# ---- Commands


def test_backtest_of_files_is_a_page_with_its_figures(tmp_path: Path) -> None:
    markup = scored(tmp_path)
    found = read(markup)
    assert found.one("h1").text == "scores.csv: the score predicts"
    assert found.one("p", "about").text == (
        "Backtest of scores.csv scored 2026-04-01 90 days ahead who left is known to 2026-06-30"
    )
    shares, leads, course = found.all("svg", "dots") + found.all("svg", "course")
    table = rows(found.all("table")[0])
    assert [text.text for text in shares.all("text", "row")] == [cell for row in table[1:] for cell in (row[0], row[3])]
    # Twelve of the twelve lowest left, nobody of the others but one: on an axis from 0 to 100 %.
    assert [dot.numbers("cx")[0] for dot in shares.all("circle")] == [100, 16.67, 0, 0, 8.33]
    assert [text.text for text in shares.all("text", "name")] == ["share that left", "all: 25.0%"]
    assert [text.text for text in leads.all("text", "row")][::2] == [
        "1 day before", "30 days before", "60 days before", "90 days before", "180 days before"
    ]  # fmt: skip
    assert course.one("circle").text == "2026-04-01: 0.93"


def test_backtest_of_a_workspace_draws_tiers_and_measures() -> None:
    group = Group("at_risk", 8, 4, Interval(0.5, 0.2, 0.8)), Group(None, 8, 0, Interval(0.0, 0.0, 0.3))
    alone = [Alone("health/usage/seat_use", 16, Interval(0.7, 0.6, 0.8))]
    nothing = Interval(None, None, None)
    ranking = Ranking(nothing, nothing, nothing)
    found = Audit([], 0, 0, 0, 0, ranking, Verdict(NO_SIGNAL), by={"tier": [*group], "standing": []}, alone=alone)
    asked = Asked(date(2026, 6, 30), Ahead(90))
    of_workspace = evidence.of_workspace(
        "acme", "EUR", asked, Backtested(found, asked.last, "churn", ("at_risk",), (), ())
    )
    tiers, measures = read(page(list(of_workspace), evidence.about("acme", asked, found))).all("svg", "dots")
    assert [text.text for text in tiers.all("text", "row")] == ["at risk", "50.0%", "none", "0.0%"]
    assert [text.text for text in tiers.all("text", "name")] == ["share that left", "all: 25.0%"]
    assert [text.text for text in measures.all("text", "row")] == ["usage/seat use", "0.70"]
    assert [text.text for text in measures.all("text", "name")] == ["AUC", "chance"]


def test_names_of_accounts_in_a_backtest_are_only_text(tmp_path: Path) -> None:
    found = read(scored(tmp_path, name="<b onclick=1>A & B</b>"))
    assert "<b onclick=1>A & B</b>" in [cell.text for cell in found.all("th")]
    assert found.all("b") == []


def test_diff_and_book_are_pages(tmp_path: Path) -> None:
    folder = written(tmp_path)
    found = keepwell("diff", folder / "model.yaml", folder / "model.yaml", "--workspace", folder, "--format", "html")
    assert (found.code, found.err) == (0, "")
    assert read(found.out).one("p", "about").text.startswith("Two models of acme replayed ")
    refused = keepwell("book", folder, "--format", "html", "--output", tmp_path / "book.html")
    assert (refused.code, refused.out) == (2, "")
