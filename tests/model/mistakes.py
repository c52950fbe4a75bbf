"""One sound model, edited into mistakes."""

from __future__ import annotations

import pytest

from keepwell.errors import ModelError
from keepwell.model import Loaded, load_text

SOUND = """\
model: acme
entities:
  account: {table: accounts, key: account_id}
tables:
  logins: {account: account_id, time: at}
  tickets: {account: account_id, time: opened_at, columns: {closed_at: happened}}
metrics:
  logins_28d: {count: logins, over: 28 days}
  seat_use: {attribute: seat_use}
scores:
  health:
    parts:
      usage: {weight: 1, metric: logins_28d, bands: [["< 20", 0], [else, 100]]}
      seats: {weight: 2, metric: seat_use, curve: [[0.2, 0], [0.8, 100]]}
    tiers:
      - {at: ">= 70", is: great}
      - {at: else, is: at_risk}
"""


def edited(*changes: str) -> str:
    """The sound model with pairs of old and new text; the old must be there."""
    text = SOUND
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return text


def sound(*changes: str) -> Loaded:
    return load_text(edited(*changes))


def refused(text: str) -> list[str]:
    """What is said about a model that cannot be used: one line for each finding."""
    with pytest.raises(ModelError) as caught:
        load_text(text)
    assert caught.value.exit_code == 1
    assert caught.value.message == str(caught.value.findings[0])
    return [str(finding) for finding in caught.value.findings]


def said_of(*changes: str) -> str:
    """The one sentence said about an edit, without the severity."""
    (line,) = refused(edited(*changes))
    return line.replace(": error:", ":")
