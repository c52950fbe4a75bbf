"""A page as a tree, read by the standard library; a tag that is not closed, or closes another, fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "wbr"}
DRAWN = {"line", "circle", "polyline", "polygon"}
"""Elements that hold nothing, and those of a drawing that close themselves."""


@dataclass
class Element:
    """A tag with its attributes, and what stands in it."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.attributes.get("class", "")

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    def all(self, tag: str, kind: str = "") -> list[Element]:
        """The elements below this one with the tag, and with the class if one is given."""
        return [one for one in self._below() if one.tag == tag and (not kind or kind in one.kind.split())]

    def one(self, tag: str, kind: str = "") -> Element:
        found = self.all(tag, kind)
        assert len(found) == 1, f"{len(found)} × {tag} {kind}"
        return found[0]

    def numbers(self, *names: str) -> tuple[float, ...]:
        """Attributes that are numbers or percentages."""
        return tuple(float(self.attributes[name].removesuffix("%")) for name in names)

    def _below(self) -> Iterator[Element]:
        for part in self.inside:
            if isinstance(part, Element):
                yield part
                yield from part._below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN, f"<{tag}/> is not closed in HTML"
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        return element


def read(markup: str) -> Element:
    """The tree of it."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == [reader.root], [element.tag for element in reader.open]
    return reader.root
