"""The expressions that a model may hold, and those that it may not."""

from __future__ import annotations

import pytest

from keepwell.model.expressions import MAX_LENGTH, parse
from tests.oracle.expressions import evaluate


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("priority = 'urgent'", ["priority"]),
        ("a > 1 and (b < 2 or not c)", ["a", "b", "c"]),
        ("a in (1, 2) and b not in ('x')", ["a", "b"]),
        ("a between 1 and 2", ["a"]),
        ("a is null or b is not null or c is true", ["a", "b", "c"]),
        ("name like 'A%' and name not like '%x'", ["name"]),
        ("case when a > 1 then 'x' else 'y' end = 'x'", ["a"]),
        ("case a when 1 then 2 end", ["a"]),
        ("coalesce(a, b, 0) + nullif(c, 0) * -d / e % 2", ["a", "b", "c", "d", "e"]),
        ("least(a, greatest(b, c))", ["a", "b", "c"]),
        ("round(a, 2) + floor(b) + ceil(c) + abs(d) + ln(e) + sqrt(f) + power(g, 2)", list("abcdefg")),
        ("lower(trim(a)) = upper(b) and length(c) > 3", ["a", "b", "c"]),
        ("ends_on < date '2026-01-31'", ["ends_on"]),
        ("\"order id\" = 'it''s'", ["order id"]),
        ("größe > 1", ["größe"]),
        ("true", []),
    ],
)
def test_what_is_allowed(text: str, names: list[str]) -> None:
    expression = parse(f"  {text} ")
    assert (list(expression.names), expression.text, str(expression)) == (names, text, text)
    assert expression == parse(text)
    assert hash(expression) == hash(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        # statements and queries
        "a; drop table x", "select 1", "(select 1) > 0", "a = (select b)", "exists(select 1)", "a in (select 1)",
        "a union select 1", "from x", "values (1)", "attach 'x'", "copy x to 'y'", "install httpfs", "set x = 1",
        "pragma database_list", "call pragma_version()", "delete from x", "export database 'x'", "load 'x'",
        # functions that read, that the machine answers, or that only aggregate
        "read_csv('/etc/passwd')", "read_text('x') = a", "getenv('HOME')", "current_user", "current_date", "now()",
        "random()", "count(*) > 1", "sum(a) > 1", "max(a)", "row_number() over () = 1", "nextval('x')", "sleep(10)",
        "regexp_matches(a, 'b')", "query('select 1')", "columns('x')", "glob('*')", "log(a)", "date(a)",
        # other values, operators and forms
        "a.b > 1", "logins.x = 1", "a::int > 1", "cast(a as int)", "try_cast(a as int)", "date 'yesterday'",
        "a > date '2026-13-01'", "timestamp '2026-01-01 00:00'", "interval 1 day", "a = $1", "a = ?", "a = :x",
        "{{ a }}", "a[1]", "{'a': 1}", "[1, 2]", "x -> x", "lambda x: x", "a ~ 'b'", "a ilike 'b'", "a || 'b'",
        "a similar to 'b'", "a is distinct from b", "a collate nocase = 'b'", "a // 2", "a & 1", "a << 1", "*",
        "(a, b)", "a as b", "a := 1", "#1",
        "a in b", "a in ()", "a = any(b)", "x'ff' = a", "a = E'\\n'", "a like 'x' escape '!'",
        "a between symmetric 2 and 1", "ltrim(a)", "trim(leading 'x' from a)", "a > 0x10", "a = 1e", "1e999 > a",
        # no expressions
        "", "   ", "'", "a >", "(a", "a)", "case a", "not", "a b", "a > 100%", "\x00 > 1; select 2",
    ],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    with pytest.raises(ValueError, match="‘"):
        parse(text)


@pytest.mark.parametrize("value", [True, 1, None, ["a"], {"a": 1}])
def test_only_text_is_an_expression(value: object) -> None:
    with pytest.raises(ValueError, match="should be a condition or formula in quotes"):
        parse(value)


def test_limits() -> None:
    with pytest.raises(ValueError, match="has 2,001 characters; at most 2,000 are read"):
        parse("a" * (MAX_LENGTH + 1))
    with pytest.raises(ValueError, match="is nested deeper than 40 levels"):
        parse("not " * 60 + "a")
    assert parse("(" * 30 + "a" + ")" * 30).names == ("a",)


def test_a_negation_is_a_node_and_no_mark() -> None:
    """Whoever walks the tree cannot read `not like` as `like`."""
    tree = parse("name not like 'A%'").tree
    assert type(tree).__name__ == "Not"
    assert evaluate(tree, {"name": "Ada"}) is False
    assert evaluate(tree, {"name": None}) is None


def test_a_date_says_its_day() -> None:
    with pytest.raises(ValueError, match=r"‘yesterday’ is not a date; write date '2026-01-31'"):
        parse("a > date 'yesterday'")
    with pytest.raises(ValueError, match="casts are not allowed; declare the column's kind in its table instead"):
        parse("a::date")
    with pytest.raises(ValueError, match="write the name without what stands before the dot"):
        parse("logins.at > 1")


@pytest.mark.parametrize("name", ["use", "set", "desc", "pivot", "kind", "role", "week", "first", "value"])
def test_words_that_begin_a_statement_are_names_here(name: str) -> None:
    assert parse(f"{name} < 1 and coalesce({name}, 0) in (0, 1)").names == (name,)


def test_a_word_of_sql_as_a_name_needs_quotes() -> None:
    with pytest.raises(ValueError, match="if ‘inner’ is a name, write it in double quotes"):
        parse("inner < 1")
    assert parse('"inner" < 1').names == ("inner",)
