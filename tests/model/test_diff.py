"""What two models say differently, whatever their spelling."""

from __future__ import annotations

import pytest

from keepwell.model import load_text
from keepwell.model.diff import LONGEST, differences

MODEL = """
model: acme
entities: {account: {table: accounts, key: id}}
tables: {calls: {account: id, time: at}}
metrics:
  calls: {count: calls, over: 28 days}
scores:
  health:
    parts:
      use: {weight: 3, metric: calls, bands: [["< 0.5", 0], ["< 9", 50], [else, 100]]}
      age: {weight: 1, metric: tenure_days, curve: [[0, 0], [90, 100]]}
    tiers: [{at: ">= 70", is: good}, {at: else, is: at_risk}]
    overrides: [{when: "calls = 0", cap: 50, because: nobody calls}]
flags: {idle: {when: "calls = 0", because: idle}}
"""


def said(old: str, new: str) -> list[str]:
    assert old in MODEL
    return [str(item) for item in differences(load_text(MODEL).document, load_text(MODEL.replace(old, new)).document)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight: 3", "weight: 4", ["weight of use: 3 → 4"]),
        ('"< 0.5"', '"< 0.6"', ["bands, entry 1, of use: [< 0.5, 0] → [< 0.6, 0]"]),
        ("over: 28 days", "over: 30 days", ["over of calls: 28 days → 30 days"]),
        ("cap: 50", "cap: 40", ["cap of ‘nobody calls’: 50 → 40"]),
        ('at: ">= 70"', 'at: ">= 75"', ["at of good: >= 70 → >= 75"]),
        (
            "because: nobody calls}]",
            "because: nobody calls}, {when: calls > 90, tier: good, because: loud}]",
            ["new in overrides: {when: calls > 90, tier: good, because: loud}"],
        ),
        (
            'flags: {idle: {when: "calls = 0", because: idle}}',
            "",
            ["gone: flags: {idle: {when: calls = 0, because: idle}}"],
        ),
        ("  calls: {count", "  more: {sum: calls.n}\n  calls: {count", ["new in metrics: more: {sum: calls.n}"]),
    ],
)  # fmt: skip
def test_a_change_is_one_line_in_the_words_of_the_file(old: str, new: str, expected: list[str]) -> None:
    assert said(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 3", "weight: 3.0"),
        ("model: acme", "# a comment\nmodel: acme\ntitle: Another"),
        ("{count: calls, over: 28 days}", "{over: 28 days, count: calls}"),
        ("{at: else, is: at_risk}", "{is: at_risk, at: else}"),
    ],
)
def test_spelling_is_no_difference(old: str, new: str) -> None:
    assert said(old, new) == []


def test_the_order_of_parts_is_a_difference_for_the_first_binds() -> None:
    lines = MODEL.splitlines()
    use, age = (next(line for line in lines if line.strip().startswith(name)) for name in ("use:", "age:"))
    swapped = MODEL.replace(use, "@").replace(age, use).replace("@", age)
    (found,) = differences(load_text(MODEL).document, load_text(swapped).document)
    assert (found.path, found.before, found.after) == (
        ("scores", "health", "parts", "order"), "use, age", "age, use"
    )  # fmt: skip


def test_places_name_file_and_line() -> None:
    after = load_text(MODEL.replace("weight: 3", "weight: 4"), "next.yaml").document
    (found,) = differences(load_text(MODEL, "now.yaml").document, after)
    assert (found.place_before, found.place_after) == ("now.yaml:10", "next.yaml:10")
    assert found.path == ("scores", "health", "parts", "use", "weight")


def test_long_values_are_cut_but_compared_whole() -> None:
    words = ", ".join(f"'word {index}'" for index in range(60))
    old = MODEL.replace('when: "calls = 0", because: idle', f'when: "calls in ({words})", because: idle')
    old = old.replace("count: calls, over: 28 days", "last: calls.word")
    old = old.replace('bands: [["< 0.5", 0], ["< 9", 50], [else, 100]]', "map: [[a, 100]]").replace(
        "calls = 0", "calls = 'a'"
    )
    new = old.replace("word 59", "word x")
    (found,) = differences(load_text(old).document, load_text(new).document)
    assert found.before is not None
    assert len(found.before) == LONGEST
    assert found.before == found.after
