"""What is not allowed in a query, as a sentence with its place."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from keepwell.facts.queries.allowed import ALLOWED, BUT, MOVING, MOVING_NAMES, MOVING_WORDS, PARTS, TYPES, UNITS
from keepwell.model.exact import shorten

_STEADY = "a query must mean the same on every day; time comes in by the model's `time:` and its windows"
_WHICH = "which rows it keeps may differ from run to run; write row_number() over (… order by …) and keep row 1"
_REASONS = {
    "limit": f"LIMIT is not allowed in a query: {_WHICH}",
    "offset": f"OFFSET is not allowed in a query: {_WHICH}",
    "sample": f"a sample is not allowed in a query: {_WHICH}",
    "recursive": "WITH RECURSIVE is not allowed in a query, because it may never end",
    "on": f"DISTINCT ON is not allowed in a query: {_WHICH}",
    "locks": "a query only reads; FOR UPDATE and the like are not allowed",
    "into": "a query only reads; SELECT … INTO is not allowed",
    "windows": "a WINDOW clause is not allowed in a query; write each window out behind its OVER",
    "laterals": "LATERAL is not allowed in a query; write a join or a window function",
}


def refused(tree: exp.Expr, dialect: str) -> Iterator[tuple[exp.Expr, str]]:
    """(node, sentence without its full stop) for everything in a query that is not allowed."""
    if not isinstance(tree, exp.Query):
        yield tree, f"{_first_word(tree, dialect)} is not allowed: a query is one SELECT, and only reads"
        return
    for node in tree.walk():
        if said := _node(node, dialect) or _part(node, dialect):
            yield node, said


def _node(node: exp.Expr, dialect: str) -> str | None:
    if isinstance(node, exp.Table):
        return None if isinstance(node.this, exp.Identifier) else _no_table(node, dialect)
    if isinstance(node, MOVING) or (isinstance(node, exp.Anonymous) and node.name.lower() in MOVING_NAMES):
        return f"{_shown(node, dialect)} is not allowed: {_STEADY}"
    if isinstance(node, (exp.DDL, exp.DML, exp.Command)) and not isinstance(node, exp.Query):
        return f"{_first_word(node, dialect)} is not allowed: a query is one SELECT, and only reads"
    if not isinstance(node, ALLOWED):
        return _stranger(node, dialect)
    if isinstance(node, exp.DataType) and (not isinstance(node.this, exp.DType) or node.this.name not in TYPES):
        return f"{_shown(node, dialect)} is no type to cast to; there are numbers, text, yes/no, dates and times"
    if isinstance(node, exp.Var) and node.name.upper().rstrip("S") not in UNITS:
        return f"{_shown(node, dialect)} is not allowed here; name a column, or a part of a date such as month"
    if isinstance(node, exp.Literal) and node.is_string and _moves(node):
        return f"‘{node.name}’ is read as a day that moves: {_STEADY}; as a word, write cast('{node.name}' as text)"
    return None


def _stranger(node: exp.Expr, dialect: str) -> str:
    if isinstance(node.parent, (exp.From, exp.Join, exp.Table)):
        return _no_table(node, dialect)
    what = "this function" if isinstance(node, exp.Func) else "this"
    return f"{_shown(node, dialect)}: {what} is not in the list of what a query may hold (see the page on queries)"


def _moves(literal: exp.Literal) -> bool:
    """Whether PostgreSQL may take this text for the present day. As a word it says so: cast('today' as text)."""
    above = literal.parent
    plain = isinstance(above, exp.Cast) and above.to.is_type(*exp.DataType.TEXT_TYPES)
    return literal.name.strip().lower() in MOVING_WORDS and not plain


def _no_table(node: exp.Expr, dialect: str) -> str:
    said = "is no table: a query reads the tables of its source by name, and neither files nor functions"
    return f"{_shown(node, dialect)} {said}"


def _part(node: exp.Expr, dialect: str) -> str | None:
    for part, value in node.args.items():
        if value and (part not in PARTS or (type(node), part) in BUT):
            return _REASONS.get(part) or f"{_shown(node, dialect)} is not allowed in this form; write it plainly"
    return None


def _shown(node: exp.Expr, dialect: str) -> str:
    return f"‘{shorten(node.sql(dialect=dialect, comments=False))}’"


def _first_word(tree: exp.Expr, dialect: str) -> str:
    return tree.sql(dialect=dialect, comments=False).split(" ", 1)[0].upper().rstrip(";") or "this"
