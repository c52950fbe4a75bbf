"""Companies that ended an account and have another one: they did not leave."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts, as_id
from keepwell.facts.entities import BEGAN, ENDED, ID
from keepwell.facts.freemail import domain_of, is_freemail
from keepwell.facts.moment import Moment


def came_back(facts: Facts, ends: ir.Table, last: date, silence: int) -> ir.Table:
    """account, day: those of the ends (account, day) whose company has a new account by the last day.

    A new account is one of the same `evidence.company` that began after the old one, not longer than `back_within`
    before or after the end, and lives on beyond it. The end lasts from the outcome to the `until` of the account, where
    it is known; of an outcome by silence it begins with the last row, so many days earlier. Nothing counts that is
    not known on the last day: what is recognised later changes no judgement of an earlier one.
    """
    within, people = facts.model.evidence.back_within.days, _companies(facts, last)
    old = ends.select("account", "day").inner_join(people, "account")
    newest = old.day.max().over(group_by="account")  # several days may tell of one end, and each of many its own
    until = ibis.ifelse(old.day + ibis.interval(days=within) >= newest, old.ended, ibis.null("date"))
    old = old.mutate(opens=ibis.least(old.day, until.fill_null(old.day)) - ibis.interval(days=within + silence))
    old = old.mutate(over=ibis.greatest(old.day, until.fill_null(old.day)))
    new = people.filter(people.began <= last).rename(other="account", since="began", to="ended")
    both = old.inner_join(new, "company")
    near = (both.since >= both.opens) & (both.since <= both.over + ibis.interval(days=within))
    later = (both.since > both.began).fill_null(True) & (both.to.isnull() | (both.to > both.over))
    return both.filter(near, later, both.other != both.account).select("account", "day").distinct()


def _companies(facts: Facts, last: date) -> ir.Table:
    """account, company, began, ended of everybody of whom it is known which company it is, as known on a day."""
    people = facts.everybody("account", Moment(last, last))
    company = company_of(people[facts.model.evidence.company or ""])
    found = people.select(account=people[ID], company=company, began=people[BEGAN].date(), ended=people[ENDED].date())
    return found.filter(found.company.notnull())


def company_of(value: ir.Value) -> ir.StringValue:
    """What two accounts of one company share: the value without case and outer blanks, of an address its domain.

    NULL where there is none, or where anybody can have it: a free mail domain.
    """
    text = as_id(value).strip().lower()
    name = ibis.ifelse(text.contains("@"), domain_of(text), text)
    return ibis.ifelse((name == "") | is_freemail(name), ibis.null("string"), name)
