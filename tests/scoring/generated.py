"""Generated facts of one company, drawn from one seed: adversarial on purpose.

Times at midnight and one microsecond before it, on the edges of every window; numbers that land exactly on the edges of
bands; facts that became known late; accounts without data, not yet born, already gone, or changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

ACCOUNTS = 200
DAY = date(2026, 6, 30)
MIDNIGHT = datetime.combine(DAY, time())

Row = dict[str, Any]
Tables = dict[str, list[Row]]

WINDOWS = (1, 7, 28, 90)
"""Widths of windows, in days; facts cluster where they begin."""

AMOUNTS = tuple(map(Decimal, ("0", "0.1", "0.2", "0.3", "0.5", "1", "1.5", "2.5", "3", "10", "33.33", "-1", "99.99")))


def moments(random: Random, oldest: int = 200) -> datetime:
    """A time on one of the edges that matter, or anywhere; now and then in the future."""
    edges = [MIDNIGHT + timedelta(days=1 - width) for width in (*WINDOWS, 2, 8, 14, 35, 56)]
    near = [timedelta(0), timedelta(microseconds=-1), timedelta(microseconds=1), timedelta(hours=13)]
    if random.random() < 0.35:
        return random.choice(edges) + random.choice(near)
    when = MIDNIGHT + timedelta(seconds=random.randrange(-oldest * 86_400, 86_400))
    return when + timedelta(days=random.choice((1, 2, 30))) if random.random() < 0.03 else when


def later(random: Random, when: datetime) -> datetime:
    """When a fact became known: mostly at once, else hours to weeks later."""
    delay = random.choice((0, 0, 0, 0, 3_600, 86_400, 5 * 86_400, 40 * 86_400))
    return when + timedelta(seconds=delay)


def maybe(random: Random, value: Any, missing: float = 0.15) -> Any:
    return None if random.random() < missing else value


def accounts(random: Random, ids: Sequence[Any]) -> list[Row]:
    rows = []
    for account in ids:
        born = DAY - timedelta(days=random.choice((0, 1, 29, 30, 31, 89, 90, 400, 900, -1, -30)))
        born = DAY - timedelta(days=random.randrange(2_000)) if random.random() < 0.7 else born
        ended = DAY + timedelta(days=random.choice((0, 1, -1, 100))) if random.random() < 0.08 else None
        rows.append(
            {
                "account_id": account,
                "parent_id": maybe(random, random.choice(ids[:40]), 0.5),
                "started_on": maybe(random, born, 0.05),
                "ended_on": ended,
                "plan": maybe(random, random.choice(("basic", "pro", "Pro", "enterprise"))),
                "seats": maybe(random, random.choice((0, 1, 2, 4, 8, 10))),
                "arr": maybe(random, random.choice(AMOUNTS) * 100),
                "level": maybe(random, Decimal(random.choice((0, 2500, 3000, 5000, 5001, 7000, 10000))) / 100, 0.3),
                "active": maybe(random, random.random() < 0.6),
            }
        )
    return rows


def logins(random: Random, ids: Sequence[Any]) -> list[Row]:
    rows = []
    for account in some(random, ids, 0.8):
        for _ in range(random.choice((1, 2, 3, 5, 8, 20))):
            when = moments(random)
            rows.append(
                {
                    "account_id": account,
                    "user_id": maybe(random, f"{account}-u{random.randrange(4)}"),
                    "at": when,
                    "loaded_at": later(random, when),
                    "kind": maybe(random, random.choice(("login", "export", "it's %"))),
                    "amount": maybe(random, random.choice(AMOUNTS)),
                    "units": random.choice((0, 1, 2, 3)),
                }
            )
    return rows


def tickets(random: Random, ids: Sequence[Any]) -> list[Row]:
    rows = []
    for account in some(random, ids, 0.6):
        for _ in range(random.choice((1, 1, 2, 4))):
            opened = moments(random)
            closed = max(opened, moments(random)) if random.random() < 0.7 else None
            rows.append(
                {
                    "account_id": account,
                    "opened_at": opened,
                    "priority": maybe(random, random.choice(("low", "urgent"))),
                    "closed_at": closed,
                    "csat": random.choice((1, 2, 3, 4, 5, 0, 9, None)) if closed else None,
                }
            )
    return rows


def answers(random: Random, ids: Sequence[Any]) -> list[Row]:
    rows = []
    for account in some(random, ids, 0.5):
        for _ in range(random.choice((1, 2, 3))):
            when = moments(random, 500)
            rows.append(
                {
                    "account_id": account,
                    "answered_at": when,
                    "imported_at": later(random, when),
                    "score": random.choice((0, 3, 6, 7, 8, 9, 10, 10, 11, -1, None)),
                    "kind": random.choice(("nps", "pulse")),
                }
            )
    return rows


def contracts(random: Random, ids: Sequence[Any]) -> list[Row]:
    rows = []
    for account in some(random, ids, 0.7):
        for _ in range(random.choice((1, 1, 2))):
            signed = MIDNIGHT - timedelta(days=random.choice((0, 1, 30, 200, 700, -5)))
            decided = maybe(random, DAY + timedelta(days=random.choice((-60, -1, 0, 1, 30))), 0.4)
            rows.append(
                {
                    "account_id": account,
                    "signed_on": signed.date(),
                    "ends_on": maybe(random, DAY + timedelta(days=random.choice((-30, 0, 1, 30, 31, 365)))),
                    "seats": maybe(random, random.choice((0, 1, 2, 4, 10))),
                    "renewed": random.random() < 0.7 if decided else None,
                    "decided_on": decided,
                }
            )
    return rows


def some(random: Random, ids: Sequence[Any], share: float) -> list[Any]:
    return [account for account in ids if random.random() < share]


def shuffled(random: Random, rows: list[Row]) -> list[Row]:
    random.shuffle(rows)
    return rows


def releases(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows about nobody in particular."""
    rows = []
    for number in range(random.choice((1, 5, len(ids) // 20))):
        when = moments(random, 300)
        major, known = random.choice(AMOUNTS), later(random, when)
        rows.append({"released_on": when, "told_at": known, "number": maybe(random, major), "line": f"v{number % 3}"})
    return rows


FEEDS = {"logins": logins, "tickets": tickets, "answers": answers, "contracts": contracts, "releases": releases}


def contacts(random: Random, ids: Sequence[Any]) -> list[Row]:
    """Up to four for each account, some of nobody; the ids are those of `logins`, of whom some have no row here."""
    return [
        {
            "user_id": f"{account}-u{number}",
            "account_id": maybe(random, account, 0.05),
            "joined_on": maybe(random, DAY - timedelta(days=random.choice((0, 1, 7, 28, 400, -1))), 0.1),
            "left_on": maybe(random, DAY + timedelta(days=random.choice((0, 1, -1, 30))), 0.85),
            "role": maybe(random, random.choice(("champion", "user", "User"))),
            "skill": maybe(random, random.choice((0, 1, 2, 3, 10))),
            "share": maybe(random, random.choice((Decimal(0), Decimal("0.5"), Decimal(1), Decimal("2.5")))),
            "keen": maybe(random, random.random() < 0.6),
        }
        for account in some(random, ids, 0.7)
        for number in random.sample(range(4), random.choice((1, 1, 2, 3)))
    ]


CHANGES: dict[str, Callable[[Random], Any]] = {
    "plan": lambda random: maybe(random, random.choice(("basic", "pro"))),
    "seats": lambda random: maybe(random, random.choice((0, 1, 4, 10))),
    "active": lambda random: maybe(random, random.random() < 0.6),
    "ended_on": lambda random: maybe(random, DAY + timedelta(days=random.choice((0, 1, -1))), 0.8),
    "started_on": lambda random: maybe(random, DAY - timedelta(days=random.choice((0, 29, 90, 3_000)))),
    "account_id": lambda random: None,
    "role": lambda random: maybe(random, random.choice(("champion", "user"))),
    "skill": lambda random: maybe(random, random.choice((0, 1, 5))),
    "left_on": lambda random: maybe(random, DAY - timedelta(days=random.choice((0, 1, 7))), 0.7),
}
"""What a later row of an account, or of a contact, says in place of an earlier one."""


def history(random: Random, rows: Sequence[Row], key: str) -> list[Row]:
    """Rows with the day from which they hold (none: always) and when that was known, and later ones of some."""
    found = []
    for row in rows:
        held = sorted(random.sample(HELD, random.choice((1, 1, 2, 3))))
        for index, ago in enumerate(reversed(held)):
            since = DAY - timedelta(days=ago)
            changed = [name for name in CHANGES if name in row and name != key and random.random() < 0.4]
            row = row | ({name: CHANGES[name](random) for name in changed} if index else {})
            known = later(random, datetime.combine(since, time()))
            found.append(row | {"changed_on": maybe(random, since, 0 if index else 0.2), "recorded_at": known})
    return found


HELD = (0, 1, 6, 7, 8, 28, 29, 60, 400, 900, -1, -3)
"""Days before the day of the score on which a row may begin to hold."""


def facts(seed: int, feeds: Sequence[str], numbered: bool, changing: Collection[str] = ()) -> Tables:
    """Tables of one company of 200 accounts; a few rows belong to accounts that nobody knows.

    `changing`: tables of entities that keep their history.
    """
    random = Random(seed)  # noqa: S311 (no secret: the same facts every time)
    ids: list[Any] = list(range(1, ACCOUNTS + 1)) if numbered else [f"A-{number:03}" for number in range(ACCOUNTS)]
    strangers = [999_999] if numbered else ["stranger"]
    entities = {"accounts": accounts(random, ids), "contacts": contacts(random, [*ids, *strangers])}
    for name, key in (("accounts", "account_id"), ("contacts", "user_id")):
        if name in changing:
            entities[name] = history(random, entities[name], key)
    tables = {name: shuffled(random, rows) for name, rows in entities.items()}
    return tables | {name: shuffled(random, FEEDS[name](random, [*ids, *strangers])) for name in feeds}
