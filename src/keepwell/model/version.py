"""The version of a model: a hash of what it says, whatever its spelling, comments or file name."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

FORMULA = 1
"""The number of the formula in `scoring`; raised when the same model gives other numbers.

So is a change of what `standard` declares: a model says the word only.
"""

ORDERED = ("metrics", "scores", "parts")
"""Maps of names whose order says something: which part binds on a tie, which score is the one shown."""


def version_of(data: dict[str, Any], fit: dict[str, Any] | None) -> str:
    """12 hex digits of SHA-256 over the resolved model, the fit that holds, and the formula's number.

    Fields that change no score do not count: `extends`, the book, what scores are held against, and the file of fits
    (one that holds on other days changes nothing here).
    """
    said = {key: value for key, value in data.items() if key not in ("extends", "fitted", "book", "evidence")}
    said = said if fit is None else said | {"fitted": fit}
    text = json.dumps([FORMULA, _exact(said, False)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _exact(value: Any, ordered: bool) -> Any:
    """The same value in the one spelling that is hashed: 0.50 and 0.5 are one number, fields may stand in any order."""
    if isinstance(value, dict):
        keys = [key for key in (value if ordered else sorted(value)) if not _is_confirmed(key, value[key])]
        return [[key, _exact(value[key], key in ORDERED)] for key in keys]
    if isinstance(value, list):
        return [_exact(item, False) for item in value]
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format(Decimal(value).normalize(), "f")
    return value


def _is_confirmed(key: str, value: Any) -> bool:
    """Whether this is what a person confirmed to `check`, which changes no score; under a name it would be no list."""
    return key == "confirmed" and isinstance(value, list)
