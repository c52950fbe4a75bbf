"""What pydantic refuses, said as a sentence for the person who typed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from keepwell.errors import did_you_mean
from keepwell.model.exact import plain, shorten
from keepwell.model.metrics import INPUT

OWN = ("value_error", "verb", "scale", "curve", "stale", "part", "override", "account")
"""Kinds of errors whose message is one of our own sentences."""

SHAPES = {
    "string_type": "should be a word or text",
    "string_too_short": "should be some text",
    "string_too_long": "is longer than the {max_length} characters that are kept here",
    "tuple_type": "should be a list, such as [a, b]",
    "dict_type": "should be a mapping, such as {{name: value}}",
    "model_type": "should be a mapping, such as {{name: value}}",
    "too_long": "has too many entries; {max_length} belong here",
    "too_short": "has too few entries; at least {min_length} belong here",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
    "literal_error": "should be {expected}",
}
"""Kinds of errors about the shape of a value: what it should be instead."""


def relevant(errors: Sequence[Any]) -> Iterable[Any]:
    """Those that say something of their own.

    A list is "too short" for pydantic when one of its items is wrong; and a value that may be a word or a number is
    refused as both, of which only the one that it resembles helps.
    """
    for error in errors:
        if error["type"] == "too_short" and any(other is not error and _below(other, error) for other in errors):
            continue
        rivals = [other for other in errors if other is not error and other["loc"][:-1] == error["loc"][:-1]]
        if error["type"] == "literal_error" and rivals and not isinstance(error["input"], str):
            continue
        if any(other["type"] == "literal_error" for other in rivals) and isinstance(error["input"], str):
            continue
        yield error


def _below(error: Any, above: Any) -> bool:
    return bool(error["loc"][: len(above["loc"])] == above["loc"])


def sentence(error: Any, path: Sequence[str | int], absent: str | None) -> str:
    """One sentence; `path` is the place in the file, `absent` the name of a last step that is not there."""
    where = ".".join(str(step) for step in path) or "the model"
    kind, given = error["type"], error.get("input")
    if kind == "extra_forbidden":
        from keepwell.model.fields import fields_at

        return f"‘{path[-1]}’ is not a field here ({where}).{did_you_mean(str(path[-1]), fields_at(error['loc']))}"
    if kind == "missing":
        return _missing(where, error, absent)
    if kind in OWN:
        message = str(error["msg"]).removeprefix("Value error, ")
        return f"{where}: {message}{'' if message.endswith(('.', '?')) else '.'}"
    if kind == "string_pattern_mismatch":
        return f"{where}: ‘{shown(given)}’ {_pattern(error['ctx']['pattern'])}."
    if kind in SHAPES:
        number = " or a number" if kind == "literal_error" and error["loc"][-1] != path[-1] else ""
        return f"{where}: ‘{shown(given)}’ {SHAPES[kind].format(**error.get('ctx', {}))}{number}."
    return f"{where}: ‘{shown(given)}’ does not fit: {str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}."


def _missing(where: str, error: Any, absent: str | None) -> str:
    if isinstance(error["loc"][-1], int):
        return f"{where}: ‘{shown(error['input'])}’ has an entry too few."
    return f"{where} needs ‘{absent or error['loc'][-1]}’."


def _pattern(pattern: str) -> str:
    if pattern == INPUT:
        return "should name an input, or one question of a list, such as commitment or ecosystem.mobile"
    if r"\." in pattern:
        return "should name a table and a column of it, such as logins.user_id"
    return "is not a name; use letters, digits and _, beginning with a letter"


def shown(value: Any) -> str:
    """A value as a person would type it, shortened."""
    return shorten(_typed(value))


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_typed, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_typed(item)}' for key, item in value.items())}}}"
    return str(value)
