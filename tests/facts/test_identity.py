"""Whose an id is: maps by hand, with every expected count worked out beside it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from keepwell.errors import FactsError
from keepwell.facts.freemail import FREEMAIL
from keepwell.facts.moment import Moment
from keepwell.scoring.metrics import compute_metrics
from tests.facts.folder import facts_of, rows

MODEL = """
model: many
entities:
  account:
    table: accounts
    key: account_id
    from: started_on
    parent: parent_id
    ids: {table: ids, systems: [billing, domain], id: other_id, valid_from: since, life: own}
  contact: {table: contacts, key: contact_id, in: account}
tables:
  ids: {known: learned_on}
  contacts: {account: {domain: email}}
  invoices: {account: {billing: customer_no}, time: at, known: learned}
  logins: {account: account_id, time: at}
  mails: {account: {domain: sender}, time: at}
  mixed: {account: [{billing: customer_no}, account_id], time: at}
metrics:
  children: {count: children}
"""
METRICS = {
    "invoices": "invoices: {count: invoices}\npaid: {sum: invoices.amount}",
    "logins": """logins: {count: logins}
logins_28d: {count: logins, over: 28 days}
trend: {change: logins_28d, against: 28 days ago, as: difference}
first_steps: {count: logins, over: first 30 days}""",
    "mails": "mails: {count: mails}",
    "mixed": "mixed: {count: mixed}",
    "contacts": "people: {count: contact}",
}
"""Metrics over each table; those of tables without a row are left out of a test."""

ACCOUNTS = "account_id,started_on,parent_id\nA,2024-01-01,\nB,2025-01-01,A\nC,2026-01-01,B\n"
MAP = "account_id,system,other_id,since,learned_on\n"
EMPTY = {
    "contacts.csv": "contact_id,email\n",
    "invoices.csv": "customer_no,at,learned,amount\n",
    "logins.csv": "account_id,at\n",
    "mails.csv": "sender,at\n",
    "mixed.csv": "customer_no,account_id,at\n",
}
JUNE = date(2026, 6, 30)


def metrics(
    tmp_path: Path, map_: str, day: date = JUNE, known_by: date | None = None, model: str = MODEL, **tables: str
) -> dict[str, dict[str, Any]]:
    """Account → metric → number. `tables`: the rows of each, below its header."""
    files = {"accounts.csv": ACCOUNTS, "ids.csv": MAP + map_, **EMPTY}
    files |= {f"{name}.csv": EMPTY[f"{name}.csv"] + text for name, text in tables.items()}
    own = "".join(f"  {line}\n" for name in tables for line in METRICS[name].splitlines())
    facts = facts_of(tmp_path, files, f"{model}{own}")
    found: dict[str, dict[str, Any]] = {}
    for row in rows(compute_metrics(facts.model, facts, Moment(day, known_by or day)).rows):
        found.setdefault(row["id"], {})[row["metric"]] = row["number"]
    return found


def of(found: dict[str, dict[str, Any]], metric: str) -> dict[str, Any]:
    return {account: values[metric] for account, values in sorted(found.items())}


# ---- What an id of another system means


def test_an_id_means_the_account_of_the_rows_own_time(tmp_path: Path) -> None:
    """7 is A's until 2026-03-01 and B's from then on: the split leaves the past where it was."""
    map_ = "A,billing,7,,2024-01-01\nB,billing,7,2026-03-01,2026-03-01\n"
    invoices = "7,2026-02-28 23:59,2026-02-28,10\n7,2026-03-01,2026-03-01,1\n7,2026-04-01,2026-04-01,2\n"
    found = metrics(tmp_path, map_, invoices=invoices)
    assert of(found, "invoices") == {"A": 1, "B": 2, "C": None}
    assert of(found, "paid") == {"A": 10, "B": 3, "C": None}


def test_an_id_that_the_map_does_not_have_is_nobodys_even_where_an_account_is_called_so(tmp_path: Path) -> None:
    found = metrics(
        tmp_path, "A,billing,7,,2024-01-01\n", invoices="A,2026-03-01,2026-03-01,1\n7 ,2026-03-01,2026-03-01,1\n"
    )
    assert of(found, "invoices") == {"A": None, "B": None, "C": None}


def test_a_row_from_before_the_first_day_of_its_id_is_nobodys(tmp_path: Path) -> None:
    found = metrics(tmp_path, "A,billing,7,2026-03-01,2024-01-01\n", invoices="7,2026-02-28,2026-02-28,1\n")
    assert of(found, "invoices")["A"] is None


def test_an_id_can_be_given_to_nobody(tmp_path: Path) -> None:
    map_ = "A,billing,7,,2024-01-01\n,billing,7,2026-03-01,2026-03-01\n"
    found = metrics(tmp_path, map_, invoices="7,2026-02-01,2026-02-01,1\n7,2026-03-01,2026-03-01,1\n")
    assert of(found, "invoices") == {"A": 1, "B": None, "C": None}


def test_the_first_column_that_answers_decides(tmp_path: Path) -> None:
    """Billing knows 7 as A, whatever stands beside it; 8 is unknown, so the key beside it counts; an empty one too."""
    found = metrics(
        tmp_path, "A,billing,7,,2024-01-01\n", mixed="7,B,2026-03-01\n8,B,2026-03-01\n,C,2026-03-01\n8,,2026-03-01\n"
    )
    assert of(found, "mixed") == {"A": 1, "B": 1, "C": 1}


# ---- What was known when


def test_a_mapping_that_was_learned_later_moves_no_earlier_score(tmp_path: Path) -> None:
    """B's invoice is known to be B's from 5 June on. Before that it is nobody's, unless judged by later knowledge."""
    map_ = "A,billing,7,,2024-01-01\nB,billing,8,,2026-06-05\n"
    invoices = "7,2026-03-01,2026-03-01,1\n8,2026-03-01,2026-03-01,1\n"
    fourth, fifth = date(2026, 6, 4), date(2026, 6, 5)
    assert of(metrics(tmp_path, map_, fourth, invoices=invoices), "invoices") == {"A": 1, "B": None, "C": None}
    assert of(metrics(tmp_path, map_, fifth, invoices=invoices), "invoices") == {"A": 1, "B": 1, "C": None}
    assert of(metrics(tmp_path, map_, fourth, fifth, invoices=invoices), "invoices") == {"A": 1, "B": 1, "C": None}


def test_a_correction_replaces_what_it_corrects_from_when_it_was_learned(tmp_path: Path) -> None:
    map_ = "A,billing,7,2026-01-01,2026-01-01\nB,billing,7,2026-01-01,2026-05-01\n"
    invoices = "7,2026-03-01,2026-03-01,1\n"
    assert of(metrics(tmp_path, map_, date(2026, 4, 30), invoices=invoices), "invoices")["A"] == 1
    assert of(metrics(tmp_path, map_, date(2026, 5, 1), invoices=invoices), "invoices") == {
        "A": None,
        "B": 1,
        "C": None,
    }


# ---- Merges, successors


MERGED = "A,account,B,2026-05-01,2026-05-03\n"
LOGINS = "A,2026-04-30\nB,2025-06-01\nB,2026-04-01\nB,2026-05-02\n"


def test_from_a_merge_on_all_facts_are_the_others(tmp_path: Path) -> None:
    """A has one login of its own, B three: two before the merge and one under its old key after it."""
    assert of(metrics(tmp_path, MERGED, date(2026, 4, 30), logins=LOGINS), "logins") == {"A": 1, "B": 2, "C": None}
    assert of(metrics(tmp_path, MERGED, date(2026, 5, 2), logins=LOGINS), "logins") == {"A": 1, "B": 3, "C": None}
    assert of(metrics(tmp_path, MERGED, date(2026, 5, 3), logins=LOGINS), "logins") == {"A": 4, "C": None}
    later = date(2026, 5, 3)
    assert of(metrics(tmp_path, MERGED, date(2026, 5, 1), later, logins=LOGINS), "logins") == {"A": 3, "C": None}


def test_a_trend_across_a_merge_has_both_accounts_on_both_sides(tmp_path: Path) -> None:
    """On 20 May: A 30 April and B 2 May in the last 28 days; B's of 1 April in the 28 before. 2 − 1."""
    assert of(metrics(tmp_path, MERGED, date(2026, 5, 20), logins=LOGINS), "trend")["A"] == 1


def test_ids_of_the_merged_lead_to_the_other(tmp_path: Path) -> None:
    map_ = MERGED + "B,billing,8,,2024-01-01\n"
    invoices = "8,2026-03-01,2026-03-01,1\n8,2026-06-01,2026-06-01,1\n"
    assert of(metrics(tmp_path, map_, invoices=invoices), "invoices") == {"A": 2, "C": None}


def test_children_of_the_merged_are_the_others_and_nobody_is_its_own_child(tmp_path: Path) -> None:
    """C is B's child, and B is A's. B in A: C is A's. A in B: B, whose parent it was, has no parent, and C below."""
    assert of(metrics(tmp_path, ""), "children") == {"A": 1, "B": 1, "C": 0}
    assert of(metrics(tmp_path, MERGED), "children") == {"A": 1, "C": 0}
    assert of(metrics(tmp_path, "B,account,A,,2024-01-01\n"), "children") == {"B": 1, "C": 0}


def test_a_chain_leads_to_its_end(tmp_path: Path) -> None:
    map_ = "B,account,A,2026-05-01,2026-05-01\nC,account,B,2026-05-01,2026-05-01\n"
    assert of(metrics(tmp_path, map_, logins=LOGINS), "logins") == {"C": 4}


def test_a_long_chain_leads_to_its_end(tmp_path: Path) -> None:
    names = [f"N{number:03}" for number in range(100)]
    links = "".join(f"{after},account,{before},,2024-01-01\n" for before, after in pairwise(names))
    found = metrics(tmp_path, links + "A,account,N099,,2024-01-01\n", logins="N000,2026-05-01\nN050,2026-05-01\n")
    assert of(found, "logins")["A"] == 2


def test_a_merge_can_be_undone(tmp_path: Path) -> None:
    map_ = MERGED + "B,account,B,2026-06-01,2026-06-01\n"
    assert of(metrics(tmp_path, map_, date(2026, 5, 31), logins=LOGINS), "logins") == {"A": 4, "C": None}
    assert of(metrics(tmp_path, map_, date(2026, 6, 1), logins=LOGINS), "logins") == {"A": 1, "B": 3, "C": None}


def test_an_account_can_go_on_as_nobody(tmp_path: Path) -> None:
    assert of(metrics(tmp_path, ",account,B,2026-05-01,2026-05-01\n", logins=LOGINS), "logins") == {"A": 1, "C": None}


@pytest.mark.parametrize(("life", "tenure", "steps"), [("own", 180, 0), ("first", 545, 1)])
def test_whose_beginning_counts_for_a_successor_is_a_stated_choice(
    tmp_path: Path, life: str, tenure: int, steps: int
) -> None:
    """C (2026-01-01) goes on for B (2025-01-01): 180 and 545 days before 30 June 2026; B's login of 20 January 2025."""
    model = MODEL.replace("life: own", f"life: {life}")
    found = metrics(tmp_path, "C,account,B,2026-01-01,2026-01-01\n", model=model, logins="B,2025-01-20\nA,2026-06-01\n")
    assert of(found, "tenure_days") == {"A": 911, "C": tenure}
    assert found["C"]["first_steps"] == steps
    assert found["C"]["logins"] == 1


# ---- E-mail domains


def test_a_domain_is_that_of_the_address_in_any_capitals_and_freemail_is_nobodys(tmp_path: Path) -> None:
    map_ = "A,domain,Acme.com,,2024-01-01\nB,domain,gmail.com,,2024-01-01\nC,domain,c@beta.io,,2024-01-01\n"
    mails = "Ann <ann@acme.COM>,2026-05-01\nbob@mail.acme.com,2026-05-01\ncy@gmail.com,2026-05-01\nbeta.io,2026-05-01\n"
    assert of(metrics(tmp_path, map_, mails=mails), "mails") == {"A": 1, "B": None, "C": 1}


def test_contacts_belong_to_the_account_of_their_domain_on_the_day(tmp_path: Path) -> None:
    map_ = "A,domain,acme.com,,2024-01-01\nB,domain,acme.com,2026-06-15,2024-01-01\nC,account,B,2026-06-20,2024-01-01\n"
    contacts = "1,a@acme.com\n2,b@acme.com\n3,c@web.de\n4,\n"
    assert of(metrics(tmp_path, map_, date(2026, 6, 14), contacts=contacts), "people") == {"A": 2, "B": 0, "C": 0}
    assert of(metrics(tmp_path, map_, date(2026, 6, 15), contacts=contacts), "people") == {"A": 0, "B": 2, "C": 0}
    assert of(metrics(tmp_path, map_, date(2026, 6, 20), contacts=contacts), "people") == {"A": 0, "C": 2}


def test_the_list_of_freemail_has_the_usual_ones_and_is_well_formed() -> None:
    usual = "gmail.com outlook.com hotmail.com yahoo.com icloud.com gmx.de web.de proton.me qq.com 163.com mail.ru"
    assert set(usual.split()) <= FREEMAIL
    assert all(domain == domain.lower().strip(".") and "." in domain for domain in FREEMAIL)


# ---- What the map must not say


def refused(tmp_path: Path, map_: str, day: date = JUNE) -> str:
    with pytest.raises(FactsError) as caught:
        metrics(tmp_path, map_, day)
    return caught.value.message


def test_two_targets_at_once_are_an_error_that_names_both(tmp_path: Path) -> None:
    map_ = "A,billing,7,2026-01-01,2026-01-01\nB,billing,7,2026-01-01,2026-01-01\n"
    assert refused(tmp_path, map_) == (
        "data/ids.csv: billing ‘7’ stands for ‘A’ and for ‘B’, both from 2026-01-01 on; leave the row that is "
        "meant, or give the later its day."
    )
    assert metrics(tmp_path, map_, date(2025, 12, 31))  # what does not hold yet hinders no earlier day


def test_the_same_row_twice_is_no_contradiction(tmp_path: Path) -> None:
    row = "A,billing,7,,2024-01-01\n"
    assert of(metrics(tmp_path, row + row, invoices="7,2026-03-01,2026-03-01,1\n"), "invoices")["A"] == 1


def test_a_circle_is_an_error_that_names_its_accounts(tmp_path: Path) -> None:
    circle = "B,account,A,2026-01-01,2026-01-01\nC,account,B,2026-02-01,2026-02-01\nA,account,C,2026-03-01,2026-03-01\n"
    assert refused(tmp_path, circle + "A,account,X,,2024-01-01\n") == (
        "data/ids.csv: these go on as each other in a circle: ‘A’ → ‘B’ → ‘C’ → ‘A’; remove the row that is wrong."
    )
    assert set(metrics(tmp_path, circle, date(2026, 2, 28))) == {"C"}


def test_a_map_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS, **EMPTY}, MODEL)
    with pytest.raises(FactsError) as caught:
        compute_metrics(facts.model, facts, Moment(JUNE, JUNE))
    assert caught.value.message.startswith("nothing named ‘ids’ is in the source ‘data’.")
    assert caught.value.message.endswith("It is the id map of account, and without it nothing is matched.")


def test_several_columns_of_own_keys_need_no_map(tmp_path: Path) -> None:
    """The first that is not empty says whose the row is."""
    model = """
model: plain
entities: {account: {table: accounts, key: account_id}}
tables: {calls: {account: [buyer, user], time: at}}
metrics: {calls: {count: calls}}
"""
    calls = "buyer,user,at\nA,B,2026-06-01\n,B,2026-06-01\n,,2026-06-01\nA,,2026-06-01\n"
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS, "calls.csv": calls}, model)
    told = rows(compute_metrics(facts.model, facts, Moment(JUNE, JUNE)).rows)
    found = {row["id"]: row["number"] for row in told if row["metric"] == "calls"}
    assert found == {"A": 2, "B": 1, "C": None}
    assert [item.message for item in facts.check(JUNE) if item.code == "no-id"] == [
        "1 row (25.0 %) without ‘buyer or user’: nobody's, so it counts for no account."
    ]


def test_another_level_may_have_a_map_of_its_own(tmp_path: Path) -> None:
    """Contact 2 was entered twice and goes on as 1; the chat calls 1 ‘ann’. Three events of hers, and one contact."""
    model = """
model: people
entities:
  account: {table: accounts, key: account_id}
  contact:
    table: contacts
    key: contact_id
    in: account
    ids: {table: contact_ids, systems: [chat]}
tables:
  events: {account: account_id, contact: [{chat: nick}, contact_id], time: at}
metrics:
  events: {for: contact, count: events}
  people: {count: contact}
  busiest: {max: contact.events}
"""
    files = {
        "contacts.csv": "contact_id,account_id\n1,A\n2,A\n3,B\n",
        "contact_ids.csv": "contact_id,system,id\n1,contact,2\n1,chat,ann\n",
        "events.csv": "account_id,nick,contact_id,at\nA,ann,,2026-06-01\nA,,2,2026-06-01\nA,,1,2026-06-01\n"
        "B,,3,2026-06-01\n",
    }
    facts = facts_of(tmp_path, {"accounts.csv": ACCOUNTS, **files}, model)
    found = {
        (row["id"], row["metric"]): row["number"]
        for row in rows(compute_metrics(facts.model, facts, Moment(JUNE, JUNE)).rows)
    }
    assert [found[account, "people"] for account in "ABC"] == [1, 1, 0]
    assert [found[account, "busiest"] for account in "ABC"] == [3, 1, None]
    assert facts.check(JUNE) == []
