"""From a parsed expression of the model to an Ibis expression: one meaning on every engine, for rows and for metrics.

What SQL engines disagree on is settled here: division is of doubles and by zero gives NULL, so do a logarithm or root
that does not exist, and the least or greatest of anything missing; products of decimals keep six decimals; a comparison
of number and text is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
from sqlglot import exp

from keepwell.errors import ModelError
from keepwell.model.expressions import Expression

NUMBER = "decimal(38,6)"
"""The type of every number that is no whole number: fixed point, so that sums do not depend on the order of rows."""

Column = Callable[[str], ibis.Value]
_WORDS = {"number": "a number", "text": "text", "time": "a time", "yes_no": "yes/no"}


def to_ibis(expression: Expression, column: Column) -> ibis.Value:
    """The Ibis value of this expression, `column` giving the value behind each name.

    Raises ModelError where kinds do not fit together (a number compared with text), with both sides in words.
    """
    return _compile(expression.tree, column)


def condition(expression: Expression, column: Column) -> ibis.Value:
    """Like `to_ibis`, for an expression that must be yes or no. NULL counts as no wherever rows are filtered."""
    value = to_ibis(expression, column)
    _expect(value, "yes_no", expression.tree)
    return value.cast("boolean") if value.type().is_null() else value


def kind_of(value: ibis.Value) -> str | None:
    """number, text, time or yes_no; None for a bare NULL."""
    kind = value.type()
    if kind.is_null():
        return None
    if kind.is_boolean():
        return "yes_no"
    if kind.is_numeric():
        return "number"
    return "time" if kind.is_timestamp() or kind.is_date() else "text"


def settle(value: ibis.Value) -> ibis.Value:
    """A computed column in the types that facts have: whole numbers int64, other numbers DECIMAL(38,6), naive times."""
    kind = value.type()
    if kind.is_integer():
        return value.cast("int64")
    if kind.is_numeric() and not kind.is_boolean():
        return _six(value)
    return value.cast("string") if kind.is_null() else value


def _six(value: ibis.Value) -> ibis.Value:
    # The detour over twelve decimals: Ibis believes a product of (38,6) to be (38,6) and would leave the cast out.
    return value.cast("decimal(38,12)").cast(NUMBER) if value.type().is_decimal() else value.cast(NUMBER)


def _compile(node: exp.Expression, column: Column) -> ibis.Value:
    if isinstance(node, exp.Column):
        return column(node.name)
    if isinstance(node, exp.Paren):
        return _compile(node.this, column)
    if type(node) in _LITERALS:
        return _LITERALS[type(node)](node)
    if type(node) in _ARITHMETIC:
        left, right = _doubles([_number(part, column) for part in (node.this, node.expression)])
        return _ARITHMETIC[type(node)](left, right)
    if type(node) in _COMPARISONS:
        left, right = _compared([node.this, node.expression], column, node)
        return _COMPARISONS[type(node)](left, right)
    if type(node) in _FUNCTIONS:
        return _FUNCTIONS[type(node)](node, column)
    raise ModelError(f"‘{node.sql(dialect='duckdb')}’ cannot be computed here.")


def _number(node: exp.Expression, column: Column) -> ibis.Value:
    return _expect(_compile(node, column), "number", node)


def _text(node: exp.Expression, column: Column) -> ibis.Value:
    return _expect(_compile(node, column), "text", node)


def _double(node: exp.Expression, column: Column) -> ibis.Value:
    return _number(node, column).cast("float64")


def _yes_no(node: exp.Expression, column: Column) -> ibis.Value:
    return _expect(_compile(node, column), "yes_no", node)


_TYPES = {"number": "float64", "text": "string", "time": "timestamp(6)", "yes_no": "boolean"}


def _expect(value: ibis.Value, kind: str, node: exp.Expression) -> ibis.Value:
    found = kind_of(value)
    if found is None:
        return value.cast(_TYPES[kind])
    if found != kind:
        raise ModelError(f"‘{node.sql(dialect='duckdb')}’ is {_WORDS[found]}, and {_WORDS[kind]} is needed there.")
    return value


def _alike(nodes: list[exp.Expression], column: Column, whole: exp.Expression) -> list[ibis.Value]:
    """These parts as values of one kind. A text literal beside a time is read as the time it spells."""
    values = [_compile(node, column) for node in nodes]
    if any(kind_of(value) == "time" for value in values):
        values = [_as_time(node, value) for node, value in zip(nodes, values, strict=True)]
    kinds = {kind: node for node, value in zip(nodes, values, strict=True) if (kind := kind_of(value))}
    if len(kinds) > 1:
        said = " and ".join(f"‘{node.sql(dialect='duckdb')}’ is {_WORDS[kind]}" for kind, node in kinds.items())
        raise ModelError(f"in ‘{whole.sql(dialect='duckdb')}’, {said}; they cannot be put side by side.")
    return _doubles(values)


def _doubles(values: list[ibis.Value]) -> list[ibis.Value]:
    """All of them as doubles where one of these numbers is.

    Ibis believes a double beside a decimal to be a decimal, and would round what comes of it to six places.
    """
    if not any(value.type().is_floating() for value in values):
        return values
    return [value.cast("float64") if value.type().is_decimal() else value for value in values]


def _compared(nodes: list[exp.Expression], column: Column, whole: exp.Expression) -> list[ibis.Value]:
    if any(isinstance(node, exp.Null) for node in nodes):
        raise ModelError(f"‘{whole.sql(dialect='duckdb')}’ is never true: nothing equals null; write ‘is null’.")
    return _alike(nodes, column, whole)


def _as_time(node: exp.Expression, value: ibis.Value) -> ibis.Value:
    if not (isinstance(node, exp.Literal) and node.is_string):
        return value
    try:
        moment = datetime.fromisoformat(node.name)
    except ValueError:
        return value
    return value if moment.tzinfo else ibis.literal(moment, "timestamp(6)")


def _literal(node: exp.Expression) -> ibis.Value:
    if node.is_string:
        return ibis.literal(node.name)
    number = Decimal(node.name)
    if number == number.to_integral_value() and abs(number) < 2**63:
        return ibis.literal(int(number), "int64")
    decimals = -int(number.as_tuple().exponent)
    if decimals > 18 or abs(number) >= Decimal(10) ** 18:
        return ibis.literal(float(number))
    return ibis.literal(number, f"decimal(38,{max(6, decimals)})")


def _date(node: exp.Expression) -> ibis.Value:
    return ibis.literal(date.fromisoformat(node.this.name))


def _multiply(left: ibis.Value, right: ibis.Value) -> ibis.Value:
    return _six(left * right) if left.type().is_decimal() and right.type().is_decimal() else left * right


def _divide(left: ibis.Value, right: ibis.Value) -> ibis.Value:
    return left.cast("float64") / right.cast("float64").nullif(0)


def _finite(value: ibis.Value) -> ibis.Value:
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


def _not(value: ibis.Value) -> ibis.Value:
    """True for no, false for yes, NULL for unknown.

    A CASE, as in `_is`: Ibis 12 writes (not x) is null as NOT (x) IS NULL, which engines read as NOT (x IS NULL).
    """
    return ibis.cases((value, False), (~value, True), else_=ibis.null("boolean"))


def _is(node: exp.Expression, column: Column) -> ibis.Value:
    value = _compile(node.this, column)
    if isinstance(node.expression, exp.Null):
        return ibis.ifelse(value.isnull(), True, False)
    wanted = isinstance(node.expression, exp.Boolean) and node.expression.this
    _expect(value, "yes_no", node.this)
    return ibis.coalesce(value.cast("boolean") == ibis.literal(bool(wanted)), ibis.literal(False))


def _in(node: exp.Expression, column: Column) -> ibis.Value:
    value, *choices = _compared([node.this, *node.expressions], column, node)
    return reduce(lambda left, right: left | right, [value == choice for choice in choices])


def _between(node: exp.Expression, column: Column) -> ibis.Value:
    value, low, high = _compared([node.this, node.args["low"], node.args["high"]], column, node)
    return (value >= low) & (value <= high)


def _case(node: exp.Expression, column: Column) -> ibis.Value:
    branches = [node] if isinstance(node, exp.If) else node.args["ifs"]
    last = node.args.get("false" if isinstance(node, exp.If) else "default") or exp.Null()
    subject = None if isinstance(node, exp.If) else node.this
    tests = [_yes_no(part.this, column) if subject is None else _equal(subject, part.this, column) for part in branches]
    *results, otherwise = _alike([*(part.args["true"] for part in branches), last], column, node)
    return ibis.cases(*zip(tests, results, strict=True), else_=otherwise)


def _equal(left: exp.Expression, right: exp.Expression, column: Column) -> ibis.Value:
    """Whether two parts are equal, with the kinds checked."""
    first, second = _compared([left, right], column, exp.EQ(this=left.copy(), expression=right.copy()))
    return first == second


def _like(node: exp.Expression, column: Column) -> ibis.Value:
    if not (isinstance(node.expression, exp.Literal) and node.expression.is_string):
        raise ModelError(f"in ‘{node.sql(dialect='duckdb')}’, a pattern in 'single quotes' belongs after ‘like’.")
    return _text(node.this, column).like(node.expression.name)


def _coalesce(node: exp.Expression, column: Column) -> ibis.Value:
    return ibis.coalesce(*_alike([node.this, *node.expressions], column, node))


def _extreme(node: exp.Expression, column: Column, function: Callable[..., Any]) -> ibis.Value:
    """NULL where any argument is: some engines leave NULLs out, others do not, and here least is no other than +."""
    values = _alike([node.this, *node.expressions], column, node)
    found = function(*values)
    missing = reduce(lambda left, right: left | right, [value.isnull() for value in values])
    return ibis.ifelse(missing, ibis.null(found.type()), found)


def _round(node: exp.Expression, column: Column) -> ibis.Value:
    value, digits = _number(node.this, column), node.args.get("decimals")
    if digits is not None and not re.fullmatch(r"[0-9]", digits.sql()):
        raise ModelError(f"in ‘{node.sql(dialect='duckdb')}’, the number of decimals must be one of 0 to 9.")
    if value.type().is_integer():
        return value
    return value.round(int(digits.name)) if digits is not None else value.round()


def _whole(node: exp.Expression, column: Column, name: str) -> ibis.Value:
    value = _number(node.this, column)
    return value if value.type().is_integer() else getattr(value, name)().cast("int64")


def _days(node: exp.Expression, column: Column) -> ibis.Value:
    """Days of the calendar from one time to the other, below 0 where the other comes first."""
    last, first = (_expect(_compile(part, column), "time", part) for part in (node.this, node.expression))
    return _day(last).delta(_day(first), unit="day")


def _day(value: ibis.Value) -> ibis.Value:
    return value.date() if value.type().is_timestamp() else value


def _nullif(node: exp.Expression, column: Column) -> ibis.Value:
    value, other = _alike([node.this, node.expression], column, node)
    return value.nullif(other)


def _ln(node: exp.Expression, column: Column) -> ibis.Value:
    value = _double(node.this, column)
    return ibis.ifelse(value > 0, value, ibis.null("float64")).ln()


def _sqrt(node: exp.Expression, column: Column) -> ibis.Value:
    value = _double(node.this, column)
    return ibis.ifelse(value >= 0, value, ibis.null("float64")).sqrt()


def _trim(node: exp.Expression, column: Column) -> ibis.Value:
    if node.args.get("expression") is not None or node.args.get("position"):
        raise ModelError(f"in ‘{node.sql(dialect='duckdb')}’, trim takes the text only.")
    return _text(node.this, column).strip()


_LITERALS: dict[type, Callable[[Any], ibis.Value]] = {
    exp.Literal: _literal,
    exp.Boolean: lambda node: ibis.literal(bool(node.this)),
    exp.Null: lambda _: ibis.null(),
    exp.Cast: _date,
}
_ARITHMETIC: dict[type, Callable[[Any, Any], ibis.Value]] = {
    exp.Add: lambda left, right: left + right,
    exp.Sub: lambda left, right: left - right,
    exp.Mul: _multiply,
    exp.Div: _divide,
    exp.Mod: lambda left, right: left % right.nullif(0),
    exp.Pow: lambda left, right: _finite(left.cast("float64") ** right.cast("float64")),
}
_COMPARISONS: dict[type, Callable[[Any, Any], ibis.Value]] = {
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
}
_FUNCTIONS: dict[type, Callable[[Any, Column], ibis.Value]] = {
    exp.And: lambda node, column: _yes_no(node.this, column) & _yes_no(node.expression, column),
    exp.Or: lambda node, column: _yes_no(node.this, column) | _yes_no(node.expression, column),
    exp.Not: lambda node, column: _not(_yes_no(node.this, column)),
    exp.Neg: lambda node, column: -_number(node.this, column),
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: _like,
    exp.Case: _case,
    exp.If: _case,
    exp.Coalesce: _coalesce,
    exp.Least: lambda node, column: _extreme(node, column, ibis.least),
    exp.Greatest: lambda node, column: _extreme(node, column, ibis.greatest),
    exp.Nullif: _nullif,
    exp.Abs: lambda node, column: _number(node.this, column).abs(),
    exp.Round: _round,
    exp.Floor: lambda node, column: _whole(node, column, "floor"),
    exp.Ceil: lambda node, column: _whole(node, column, "ceil"),
    exp.Ln: _ln,
    exp.Sqrt: _sqrt,
    exp.Lower: lambda node, column: _text(node.this, column).lower(),
    exp.Upper: lambda node, column: _text(node.this, column).upper(),
    exp.Trim: _trim,
    exp.DateDiff: _days,
    exp.Length: lambda node, column: _text(node.this, column).length().cast("int64"),
}
