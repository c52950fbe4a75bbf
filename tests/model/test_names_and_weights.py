"""Names that would hide a column of the output, and weights that cannot be held exactly."""

from __future__ import annotations

import pytest

from keepwell.model.output import RESERVED
from tests.model.mistakes import edited, refused, said_of, sound

ATTRIBUTE = "  seat_use: {attribute: seat_use}"
GROUP = "seats: {weight: 2, metric: seat_use, curve: [[0.2, 0], [0.8, 100]]}"


@pytest.mark.parametrize("name", ["id", "ID", "tenure_days", "Tenure_Days", "today", "score", "Tier", "coverage"])
def test_a_metric_is_not_called_like_something_built_in(name: str) -> None:
    said = said_of(ATTRIBUTE, f"{ATTRIBUTE}\n  {name}: {{attribute: x}}")
    assert said == f"model.yaml:10: ‘{name}’ is built in; choose another name."


def test_two_metrics_do_not_differ_in_capitals_only() -> None:
    said = said_of(ATTRIBUTE, f"{ATTRIBUTE}\n  Seat_Use: {{attribute: x}}")
    assert said == "model.yaml:10: ‘Seat_Use’ differs from ‘seat_use’ only in capitals; choose another name."


def test_parts_may_differ_in_capitals_only() -> None:
    sound("seats: {", "Usage: {")


@pytest.mark.parametrize("name", [*sorted(RESERVED), "Score"])
def test_no_part_at_the_top_hides_a_column_of_the_output(name: str) -> None:
    said = said_of("seats: {", f"{name}: {{")
    assert said == f"model.yaml:14: ‘{name}’ is a column of every table of scores; choose another name for this part."


def test_a_part_further_down_has_no_column_of_its_own() -> None:
    sound(GROUP, f"deep: {{parts: {{value: {GROUP.removeprefix('seats: ')}}}}}")


@pytest.mark.parametrize(("fine", "other"), [("0.12345678901234567891", "1/3"), ("0.1234567891", "1"), ("1", "1e10")])
def test_weights_too_fine_to_be_held_exactly(fine: str, other: str) -> None:
    said = said_of("weight: 1,", f"weight: {fine},", "weight: 2,", f"weight: {other},")
    assert said.startswith(f"model.yaml:12: weights this fine cannot be held exactly (usage {fine}, seats ")
    assert said.endswith("); write fewer digits.")


@pytest.mark.parametrize("fine", ["0.123456789", "33.333333", "6/17", "999999999"])
def test_weights_that_are_fine_enough(fine: str) -> None:
    sound("weight: 1,", f"weight: {fine},", "weight: 2,", "weight: 1,")


@pytest.mark.parametrize("combine", ["mean", "min", "max"])
def test_a_group_in_which_nothing_has_weight(combine: str) -> None:
    said = said_of(
        "    parts:", f"    combine: {combine}\n    parts:", "weight: 1,", "weight: 0,", "weight: 2", "weight: 0"
    )
    assert said == "model.yaml:13: all weights here are 0 (usage 0, seats 0), so nothing would count."


OPEN = f"{ATTRIBUTE}\n  open: {{open: tickets, until: closed_at}}"


@pytest.mark.parametrize("how", ["happened", "{happened: true, known: loaded_at}"])
def test_the_end_of_what_is_open_has_happened(how: str) -> None:
    sound(ATTRIBUTE, OPEN, "closed_at: happened", f"closed_at: {how}")


def test_the_end_of_what_is_open_may_not_be_merely_known() -> None:
    said = said_of(ATTRIBUTE, OPEN, "closed_at: happened", "closed_at: {known: loaded_at}")
    assert said == (
        "model.yaml:10: so that closed_at cannot be seen before it happened, "
        "add `columns: {closed_at: {happened: true, known: loaded_at}}` to tickets."
    )


def test_a_comma_that_ended_an_expression() -> None:
    (said,) = refused(edited("{attribute: seat_use}", "{expr: logins_28d / nullif(seats, 0)}"))
    assert said == (
        "model.yaml:9: error: ‘0):’ has no value; if it is the end of an expression with a comma, write that in quotes."
    )
