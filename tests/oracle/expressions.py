"""SQL scalar expressions over one row, in three-valued logic: NULL stands for «not known» and spreads."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any

from sqlglot import exp

from keepwell.model.expressions import Expression
from tests.oracle.numbers import Value, exact, rounded

Names = Mapping[str, Value]


def truth(condition: Expression, names: Names) -> bool | None:
    """Whether the condition holds; None where that cannot be known."""
    found = evaluate(condition.tree, names)
    assert found is None or isinstance(found, bool)
    return found


def evaluate(node: exp.Expression, names: Names) -> Value:
    """The value of a SQLGlot tree, with the columns that these names stand for."""
    return _RULES[type(node)](node, names)


def _and(node: Any, names: Names) -> Value:
    sides = [evaluate(node.this, names), evaluate(node.expression, names)]
    return False if False in sides else None if None in sides else True


def _or(node: Any, names: Names) -> Value:
    sides = [evaluate(node.this, names), evaluate(node.expression, names)]
    return True if True in sides else None if None in sides else False


def _in(node: Any, names: Names) -> Value:
    """`x in (a, b)` is `x = a or x = b`: NULL in the list makes a miss unknown."""
    this = evaluate(node.this, names)
    listed = [evaluate(item, names) for item in node.expressions]
    if this is None:
        return None
    return True if this in listed else None if None in listed else False


def _between(node: Any, names: Names) -> Value:
    """`x between a and b` is `x >= a and x <= b`."""
    this, low, high = (evaluate(node.args[part], names) for part in ("this", "low", "high"))
    above, below = _strict(operator.ge, this, low), _strict(operator.le, this, high)
    return False if False in (above, below) else None if None in (above, below) else True


def _is(node: Any, names: Names) -> Value:
    """`is null`, `is true`, `is false`: never unknown."""
    return evaluate(node.this, names) is evaluate(node.expression, names)


def _case(node: Any, names: Names) -> Value:
    for branch in node.args["ifs"]:
        if _branch(node, branch, names) is True:
            return evaluate(branch.args["true"], names)
    default = node.args.get("default")
    return None if default is None else evaluate(default, names)


def _branch(case: Any, branch: Any, names: Names) -> Value:
    """`case when c` asks c; `case x when v` asks x = v."""
    asked = evaluate(branch.this, names)
    return asked if case.this is None else _strict(operator.eq, evaluate(case.this, names), asked)


def _if(node: Any, names: Names) -> Value:
    chosen = node.args["true"] if evaluate(node.this, names) is True else node.args.get("false")
    return None if chosen is None else evaluate(chosen, names)


def _coalesce(node: Any, names: Names) -> Value:
    values = (evaluate(item, names) for item in (node.this, *node.expressions))
    return next((value for value in values if value is not None), None)


def _nullif(node: Any, names: Names) -> Value:
    this, other = evaluate(node.this, names), evaluate(node.expression, names)
    return None if this is not None and this == other else this


def _many(choose: Callable[..., Any]) -> Callable[[Any, Names], Value]:
    """least and greatest: unknown if any of them is."""

    def rule(node: Any, names: Names) -> Value:
        return _strict(choose, *(evaluate(item, names) for item in (node.this, *node.expressions)))

    return rule


def _function(compute: Callable[..., Any], *arguments: str) -> Callable[[Any, Names], Value]:
    """A function of the named arguments that is NULL where any argument is."""

    def rule(node: Any, names: Names) -> Value:
        given = [node.args[part] for part in arguments if node.args.get(part) is not None]
        return _strict(compute, *(evaluate(item, names) for item in given))

    return rule


def _strict(compute: Callable[..., Any], *values: Value) -> Value:
    """Whatever is computed from NULL is NULL."""
    return None if None in values else exact(compute(*values))


def _divide(left: Fraction, right: Fraction) -> Fraction | None:
    return None if right == 0 else left / right


def _modulo(left: Fraction, right: Fraction) -> Fraction | None:
    """The remainder has the sign of the left side."""
    if right == 0:
        return None
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator == 1 and (base != 0 or exponent >= 0):
        return Fraction(base) ** int(exponent)
    return _decimal(lambda x: x ** _as_decimal(exponent), base) if base > 0 else None


def _decimal(compute: Callable[[Decimal], Decimal], number: Fraction) -> Fraction:
    """An irrational function to 40 digits, far below the ninth decimal where every metric is rounded."""
    with localcontext() as context:
        context.prec = 40
        return Fraction(compute(_as_decimal(number)))


def _as_decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _like(text: str, pattern: str) -> bool:
    parts = {"%": ".*", "_": "."}
    return re.fullmatch("".join(parts.get(sign, re.escape(sign)) for sign in pattern), text, re.DOTALL) is not None


@cache
def _number(text: str) -> Fraction:
    return Fraction(text)


_RULES: dict[type[exp.Expression], Callable[[Any, Names], Value]] = {
    exp.Column: lambda node, names: names[node.name],
    exp.Literal: lambda node, _: node.this if node.is_string else _number(node.this),
    exp.Boolean: lambda node, _: bool(node.this),
    exp.Null: lambda node, _: None,
    exp.Paren: lambda node, names: evaluate(node.this, names),
    exp.Cast: lambda node, _: exact(date.fromisoformat(node.this.this)),
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _function(operator.not_, "this"),
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is,
    exp.Like: _function(_like, "this", "expression"),
    exp.Case: _case,
    exp.If: _if,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Least: _many(min),
    exp.Greatest: _many(max),
    exp.EQ: _function(operator.eq, "this", "expression"),
    exp.NEQ: _function(operator.ne, "this", "expression"),
    exp.LT: _function(operator.lt, "this", "expression"),
    exp.LTE: _function(operator.le, "this", "expression"),
    exp.GT: _function(operator.gt, "this", "expression"),
    exp.GTE: _function(operator.ge, "this", "expression"),
    exp.Add: _function(operator.add, "this", "expression"),
    exp.Sub: _function(operator.sub, "this", "expression"),
    exp.Mul: _function(operator.mul, "this", "expression"),
    exp.Div: _function(_divide, "this", "expression"),
    exp.Mod: _function(_modulo, "this", "expression"),
    exp.Neg: _function(operator.neg, "this"),
    exp.Abs: _function(abs, "this"),
    exp.Round: _function(lambda x, places=0: rounded(x, int(places)), "this", "decimals"),
    exp.Floor: _function(floor, "this"),
    exp.Ceil: _function(ceil, "this"),
    exp.Sqrt: _function(lambda x: _decimal(Decimal.sqrt, x) if x >= 0 else None, "this"),
    exp.Ln: _function(lambda x: _decimal(Decimal.ln, x) if x > 0 else None, "this"),
    exp.Pow: _function(_power, "this", "expression"),
    exp.Lower: _function(str.lower, "this"),
    exp.Upper: _function(str.upper, "this"),
    exp.Trim: _function(lambda text, signs=" ": text.strip(signs), "this", "expression"),
    exp.Length: _function(len, "this"),
    exp.DateDiff: _function(lambda last, first: (last.date() - first.date()).days, "this", "expression"),
}
