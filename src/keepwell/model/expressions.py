"""SQL scalar expressions, as people type them in a model: parsed, held against an allow-list, never executed as text.

A condition (`priority = 'urgent'`) and a formula (`seats_used / seats`) are the same language. What is not in the
list below is refused with its place in the text; compiling to a query happens where the names are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import sqlglot
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from sqlglot import exp
from sqlglot.errors import SqlglotError

from keepwell.model.exact import LARGEST, shorten

MAX_LENGTH = 2_000
MAX_DEPTH = 40

ALLOWED: tuple[type[exp.Expression], ...] = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg),
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is, exp.Like),
    *(exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Coalesce, exp.Nullif),
    *(exp.Abs, exp.Least, exp.Greatest, exp.Round, exp.Floor, exp.Ceil, exp.Ln, exp.Sqrt, exp.Pow),
    *(exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.DateDiff),
)
"""Every node an expression may hold. `date '2026-01-01'` is the one cast allowed; it is checked apart."""

SAYS = frozenset(
    (
        "this",
        "expression",
        "expressions",
        "ifs",
        "default",
        "true",
        "false",
        "low",
        "high",
        "decimals",
        "quoted",
        "is_string",
    )
)
"""Parts of a node that are computed with."""
DIALECT = frozenset(("typed", "safe", "is_nvl", "is_null", "ignore_nulls"))
"""Marks that only say how the text was spelled."""

SETTLING = (exp.Coalesce, exp.Is, exp.And, exp.Or, exp.Case, exp.If, exp.Least, exp.Greatest)
"""Nodes that may have a value where a name in them has none."""

RESERVED = frozenset(
    (
        "any", "as", "cross", "current_date", "desc", "distinct", "except", "from", "glob", "group", "having", "ilike",
        "inner", "intersect", "interval", "join", "on", "order", "outer", "range", "row", "select", "union", "using",
        "where",
    )
)  # fmt: skip
"""Words that SQL does not read as names, and that no expression has a use for."""

FUNCTIONS = (
    "coalesce, nullif, abs, least, greatest, round, floor, ceil, ln, sqrt, power, lower, upper, trim, length, "
    "days_between"
)


@dataclass(frozen=True)
class Expression:
    """A parsed scalar expression: its text as typed, its SQLGlot tree, and the names that it reads (sorted)."""

    text: str
    tree: exp.Expression
    names: tuple[str, ...]

    @property
    def needs_all(self) -> bool:
        """Whether one name without a value surely leaves the whole without one."""
        return self.tree.find(*SETTLING) is None

    def __str__(self) -> str:
        return self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.text == self.text


def parse(value: Any) -> Expression:
    """The expression that this text is. Raises ValueError with a sentence where it is none, or not allowed."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool) or not isinstance(value, str):
        raise ValueError(
            f"‘{shorten(value)}’ should be a condition or formula in quotes, such as \"priority = 'urgent'\""
        )
    if len(value) > MAX_LENGTH:
        raise ValueError(f"this expression has {len(value):,} characters; at most {MAX_LENGTH:,} are read")
    tree = _tree(value)
    for node in tree.walk():
        _allow(node, value)
    return Expression(value.strip(), tree, tuple(sorted({column.name for column in tree.find_all(exp.Column)})))


def _tree(text: str) -> exp.Expression:
    try:
        tree = (
            sqlglot.parse_one(text, into=exp.Condition, dialect="duckdb").transform(_plain_not).transform(_days_between)
        )
    except (SqlglotError, RecursionError):
        words = sorted(RESERVED & set(re.findall(r"[a-z]+", text.lower())))
        hint = f"if ‘{words[0]}’ is a name, write it in double quotes." if words else "is a quote or bracket open?"
        raise ValueError(f"‘{shorten(text)}’ cannot be read as a condition or formula; {hint}") from None
    if not isinstance(tree, exp.Expression) or isinstance(tree, exp.Block):
        raise ValueError(f"‘{shorten(text)}’ should be one condition or formula")
    return tree


def _plain_not(node: exp.Expr) -> exp.Expr:
    """`x not like y` as `not (x like y)`, so that a negation is a node and no mark that a reader can overlook."""
    if isinstance(node, (exp.Like, exp.Is)) and node.args.get("negate"):
        return exp.Not(this=type(node)(this=node.this, expression=node.expression))
    return node


def _days_between(node: exp.Expr) -> exp.Expr:
    """`days_between(a, b)` as the difference b − a, which engines name and order in ways of their own."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "days_between" and len(node.expressions) == 2:
        first, last = node.expressions
        return exp.DateDiff(this=last, expression=first)
    return node


def _allow(node: exp.Expr, text: str) -> None:
    if _depth(node) > MAX_DEPTH:
        raise ValueError(f"‘{shorten(text)}’ is nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, exp.Column) and node.table:
        raise ValueError(f"‘{node.sql()}’: write the name without what stands before the dot")
    if isinstance(node, exp.Literal) and not node.is_string:
        _allow_number(node.name)
    if isinstance(node, (exp.Cast, exp.DataType)):
        return _allow_date(node, text)
    if not isinstance(node, ALLOWED):
        shown = shorten(node.sql(dialect="duckdb"))
        raise ValueError(
            f"‘{shown}’ is not allowed in an expression; "
            f"allowed are comparisons, and/or/not, arithmetic, case, {FUNCTIONS}"
        )
    if isinstance(node, exp.In) and not node.expressions:
        raise ValueError(f"‘{shorten(text)}’: a list of values belongs after ‘in’, not a query")
    if any(value and part not in SAYS | DIALECT for part, value in node.args.items()):
        raise ValueError(f"‘{shorten(node.sql(dialect='duckdb'))}’ is not allowed in this form; write it plainly")
    return None


def _allow_number(text: str) -> None:
    try:
        fits = abs(Decimal(text)) < LARGEST
    except InvalidOperation:
        fits = False
    if not fits:
        raise ValueError(f"‘{shorten(text)}’ is not a number below 10^18")


def _allow_date(node: exp.Expr, text: str) -> None:
    cast = node if isinstance(node, exp.Cast) else node.parent
    if isinstance(cast, exp.Cast) and cast.to.this == exp.DataType.Type.DATE and isinstance(cast.this, exp.Literal):
        from datetime import date

        try:
            date.fromisoformat(cast.this.name)
        except ValueError:
            raise ValueError(f"‘{cast.this.name}’ is not a date; write date '2026-01-31'") from None
        return
    raise ValueError(f"‘{shorten(text)}’: casts are not allowed; declare the column's kind in its table instead")


def _depth(node: exp.Expr) -> int:
    depth = 0
    while node.parent is not None and depth <= MAX_DEPTH:
        node, depth = node.parent, depth + 1
    return depth


Condition = Annotated[
    Expression,
    BeforeValidator(parse),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "maxLength": MAX_LENGTH, "examples": ["priority = 'urgent'", "seat_use < 0.3"]}),
]
Formula = Annotated[
    Expression,
    BeforeValidator(parse),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": MAX_LENGTH,
            "examples": ["quantity * unit_price", "revenue / nullif(orders, 0)"],
        }
    ),
]
