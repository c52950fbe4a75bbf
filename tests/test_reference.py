"""The generators of reference pages: what a schema and a Typer application become, and what they refuse."""

from typing import Annotated, Literal

import typer
from pydantic import BaseModel, Field

from tools.commands import commands_page
from tools.fields import fields_page, words
from tools.markdown import prose, table


class Leaf(BaseModel):
    """A leaf."""

    size: int = Field(3, ge=1, description="How | large.")
    kind: Literal["a", "b"] | None = Field(None, description="Which of [these].")


class Tree(BaseModel):
    """A tree."""

    leaves: dict[str, Leaf] = Field(description="By name.")
    roots: list["Tree"] = Field(default_factory=list, description="Trees below.")


def test_fields_are_told_in_words_with_required_ones_first() -> None:
    page, gaps = fields_page("Trees", "All of it.", Tree.model_json_schema())
    assert gaps == []
    assert page.startswith("# Trees\n\nAll of it.\n\n## Tree\n\nA tree.\n\n| field | type | default | meaning |\n")
    assert "| `leaves` | map of names to [Leaf](#leaf) | required | By name. |" in page
    assert "| `roots` | list of [Tree](#tree) |  | Trees below. |" in page
    assert "| `size` | whole number ≥ 1 | `3` | How \\| large. |" in page
    assert "| `kind` | `a` or `b` |  | Which of \\[these\\]. |" in page


def test_what_lacks_a_description_is_named() -> None:
    class Bare(BaseModel):
        size: int

    _, gaps = fields_page("Page", "", Bare.model_json_schema())
    assert gaps == ["Page: ‘size’ of ‘Bare’ has no description", "Page: ‘Bare’ has no description"]


def test_fields_that_an_earlier_type_has_are_not_told_again() -> None:
    class Long(Leaf):
        """A long leaf."""

        also: str = Field("x", description="More.")
        more: str = Field("y", description="Yet more.")

    class Longer(Long):
        """A longer leaf."""

        length: float = Field(description="In metres.")

    class Bunch(BaseModel):
        """Leaves."""

        long: Long = Field(description="One.")
        longer: Longer = Field(description="Another.")

    page, _ = fields_page("Page", "", Bunch.model_json_schema())
    assert page.count("| `size` |") == 1
    assert "And as in [Long](#long): `size`, `kind`, `also`, `more`." in page


def test_types_in_words() -> None:
    assert words({}) == "anything"
    assert words({"type": "array", "prefixItems": [{"type": "number"}, {"const": 1}]}) == "\\[number, `1`\\]"
    assert words({"type": "object", "patternProperties": {".": {"type": "string"}}}) == "map of names to text"
    assert words({"anyOf": [{"type": "string"}, {"type": "null"}], "examples": ["25 %"]}) == "text such as `25 %`"


def test_commands_are_told_as_help_tells_them() -> None:
    app = typer.Typer(add_completion=False, help="Root.")

    @app.callback()
    def root() -> None: ...

    @app.command()
    def score(
        folder: Annotated[str, typer.Argument(help="Where.")] = ".",
        shape: Annotated[Literal["csv", "json"], typer.Option("--format", "-f", help="How.")] = "csv",
        secret: Annotated[bool, typer.Option(hidden=True)] = False,
    ) -> None:
        """Score accounts."""

    @app.command()
    def bare(loud: bool = False) -> None: ...

    page, gaps = commands_page(app)
    assert "## keepwell score\n\n```console\n$ keepwell score [OPTIONS]" in page
    assert "| `-f, --format <csv\\|json>` | How. \\[default: csv\\] |" in page
    assert "secret" not in page
    assert gaps == ["the command ‘keepwell bare’ has no help", "‘--loud’ of the command ‘keepwell bare’ has no help"]


def test_prose_shows_as_it_is_written() -> None:
    assert prose("a_b < [c]\n  and `d_e`") == "a\\_b \\< \\[c\\] and `d_e`"
    assert table(("a", "b"), [("1", "2|3")]) == "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |"
