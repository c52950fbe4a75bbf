"""Words of the model that stand for other words of the data; the ways in which they must not be guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.misspelt import misspelt

MODEL = """\
model: acme
entities:
  account: {table: accounts, key: account_id}
tables:
  events: {account: account_id, time: at, where: "source <> 'internal'"}
metrics:
  kyc: {attribute: kyc}
  kind: {last: events.kind}
  kind_before: {past: kind, ago: 28 days}
  segment: {attribute: segment}
  logins: {count: events, where: "kind = 'login'"}
  own: {expr: "kind_before in ('login')"}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      kyc: {metric: kyc, map: [[verified, 100], [else, 0]], stale: {values: [[pending, 30 days]]}}
      kind: {metric: kind, by: segment, cases: [{at: retail, map: [[login, 50], [else, 0]]}], map: [[else, 1]]}
    overrides: [{when: "kyc = 'rejected'", cap: 20, because: x}]
"""
ACCOUNTS = "account_id,kyc,segment\nA,verified,retail\nB,rejected,wholesale\nC,pending,retail\nD,,\n"
EVENTS = "account_id,at,kind,source\nA,2026-06-01,login,app\nB,2026-06-02,logout,internal\n"


def said(folder: Path, *changes: str, accounts: str = ACCOUNTS, events: str = EVENTS) -> list[str]:
    text = MODEL
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "data").mkdir()
    (folder / "keepwell.yaml").write_text("workspace: acme\nas_of: 2026-06-30\n", encoding="utf-8")
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    (folder / "data" / "accounts.csv").write_text(accounts, encoding="utf-8")
    (folder / "data" / "events.csv").write_text(events, encoding="utf-8")
    with open_workspace(folder) as workspace:
        return [str(item) for item in misspelt(workspace.loaded, workspace.facts)]


def test_words_that_the_data_has(tmp_path: Path) -> None:
    assert said(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("[[verified,", "[[verifed,", 17, "no row of accounts.kyc has ‘verifed’. Did you mean ‘verified’?"),
        ("[[pending,", "[[Pending,", 17, "no row of accounts.kyc has ‘Pending’. Did you mean ‘pending’?"),
        ("at: retail", "at: retial", 18, "no row of accounts.segment has ‘retial’. Did you mean ‘retail’?"),
        ("'rejected'", "'rejectd'", 19, "no row of accounts.kyc has ‘rejectd’. Did you mean ‘rejected’?"),
        ("in ('login')", "in ('logout', 'log-in')", 12, "no row of events.kind has ‘log-in’. Did you mean ‘login’?"),
        ("where: \"kind = 'login'", "where: \"kind = 'logine'", 11, None),
        ("<> 'internal'", "<> 'interal'", 5, "no row of events.source has ‘interal’. Did you mean ‘internal’?"),
    ],
)
def test_a_slip_is_named_at_its_line(tmp_path: Path, old: str, new: str, line: int, told: str | None) -> None:
    """Of a map, of ages, of cases, of an override, of a formula over the past, of a metric and of a table."""
    left = ("[[login, 50], ", "[[other, 50], ", "in ('login')", "in ('other')") if told is None or "log" in told else ()
    changes = (old, new, *left) if "in (" not in old else (old, new, "[[login, 50], ", "[", "'login'", "'other'")
    told = told or "no row of events.kind has ‘logine’. Did you mean ‘login’?"
    assert said(tmp_path, *changes) == [f"model.yaml:{line}: warning: {told}"]


def test_one_word_at_two_places_is_two_findings(tmp_path: Path) -> None:
    found = said(tmp_path, "[[verified,", "[[verifed,", "'rejected'", "'verifed'")
    assert [line.split(":")[1] for line in found] == ["17", "19"]


@pytest.mark.parametrize(
    ("word", "there"),
    [
        ("verified", "unverified"), ("unverified", "verified"), ("team1", "team2"), ("plan a", "plan b"),
        ("EU", "EUR"), ("approved", "rejected"), ("inactive", "active"),
    ],
)  # fmt: skip
def test_another_word_is_no_slip(tmp_path: Path, word: str, there: str) -> None:
    """A word that does not occur today is no finding, nor one that belongs to a pair or a series."""
    accounts = ACCOUNTS.replace(",verified,", f",{there},")
    assert said(tmp_path, "[[verified,", f"[['{word}',", accounts=accounts) == []


def test_a_word_is_not_taken_for_one_that_the_model_names_too(tmp_path: Path) -> None:
    """`rejecter` is a category that nobody has today, beside `rejected`."""
    assert said(tmp_path, "[[verified, 100]", "[[verified, 100], [rejected, 7], [rejecter, 5]") == []


def test_a_column_of_very_many_words_is_left_alone(tmp_path: Path) -> None:
    """1,000 different words are compared, 1,001 are not: in so many everything is like something."""
    for extra, found in ((997, 1), (998, 0)):
        accounts = ACCOUNTS + "".join(f"X{number},w{number},\n" for number in range(extra))
        folder = tmp_path / str(extra)
        folder.mkdir()
        assert len(said(folder, "[[verified,", "[[verifed,", accounts=accounts)) == found


def test_numbers_have_no_words(tmp_path: Path) -> None:
    accounts = "account_id,kyc,segment\nA,1,retail\nB,2,retail\n"
    model = ("[[verified, 100], [else, 0]], stale: {values: [[pending, 30 days]]}", "[[x, 1]]",
             "\"kyc = 'rejected'\"", "\"segment = 'retial'\"")  # fmt: skip
    found = said(tmp_path, *model, accounts=accounts)
    assert [line.split(": ")[2] for line in found] == [
        "no row of accounts.segment has ‘retial’. Did you mean ‘retail’?"
    ]


def test_a_word_that_is_right_elsewhere_can_be_wrong_here(tmp_path: Path) -> None:
    (found,) = said(tmp_path, "\"kyc = 'rejected'\"", "\"segment = 'retial'\"")
    assert found == "model.yaml:19: warning: no row of accounts.segment has ‘retial’. Did you mean ‘retail’?"


def test_check_says_so(tmp_path: Path) -> None:
    said(tmp_path, "at: retail", "at: retial")
    found = [item for item in check_workspace(tmp_path) if item.code == "word"]
    assert [(item.severity, item.line) for item in found] == [("warning", 18)]


def test_the_workspace_without_the_table_says_nothing_of_its_words(tmp_path: Path) -> None:
    assert said(tmp_path, "table: accounts", "table: customers", "[[verified,", "[[verifed,") == []
