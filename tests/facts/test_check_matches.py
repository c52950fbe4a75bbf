"""What check says of id maps and of what they do not match: each planted alone, with its count."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.facts.folder import DAY, facts_of

MODEL = """
model: matched
entities:
  account:
    {table: accounts, key: account_id, name: name, value: arr, ids: {table: ids, systems: [billing, shop, domain]}}
tables:
  ids: {}
  invoices: {account: {billing: customer_no}, time: at}
  orders: {account: [{shop: shop_no}, account_id], time: at}
  mails: {account: {domain: sender}, time: at}
metrics:
  paid: {sum: invoices.amount}
  orders: {count: orders}
  mails: {count: mails}
"""
ACCOUNTS = """account_id,name,arr
A1,Acme Incorporated,12000
A2,Beta & Sons GmbH,900
A3,Gamma Logistics,
A4,"Acme, Inc.",50
"""
FILES = {
    "accounts.csv": ACCOUNTS,
    "ids.csv": "account_id,system,id\nA1,billing,C-1\nA2,billing,0042\nA3,domain,gamma.io\n",
    "invoices.csv": "customer_no,at,amount\nC-1,2026-06-30,5\n",
    "orders.csv": "shop_no,account_id,at\n,A1,2026-06-30\n",
    "mails.csv": "sender,at\nx@gamma.io,2026-06-30\n",
}


def said(tmp_path: Path, model: str = MODEL, **added: str) -> list[str]:
    """What check finds where these rows are added to the tables."""
    files = dict(FILES)
    for name, text in added.items():
        files[f"{name}.csv"] += text
    return [
        f"{item.code}: {item.severity}: {item.file}: {item.message}"
        for item in facts_of(tmp_path, files, model).check(DAY)
    ]


def test_all_that_is_matched_has_no_findings(tmp_path: Path) -> None:
    assert said(tmp_path) == []


def test_what_matches_nothing_is_listed_with_its_volume_and_amount(tmp_path: Path) -> None:
    rows = "X-9,2026-06-29,100\nX-9,2026-06-28,100\nX-8,2026-06-29,1.5\n,2026-06-29,7\n"
    assert said(tmp_path, invoices=rows) == [
        (
            "no-id: warning: data/invoices.csv: 1 row (20.0 %) without ‘customer_no’: nobody's, so it counts for no "
            "account."
        ),
        (
            "unmatched: warning: data/invoices.csv: 3 rows (60.0 %) of 2 ids that the id map does not have, "
            "first billing "
            "‘X-9’ with 2 rows, billing ‘X-8’ with 1 row, 202 of amount in all: they count for no account."
        ),
    ]


def test_a_table_of_which_nothing_matches_is_an_error(tmp_path: Path) -> None:
    model = MODEL.replace("{billing: customer_no}", "{shop: customer_no}")
    found = said(tmp_path, model)
    assert found[0].startswith("unmatched: error: ")


def matches(found: list[str]) -> list[str]:
    return [line.removeprefix("match: note: data/ids.csv: ") for line in found if line.startswith("match")]


def test_the_same_id_in_another_writing(tmp_path: Path) -> None:
    found = matches(said(tmp_path, invoices=" c-1,2026-06-29,1\n42,2026-06-29,1\n42,2026-06-29,1\n"))
    assert found == [
        (
            "billing ‘42’ (2 rows of invoices) may be ‘A2’ (Beta & Sons GmbH, 900 a year): the same without "
            "leading zeros, "
            "nearly sure. If so, add to ids (account_id,system,id) the line: A2,billing,42"
        ),
        (
            "billing ‘ c-1’ (1 row of invoices) may be ‘A1’ (Acme Incorporated, 12,000 a year): the same written "
            "in the same "
            "case, nearly sure. If so, add to ids (account_id,system,id) the line: A1,billing, c-1"
        ),
    ]


def test_the_same_id_elsewhere_and_the_key_itself(tmp_path: Path) -> None:
    found = matches(said(tmp_path, orders="C-1,,2026-06-29\nA3,,2026-06-29\n"))
    assert [line.split(" (")[0] for line in found] == ["shop ‘A3’", "shop ‘C-1’"]
    assert "may be ‘A3’ (Gamma Logistics): the same without the spaces around them, nearly sure" in found[0]
    assert "may be ‘A1’ (Acme Incorporated, 12,000 a year): the same id elsewhere, likely" in found[1]


def test_the_same_name_of_a_company_with_several_that_could_be_meant(tmp_path: Path) -> None:
    found = matches(said(tmp_path, invoices="ACME,2026-06-29,1\nbeta and sons,2026-06-29,1\nBeta Sons,2026-06-29,1\n"))
    assert found == [
        (
            "billing ‘ACME’ (1 row of invoices) may be ‘A1’ (Acme Incorporated, 12,000 a year) or ‘A4’ (Acme, "
            "Inc., 50 a "
            "year): the same name of a company, likely. Only one of them can be meant, so ask."
        ),
        (
            "billing ‘Beta Sons’ (1 row of invoices) may be ‘A2’ (Beta & Sons GmbH, 900 a year): the same name "
            "of a company, "
            "likely. If so, add to ids (account_id,system,id) the line: A2,billing,Beta Sons"
        ),
    ]


def test_a_domain_below_a_known_one_and_one_that_is_a_name(tmp_path: Path) -> None:
    found = matches(said(tmp_path, mails="a@mail.gamma.io,2026-06-29\nb@beta-sons.co.uk,2026-06-29\n"))
    assert [line.split(". If")[0] for line in found] == [
        (
            "domain ‘beta-sons.co.uk’ (1 row of mails) may be ‘A2’ (Beta & Sons GmbH, 900 a year): the same name "
            "of a "
            "company, likely"
        ),
        "domain ‘mail.gamma.io’ (1 row of mails) may be ‘A3’ (Gamma Logistics): a domain below one of it, likely",
    ]


def test_names_spelled_nearly_alike_are_a_guess_and_codes_are_none(tmp_path: Path) -> None:
    found = matches(said(tmp_path, invoices="Gama Logistics,2026-06-29,1\nC-2,2026-06-29,1\n0043,2026-06-29,1\n"))
    (line,) = found
    assert line.startswith(
        "billing ‘Gama Logistics’ (1 row of invoices) may be ‘A3’ (Gamma Logistics): spelled nearly alike, a guess."
    )


def test_a_proposal_is_a_row_that_counts_once_it_is_added(tmp_path: Path) -> None:
    assert said(tmp_path, invoices="42,2026-06-29,1\n", ids="A2,billing,42\n") == []


def test_freemail_is_named_in_the_rows_and_in_the_map(tmp_path: Path) -> None:
    assert said(tmp_path, mails="a@gmail.com,2026-06-29\nb@WEB.de,2026-06-29\n", ids="A1,domain,Gmail.com\n") == [
        (
            "freemail: warning: data/ids.csv: 1 domain of freemail in the map, such as ‘gmail.com’: anybody can "
            "have an "
            "address there, so no row is matched by it; remove it."
        ),
        (
            "freemail: warning: data/mails.csv: freemail: 2 rows (66.7 %) with an address that anybody can have "
            "(‘sender’), "
            "not matched, so it counts for no account."
        ),
    ]


def test_rows_of_the_map_that_say_nothing(tmp_path: Path) -> None:
    found = said(tmp_path, ids="A1,biling,7\nA1,,8\nA9,billing,9\n,billing,10\n")
    assert found == [
        "no-id: warning: data/ids.csv: 1 row (14.3 %) without ‘system’ or ‘id’: they say of no id what it stands for.",
        (
            "unknown-system: warning: data/ids.csv: 1 row (14.3 %) of the system ‘biling’, which `systems` of "
            "the model does "
            "not name, so nothing reads them. Did you mean ‘billing’?"
        ),
        (
            "orphan: warning: data/ids.csv: 1 row (14.3 %) of 1 account that accounts does not have "
            "(account_id), such as "
            "‘A9’, so it counts for no account."
        ),
        (
            "no-target: note: data/ids.csv: 1 row (14.3 %) without ‘account_id’: from then on their ids stand "
            "for no account."
        ),
    ]


def test_rows_of_an_id_that_was_given_to_nobody_are_no_finding(tmp_path: Path) -> None:
    found = said(tmp_path, ids=",billing,X-9\n", invoices="X-9,2026-06-29,1\n")
    assert [line.split(":")[0] for line in found] == ["no-target"]


def test_rows_before_the_first_day_of_their_id(tmp_path: Path) -> None:
    files = FILES | {"ids.csv": "account_id,system,id,since\nA1,billing,C-1,2026-06-30\nA3,domain,gamma.io,\n"}
    files["invoices.csv"] += "C-1,2026-06-29,1\n"
    model = MODEL.replace("systems: [billing", "valid_from: since, systems: [billing")
    (found,) = facts_of(tmp_path, files, model).check(DAY)
    assert found.message == (
        "1 row (50.0 %) of 1 id lie before the day from which the map has them, such as billing ‘C-1’ from "
        "2026-06-30 on; "
        "a row with an empty day holds always."
    )


def test_a_proposed_line_says_when_it_was_learned(tmp_path: Path) -> None:
    files = FILES | {
        "ids.csv": "id,account_id,learned_on,system\nC-1,A1,2026-01-01,billing\ngamma.io,A3,2026-01-01,domain\n"
    }
    files["invoices.csv"] += '"C-1,0",2026-06-29,1\nc-1,2026-06-29,1\n'
    facts = facts_of(tmp_path, files, MODEL.replace("ids: {}", "ids: {known: learned_on}"))
    (found,) = [item.message for item in facts.check(DAY) if item.code == "match"]
    assert found.endswith("add to ids (id,account_id,learned_on,system) the line: c-1,A1,2026-06-30,billing")


def test_rows_of_the_map_that_nobody_learned_are_counted(tmp_path: Path) -> None:
    rows = (
        "account_id,system,id,learned_on\nA1,billing,C-1,2026-01-01\nA2,billing,0042,\nA3,domain,gamma.io,2026-01-01\n"
    )
    facts = facts_of(tmp_path, FILES | {"ids.csv": rows}, MODEL.replace("ids: {}", "ids: {known: learned_on}"))
    found = [item.message for item in facts.check(DAY) if item.code == "no-known"]
    assert found == ["1 row (33.3 %) without ‘learned_on’: that was never learned, and it never counts."]


def test_ids_of_merged_accounts_are_known(tmp_path: Path) -> None:
    """A1 is no longer in the list of accounts: its rows are A2's, so they are of somebody."""
    files = FILES | {"accounts.csv": ACCOUNTS.replace("A1,Acme Incorporated,12000\n", "")}
    assert [item.code for item in facts_of(tmp_path, files, MODEL).check(DAY)] == ["orphan", "orphan"]
    files["ids.csv"] += "A2,account,A1\n"
    assert facts_of(tmp_path, files, MODEL).check(DAY) == []


def test_what_the_map_must_not_say_is_found_and_the_rest_still_checked(tmp_path: Path) -> None:
    two = said(tmp_path, ids="A2,billing,C-1\n", invoices=",2026-06-29,1\n")
    assert two == [
        (
            "two-targets: error: data/ids.csv: billing ‘C-1’ stands for ‘A1’ and for ‘A2’, both always; leave "
            "the row that "
            "is meant, or give the later its day."
        ),
    ]
    circle = said(tmp_path, ids="A2,account,A1\nA1,account,A2\n")
    assert [line.split(":")[0] for line in circle] == ["id-cycle"]


def test_a_map_that_is_not_there(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "ids.csv"}
    facts = facts_of(tmp_path, files | {"idz.csv": FILES["ids.csv"]}, MODEL)
    (found,) = facts.check(date(2026, 6, 30))
    assert (found.severity, found.code) == ("error", "no-map")
    assert found.message.startswith("nothing named ‘ids’ is in the source ‘data’. Did you mean ‘idz’?")


def test_whoever_goes_on_as_one_that_has_ended_is_named(tmp_path: Path) -> None:
    ended = ACCOUNTS.replace("arr\n", "arr,ended_on\n").replace("12000\n", "12000,2026-06-01\n")
    ended = ended.replace("900\n", "900,\n").replace("Logistics,\n", "Logistics,,\n").replace(",50\n", ",50,\n")
    files = FILES | {"accounts.csv": ended, "ids.csv": FILES["ids.csv"] + "A1,account,A2\n"}
    model = MODEL.replace("value: arr", "until: ended_on, value: arr")
    (found,) = facts_of(tmp_path, files, model).check(DAY)
    assert found.message == (
        "1 account without an end goes on as one that does not live on 2026-06-30, such as ‘A2’ as ‘A1’: not scored."
    )
