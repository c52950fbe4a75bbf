"""What the team did for accounts, and when."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from keepwell.facts import Facts, as_id
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import Moment


def done(facts: Facts, table: str, last: date) -> ir.Table:
    """account, day: each account and day with an intervention, as known at the end of the last day."""
    moment = Moment(last, last)
    rows = facts.owned(facts.seen(table, moment), table, "account", moment)
    time = rows[facts.model.tables[table].time or ""]
    found = rows.select(account=as_id(rows[OWNER]), day=time.date()).distinct()
    return found.filter(found.account.notnull(), found.day.notnull(), found.day <= last)
