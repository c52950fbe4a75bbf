"""Who lives on a day, and a sentence about whoever does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts, as_id, fetch
from keepwell.facts.entities import BEGAN, ENDED, ID
from keepwell.facts.entities import lives as lives_of
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import Moment
from keepwell.scoring.metrics import Metrics


def nobody(facts: Facts, day: date) -> str:
    """Why no account lives on this day, as a sentence. For days on which none does."""
    table = facts.model.entities["account"].table
    lives = _lives(facts)
    found = fetch.rows(
        lives.aggregate(
            all=lives.count(),
            early=(lives.began.date() > ibis.literal(day)).sum().fill_null(0),
            first=lives.began.min(),
            last=lives.ended.max(),
        )
    )[0]
    if not found["all"]:
        return f"there is no account: {facts.intake(table).relation.origin} has no row with an id."
    if found["early"] == found["all"]:
        return f"no account lives on {day}: the first of {found['all']:,} begins on {found['first'].date()}."
    if not found["early"]:
        return f"no account lives on {day}: the last of {found['all']:,} ended on {found['last'].date()}."
    return f"no account lives on {day}: {found['early']:,} of {found['all']:,} begin later, the others have ended."


def absent(facts: Facts, metrics: Metrics, account: str) -> str | None:
    """Why an account that the data knows by this id does not live on the day of these metrics; None if it does.

    None, too, for an id that nobody ever had, unless nobody lives at all.
    """
    living, day = metrics.accounts, metrics.moment.as_of
    if fetch.rows(living.filter(living.id == account).select("id")):
        return None
    if said := _gone_on(facts, metrics, account):
        return said
    lives = _lives(facts)
    known = fetch.rows(lives.filter(lives.id == account).select("began", "ended"))
    if known:
        return f"account ‘{account}’ {_when(known[0], day)}, so there is no score of {day}."
    return None if fetch.rows(living.select("id").limit(1)) else nobody(facts, day)


def _gone_on(facts: Facts, metrics: Metrics, account: str) -> str | None:
    """That an account goes on as another one on the day of these metrics, as its id map says."""
    identity = facts.identity("account", metrics.moment)
    heirs = fetch.rows(identity.heirs.filter(identity.heirs.id == account)) if identity else []
    if not heirs:
        return None
    other = f"as ‘{heirs[0]['key']}’" if heirs[0]["key"] is not None else "as nobody"
    return f"account ‘{account}’ goes on {other} by the id map, so it has no score of {metrics.moment.as_of}."


def doubles(facts: Facts) -> str | None:
    """A sentence about accounts that stand in several rows where one is wanted; None where there are none."""
    entity = facts.model.entities["account"]
    if entity.valid_from is not None:
        return None
    rows = facts.feed(entity.table).rows
    ids = rows.select(id=as_id(rows[entity.key])).drop_null()
    sizes = ids.group_by("id").aggregate(rows=ids.count())
    twice = sizes.filter(sizes["rows"] > 1)
    found = fetch.rows(twice.aggregate(ids=twice.count(), first=twice.id.min()))[0]
    if not found["ids"]:
        return None
    many = f"{found['ids']:,} accounts stand" if found["ids"] > 1 else "1 account stands"
    origin = facts.intake(entity.table).relation.origin
    return (
        f"{origin}: {many} in more than one row, such as ‘{found['first']}’; one row was taken, see `keepwell check`."
    )


def of_strangers(facts: Facts, table: str, moment: Moment) -> str | None:
    """A sentence where a table has rows, and none of an account that anybody knows; None otherwise."""
    if "account" not in facts.feed(table).spec.ids:
        return None
    rows = facts.owned(facts.seen(table, moment), table, "account", moment)
    known = _lives(facts).select("id")
    if fetch.rows(rows.semi_join(known, rows[OWNER] == known.id).limit(1)) or not fetch.rows(rows.limit(1)):
        return None
    accounts = facts.intake(facts.model.entities["account"].table).relation.origin
    said = f"{facts.feed(table).origin}: no row is of an account that {accounts} has, so none of them counts"
    return f"{said}; see `keepwell check`."


def _when(life: dict[str, Any], day: date) -> str:
    if life["began"] is not None and life["began"].date() > day:
        return f"begins on {life['began'].date()}"
    return f"ended on {life['ended'].date()}" if life["ended"] is not None else "does not live then"


def _lives(facts: Facts) -> ir.Table:
    """id, began, ended of everybody who ever was an account."""
    found = lives_of(facts.feed(facts.model.entities["account"].table).rows, facts.model, "account")
    return found.select(id=ID, began=BEGAN, ended=ENDED)
