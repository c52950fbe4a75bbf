"""Generated cases with an id map: ids of a second system that change hands, accounts that go on as others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.scoring.cases import Case, cases
from tests.scoring.conditions import Draw
from tests.scoring.generated import DAY, HELD, Row, later, maybe

MAP = "account_ids"


@st.composite
def identified(draw: Draw) -> Case:
    """A case whose accounts have an id map, and whose tables speak of accounts in one system or another."""
    case: Case = draw(cases())
    known = draw(st.booleans())
    ids = {"table": MAP, "systems": ["billing"], "id": "other_id", "valid_from": "since"}
    ids["life"] = draw(st.sampled_from(("own", "first")))
    entities = case.model["entities"]
    account = entities["account"] | {"ids": ids}
    tables = {
        name: table if "account" not in table else table | {"account": draw(st.sampled_from(SPOKEN))}
        for name, table in case.model["tables"].items()
    }
    told = {MAP: {"known": "learned_at"} if known else {}}
    told_case = case.with_model(entities=entities | {"account": account}, tables=tables | told)
    rows = mapped(Random(case.seed), accounts_of(case), known)  # noqa: S311 (no secret: the same facts every time)
    return replace(told_case, changed=case.tables | {MAP: rows})


SPOKEN: Sequence[Any] = (
    "account_id",
    {"billing": "account_id"},
    [{"billing": "account_id"}, "account_id"],
    {"account": "account_id"},
)


def accounts_of(case: Case) -> list[Any]:
    return sorted({row["account_id"] for row in case.tables["accounts"]})


def mapped(random: Random, ids: Sequence[Any], known: bool) -> list[Row]:
    """Rows of a map that says no two things at once, and in which nobody goes on as a later account."""
    rows = [row for number, id_ in enumerate(ids) for row in _of(random, ids, number, id_, known)]
    random.shuffle(rows)
    return rows


def _of(random: Random, ids: Sequence[Any], number: int, id_: Any, known: bool) -> list[Row]:
    rows = []
    if random.random() < 0.85:
        for since in _days(random, 3):
            other = id_ if random.random() < 0.6 else maybe(random, random.choice(ids), 0.1)
            rows.append(_row(random, "billing", id_, other, since))
    if number and random.random() < 0.25:
        earlier = ids[random.randrange(number)]
        for step, since in enumerate(_days(random, 2)):
            rows.append(_row(random, "account", id_, id_ if step else maybe(random, earlier, 0.05), since))
    if known:
        rows += [
            row | {"account_id": id_, "learned_at": row["learned_at"] + timedelta(hours=1)}
            for row in rows
            if random.random() < 0.15
        ]
    return rows


def _days(random: Random, most: int) -> list[date | None]:
    """Days from which rows hold, the earliest first; None holds always."""
    held = sorted(random.sample(HELD, random.randint(1, most)), reverse=True)
    days: list[date | None] = [DAY - timedelta(days=ago) for ago in held]
    return [None, *days[1:]] if random.random() < 0.6 else days


def _row(random: Random, system: str, id_: Any, account: Any, since: date | None) -> Row:
    learned = later(random, datetime.combine(since or DAY - timedelta(days=900), time()))
    return {"system": system, "other_id": id_, "account_id": account, "since": since, "learned_at": learned}


def unknown_rows(case: Case) -> Case:
    """The same with rows of the map that nobody knew, or that do not hold yet."""
    random = Random(case.seed + 1)  # noqa: S311 (no secret)
    after = datetime.combine(case.known_by, time()) + timedelta(days=1)
    ids = accounts_of(case)
    rows = []
    for id_ in random.sample(ids, 60):
        late = case.model["tables"][MAP].get("known") is not None and random.random() < 0.6
        since = DAY - timedelta(days=random.choice(HELD)) if late else after.date()
        system = random.choice(("billing", "account"))
        learned = after + timedelta(hours=random.choice((0, 5)))
        rows.append(
            {
                "system": system, "other_id": id_, "account_id": random.choice(ids), "since": since,
                "learned_at": learned if late else after,
            }
        )  # fmt: skip
    return replace(case, changed=case.tables | {MAP: [*rows, *case.tables[MAP]]})
