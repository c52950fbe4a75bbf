"""Coverage looks at our own code only, and looks away while Ibis, SQLGlot and ruamel are at work.

Before Python 3.14 coverage follows every line of every library, and throws away what is not ours: that took more than
half of the suite's time, nearly all of it in the libraries that plan queries. Each of these calls turns it off until it
returns. What it costs: a function of ours that such a library calls back, a lambda given to `filter`, counts as not
run. The figure can only be too low, never too high.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import ruamel.yaml
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.common.bases import AbstractMeta
from ibis.common.graph import Node
from ibis.expr.types.core import Expr
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import DataType, Expression

# The compilers of PostgreSQL and Spark are not here: they call our dialects.
WORK: tuple[tuple[type, tuple[str, ...]], ...] = (
    (AbstractMeta, ("__call__",)),
    (Node, ("find", "find_below", "find_topmost", "replace")),
    (DuckDBCompiler, ("to_sqlglot",)),
    (Backend, ("table", "compile", "create_table", "raw_sql", "to_pyarrow", "_run_pre_execute_hooks")),
    (Dialect, ("parse", "parse_into", "generate", "tokenize")),
    (Expression, ("__deepcopy__",)),
    (DataType, ("build",)),
    (ruamel.yaml.YAML, ("compose", "load", "dump")),
)


def look_away() -> None:
    """Turn coverage off within these libraries, where it is on and follows lines."""
    if sys.gettrace() is None:
        return
    for owner, names in WORK:
        for name in names:
            _replace(owner, name)
    for owner in _family(Expr):
        for name, found in list(vars(owner).items()):
            if isinstance(found, FunctionType) and name not in ("__init__", "__getattr__"):
                _replace(owner, name)


def _family(owner: Any) -> Iterator[Any]:
    yield owner
    for heir in owner.__subclasses__():
        yield from _family(heir)


def _replace(owner: type, name: str) -> None:
    found = inspect.getattr_static(owner, name)
    if isinstance(found, classmethod):
        setattr(owner, name, classmethod(untraced(found.__func__)))
    else:
        setattr(owner, name, untraced(found))


def untraced(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with coverage off until it returns or fails."""

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        tracer = sys.gettrace()
        if tracer is None:
            return function(*arguments, **named)
        sys.settrace(None)
        try:
            return function(*arguments, **named)
        finally:
            sys.settrace(tracer)

    return call
