"""Inputs: what a model may ask, what `check` finds, and which metrics an input becomes."""

from __future__ import annotations

import pytest

from keepwell.model import load_text
from keepwell.model.metrics import Expr, Last
from keepwell.model.pulses import questions
from tests.model.mistakes import refused, sound

MODEL = """\
model: asked
entities:
  account: {table: accounts, key: account_id}
inputs:
  commitment: {choice: [renews, neutral, doubts], help: Does it mean to stay?, by: csm, valid: 90 days}
  sentiment: {scale: [1, 5]}
  savings: {number: [0, null], unit: EUR}
  due: {date: true}
  ecosystem: {yes_no: {mobile: Sells on mobile?, brands: All brands?}, valid: 1 week}
metrics:
  commitment: {input: commitment, label: means to stay}
  sentiment: {input: sentiment}
  savings: {input: savings, format: money}
  due: {input: due}
  ecosystem: {input: ecosystem}
  mobile: {input: ecosystem.mobile}
scores:
  health:
    parts:
      commitment: {metric: commitment, map: [[renews, 100], [neutral, 50], [doubts, 0]]}
      sentiment: {metric: sentiment, curve: [[1, 0], [5, 100]]}
    tiers: [{at: else, is: any}]
"""


def edited(old: str, new: str) -> str:
    assert old in MODEL, old
    return MODEL.replace(old, new)


def test_an_input_is_the_newest_pulse_that_counts() -> None:
    loaded = load_text(MODEL)
    assert loaded.warnings == ()
    metric = loaded.model.metrics["commitment"]
    assert isinstance(metric, Last)
    assert (metric.last, str(metric.over), metric.label) == ("pulses.word", "90 days", "means to stay")
    assert metric.where is not None
    assert metric.where.names == ("input",)
    columns = {name: metric.last for name, metric in loaded.model.metrics.items() if isinstance(metric, Last)}
    assert columns["sentiment"] == columns["savings"] == "pulses.number"
    assert columns["due"] == "pulses.date"
    assert loaded.model.metrics["sentiment"].over is None  # type: ignore[union-attr]
    assert loaded.model.tables["pulses"].id_columns == ("account_id",)


def test_a_list_is_a_metric_per_question_and_the_share_of_yes() -> None:
    metrics = load_text(MODEL).model.metrics
    assert list(metrics)[4:] == ["ecosystem_mobile", "ecosystem_brands", "ecosystem", "mobile"]
    assert isinstance(metrics["ecosystem"], Expr)
    assert metrics["ecosystem"].format == "percent"
    assert metrics["ecosystem_brands"].label == "All brands?"
    assert isinstance(metrics["mobile"], Last)


def test_the_questions_in_the_order_of_the_file() -> None:
    found = questions(load_text(MODEL).model)
    keys = ["commitment", "sentiment", "savings", "due", "ecosystem.mobile", "ecosystem.brands"]
    assert [question.key for question in found] == keys
    assert found[0].asks == "Does it mean to stay?"
    assert found[4].words == ("yes", "no")


def test_a_models_own_table_of_pulses_is_left_as_it_says() -> None:
    loaded = load_text(MODEL + "tables: {pulses: {account: customer, time: at}}\n")
    assert loaded.model.tables["pulses"].id_columns == ("customer",)


def test_a_model_without_inputs_has_no_pulses() -> None:
    assert "pulses" not in sound().model.tables


def test_people_are_asked_about_accounts_only() -> None:
    level = "  account: {table: accounts, key: account_id}\n"
    text = edited("{input: savings, format: money}", "{input: savings, for: contact}")
    text = text.replace(level, f"{level}  contact: {{table: contacts, key: id, in: account}}\n")
    assert refused(text) == ["model.yaml:14: error: people are asked about accounts; an input has no other level."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{scale: [1, 5]}",
            "{scale: [1, 5], date: true}",
            "one of choice, scale, yes_no, number and date, and this one",
        ),
        ("{scale: [1, 5]}", "{help: What?}", "this one says none"),
        ("{scale: [1, 5]}", "{scale: [5, 1]}", "a scale goes up"),
        ("{scale: [1, 5]}", "{scale: [1, 500]}", "by 100 steps at most"),
        ("{scale: [1, 5]}", "{scale: [1, 5], unit: EUR}", "`unit:` belongs to a number"),
        (
            "{scale: [1, 5]}",
            "{scal: [1, 5]}",
            "‘scal’ is not a field here (inputs.sentiment.scal). Did you mean ‘scale’?",
        ),
        ("[0, null]", "[9, 3]", "the lowest number is above the highest"),
        ("[renews, neutral, doubts]", "[renews, Renews]", "‘renews’ stands here a second time"),
        ("[renews, neutral, doubts]", "[renews, else]", "‘else’ cannot be a choice"),
        ("[renews, neutral, doubts]", '[renews, "=1+1"]', "‘=1+1’ cannot be a choice"),
        ("[renews, neutral, doubts]", "[true, false]", "use `yes_no:`"),
        ("[renews, neutral, doubts]", "[renews]", "has too few entries; at least 2"),
        ("valid: 90 days", "valid: 3 months", "no fixed number of days"),
        ("{input: sentiment}", "{input: sentimant}", "‘sentimant’ is no input. Did you mean ‘sentiment’?"),
        ("ecosystem.mobile", "ecosystem.mobil", "‘ecosystem.mobil’ is no input. Did you mean ‘ecosystem.mobile’?"),
        ("{input: sentiment}", "{input: a b}", "should name an input, or one question of a list"),
        ("  mobile: {input", "  ecosystem_mobile: {input", "‘ecosystem_mobile’ is needed for one question of the list"),
        (
            "[doubts, 0]",
            "[doubt, 0], [else, 1]",
            "‘doubt’ is nothing that the input can be answered with. Did you mean",
        ),
    ],
)
def test_a_mistake_is_one_sentence(old: str, new: str, said: str) -> None:
    lines = [line for line in refused(edited(old, new)) if ": error:" in line]
    assert len(lines) == 1, lines
    assert said in lines[0]
    assert int(lines[0].split(":")[1]) == next(
        number for number, line in enumerate(edited(old, new).splitlines(), 1) if new in line
    )


def test_a_word_without_points_is_a_warning() -> None:
    found = load_text(edited(", [doubts, 0]", "")).warnings[-1]
    assert (found.severity, found.code) == ("warning", "word")
    assert "‘doubts’ has no points here and would count as missing" in found.message
    assert load_text(edited("[doubts, 0]", "[else, 0]")).warnings == ()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("commitment = 'doubt'", ["doubt"]),
        ("'doubt' <> commitment and sentiment > 2", ["doubt"]),
        ("commitment in ('doubts', 'leaves')", ["leaves"]),
        ("mobile = 'true'", ["true"]),
        ("commitment = 'doubts' or mobile = 'no'", []),
        ("case when commitment = 'stays' then true else mobile = 'y' end", ["stays", "y"]),
    ],
)
def test_a_condition_over_a_word_that_cannot_be_answered(condition: str, words: list[str]) -> None:
    """In an override, a flag, an applicability and a formula; each finding at its own line."""
    text = edited(
        "    tiers:",
        f'    overrides: [{{when: "{condition}", cap: 50, because: x}}]\n    tiers:',
    )
    text = text.replace("[5, 100]]}", f'[5, 100]], applies_if: "{condition}"}}')
    text = text.replace("metrics:\n", f'metrics:\n  formula: {{expr: "{condition}"}}\n')
    text += f'flags: {{f: {{when: "{condition}", because: x}}}}\n'
    found = load_text(text).warnings
    assert {(item.severity, item.code) for item in found} <= {("warning", "word")}
    lines = [number for number, line in enumerate(text.splitlines(), 1) if condition in line]
    assert len(lines) == 4
    assert sorted((item.line, item.message.split("’")[0][1:]) for item in found) == sorted(
        (line, word) for line in lines for word in words
    )


def test_an_input_that_nobody_reads_is_a_note() -> None:
    (found,) = load_text(edited("  due: {input: due}\n", "")).warnings
    assert (found.severity, found.code, found.line) == ("note", "unread", 8)


def test_ranges_are_held_against_what_can_be_answered() -> None:
    """1 to 5 are all whole numbers of the scale; without the last range 5 is a gap, and 6 never is."""
    scale = 'ranges: [["1-2", 0], ["3-4", 50], ["5", 100]]'
    assert load_text(edited("curve: [[1, 0], [5, 100]]", scale)).warnings == ()
    found = load_text(edited("curve: [[1, 0], [5, 100]]", 'ranges: [["1-2", 0], ["3-4", 50]]')).warnings[-1]
    assert found.code == "gap"
