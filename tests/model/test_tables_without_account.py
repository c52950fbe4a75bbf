"""A table that names no entity is about nobody in particular; one that names another level is still a mistake."""

from __future__ import annotations

from tests.model.mistakes import said_of, sound

LOGINS = "logins: {account: account_id, time: at}"
CONTACT = ("entities:\n", "entities:\n  contact: {table: contacts, key: id, in: account}\n")


def test_a_table_that_names_no_entity_gives_one_value_for_all() -> None:
    model = sound(LOGINS, "logins: {time: at}").model
    assert model.holds_for_all("logins")
    assert not model.holds_for_all("tickets")


def test_a_table_of_another_level() -> None:
    said = said_of(*CONTACT, LOGINS, "logins: {contact: contact_id, time: at}")
    assert said == ("model.yaml:9: logins has no column for account; add `account: column` to the table.")


def test_an_entity_s_own_table_is_about_its_entities() -> None:
    model = sound("metrics:\n", "  accounts: {time: at}\nmetrics:\n").model
    assert not model.holds_for_all("accounts")


def test_it_still_needs_a_time() -> None:
    said = said_of(LOGINS, "logins: {}")
    assert said.endswith("logins says nowhere when its facts happened; add `time: column` to the table.")
