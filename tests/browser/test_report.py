"""`--format html` in a browser: readable by all on any screen and on paper, and nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from keepwell.cli.blocks import Block
from keepwell.cli.figures import Axis, Course, Curve, Point
from keepwell.cli.page import page as written
from tests.cli.scored import scored

EVIL = "<script>document.title = 'taken'</script>"
SCREENS: dict[str, tuple[int, Literal["light", "dark"]]] = {
    "light": (1100, "light"), "dark": (1100, "dark"), "narrow": (320, "dark")
}  # fmt: skip
SHARE = Axis("share", ".1%", low=0.0)
SAID = [Point(0.02, 0.015, 0.01, 0.03), Point(0.05, 0.06, 0.04, 0.09), Point(0.3, 0.26, 0.2, 0.33)]
MONTHS = [Point(date(2026, m, 1), 12e6 + m * 1e5, 12e6 - m * 2e5, 12e6 + m * 3e5) for m in range(1, 13)]
BLOCKS = [
    Block("acme: what is to come", ["One line."]),
    Block("Said and seen", (), ("said", "seen"), [(f"{p.at:.1%}", f"{p.value:.1%}") for p in SAID],
          figure=Curve("Dot: share that left.", SAID, SHARE, SHARE, "as said")),
    Block("Forecast", ["A note."], ("month", "EUR", "from", "to"),
          [(f"{p.at:%Y-%m}", f"{p.value:,.0f}", f"{p.low:,.0f}", f"{p.high:,.0f}") for p in MONTHS],
          figure=Course("EUR a year.", MONTHS, Axis("EUR a year"), band=True, days="%Y-%m")),
    Block("A wide table", (), [f"column {n}" for n in range(30)], [[f"{n}" for n in range(30)]]),
]  # fmt: skip


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A backtest in which an account has a script for its name, and a page with the figures that it has not."""
    folder = tmp_path_factory.mktemp("reports")
    made = {"backtest": scored(folder, EVIL), "figures": written(BLOCKS, ["Forecast of acme", "2026-01-01"])}
    for name, markup in made.items():
        (folder / f"{name}.html").write_text(markup, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page that fails where the browser complains, or asks for anything but the file."""
    width, scheme = SCREENS[request.param]
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    found = context.new_page()
    said: list[str] = []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("request", lambda asked: said.append(asked.url) if not asked.url.endswith(".html") else None)
    yield found
    context.close()
    assert said == []


@pytest.mark.parametrize("name", ["backtest", "figures"])
def test_the_page_is_accessible_and_never_scrolls_sideways(screen: Page, reports: dict[str, Path], name: str) -> None:
    """axe is run as a script: this context lets it pass the page's policy."""
    screen.goto(reports[name].as_uri())
    found = Axe().run(screen)
    assert found.violations_count == 0, found.generate_report()
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tables = screen.get_by_role("table").all()
    assert len(tables) == len(screen.locator(".table").all()) > 1
    for image in screen.get_by_role("img").all():
        words = image.locator("text").all()
        sizes = {word.evaluate("one => getComputedStyle(one).fontSize") for word in words}
        assert sizes <= {"12px", "13px"}  # on a phone as on a screen
    assert overlapping(screen) == []


def overlapping(screen: Page) -> list[str]:
    """Names and numbers of a figure that run into each other."""
    found: list[str] = screen.evaluate("""() => [...document.querySelectorAll('figure > svg')].flatMap(svg => {
        const words = [...svg.querySelectorAll('text.tick, text.row')]
            .map(word => [word.textContent, word.getBoundingClientRect()]).filter(([_, box]) => box.width);
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
        return words.flatMap(([one, a], index) =>
            words.slice(index + 1).filter(([_, b]) => meet(a, b)).map(([other]) => `${one} × ${other}`));
    })""")
    return found


def test_it_is_found_by_what_it_is_called(chromium: Browser, reports: dict[str, Path]) -> None:
    with chromium.new_page() as screen:
        complaints: list[str] = []
        screen.on("console", lambda message: complaints.append(message.text))  # such as what its own policy refuses
        screen.goto(reports["backtest"].as_uri())
        expect(screen).to_have_title("scores.csv: the score predicts · Keepwell")
        expect(screen.get_by_role("heading", level=1)).to_have_text("scores.csv: the score predicts")
        figure = screen.get_by_role("img", name="Who left, by score")
        expect(figure).to_have_accessible_description(
            "Dot: share that left. Line: its 95 % interval. "
            "0.5–11.5: 100.0% (75.8% to 100.0%); 12.5–23.5: 16.7% (4.7% to 44.8%); 24.5–35.5: 0.0% (0.0% to 24.2%); "
            "36.5–47.5: 0.0% (0.0% to 24.2%); 48.5–59.5: 8.3% (1.5% to 35.4%)."
        )
        table = screen.get_by_role("table", name="Who left, by score")
        expect(table.get_by_role("row")).to_have_count(6)
        expect(table.get_by_role("row", name="0.5–11.5")).to_contain_text("100.0%")
        expect(screen.get_by_role("rowheader", name=EVIL)).to_be_visible()
        assert complaints == []


def test_a_dot_lies_where_its_value_is(chromium: Browser, reports: dict[str, Path]) -> None:
    """On the screen: 100 % below the number 100 %, and a share of a sixth a sixth of the way from 0 %."""
    with chromium.new_page() as screen:
        screen.goto(reports["backtest"].as_uri())
        figure = screen.get_by_role("img", name="Who left, by score")
        centre = "one => { const box = one.getBoundingClientRect(); return box.left + box.width / 2 }"
        none, all_ = (figure.locator("text.tick", has_text=text).first.evaluate(centre) for text in ("0%", "100%"))
        first, second = (dot.evaluate(centre) for dot in figure.locator("circle").all()[:2])
        assert first == pytest.approx(all_, abs=1)
        assert second - none == pytest.approx((all_ - none) / 6, abs=1)


def test_the_policy_lets_nothing_in(chromium: Browser, reports: dict[str, Path]) -> None:
    """Whatever got into the page by a mistake of ours: neither an image nor a script."""
    with chromium.new_page() as screen:
        screen.goto(reports["backtest"].as_uri())
        assert screen.title() != "taken"
        for tag, made, refused in (
            ("img", "{src: 'https://keepwell.invalid/a.png'}", "img-src"),
            ("script", "{textContent: 'document.title = 1'}", "script-src-elem"),
        ):
            said = screen.evaluate(f"""() => new Promise(done => {{
                document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
                document.body.append(Object.assign(document.createElement('{tag}'), {made}));
            }})""")
            assert said == refused


def test_it_is_printed(chromium: Browser, reports: dict[str, Path]) -> None:
    with chromium.new_page(color_scheme="dark") as screen:
        screen.goto(reports["backtest"].as_uri())
        screen.emulate_media(media="print", color_scheme="dark")
        style = "name => getComputedStyle(document.querySelector(name)).getPropertyValue('break-inside')"
        assert [screen.evaluate(style, name) for name in ("tr", "figure")] == ["avoid", "avoid"]
        paper = screen.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"  # whatever the screen is
        assert screen.pdf(format="A4").startswith(b"%PDF-")
