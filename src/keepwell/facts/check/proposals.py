"""Whom an unmatched id may stand for: proposals in words, with the line that would say so. None is ever applied."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import ibis
import ibis.expr.types as ir

from keepwell.facts import fetch
from keepwell.facts.check.identity import NEAR
from keepwell.facts.check.report import Findings, Look
from keepwell.facts.check.words import many, plain
from keepwell.facts.entities import ID
from keepwell.facts.identity import DOMAIN, gone_on
from keepwell.facts.moment import Moment
from keepwell.model import Ids

MOST = 20
"""So many unmatched ids, the biggest, are compared with everything that is known: spelling is compared pair by pair."""

NAME = "@name"
"""What `known` calls the system of names: no system of a model can be called so."""

_LEGAL = (
    r"\b(the|inc|incorporated|llc|llp|ltd|limited|plc|gmbh|mbh|ag|se|kg|kgaa|ohg|ug|corp|corporation|co|company|sa|sas|"
    r"sarl|srl|spa|bv|nv|oy|oyj|ab|as|asa|aps|pty|pte|kk|holding|holdings|group)\b"
)
_LABEL = r"([^.]+)\.(?:(?:co|com|org|net|gov|ac)\.)?[^.]+$"


@dataclass(frozen=True)
class _Reason:
    """Why two texts may be one customer's, how sure that is, and the pairs (system, id, account) that it finds."""

    words: str
    sure: str
    pairs: ir.Table


def proposals(look: Look, level: str, ids: Ids, strangers: ir.Table) -> Findings:
    """A note for each of the biggest unmatched ids that is like something known.

    `strangers`: system, id, rows, table.
    """
    engine = look.facts.compute
    sizes = strangers.group_by("system", "id").aggregate(rows=strangers["rows"].sum())
    biggest = engine.keep(sizes.order_by(ibis.desc("rows"), "system", "id").limit(MOST))
    entities = engine.keep(_entities(look, level))
    reasons = list(_reasons(biggest, engine.keep(_known(look, level, entities)), level))
    pairs = [reason.pairs.distinct().mutate(rank=ibis.literal(rank, "int16")) for rank, reason in enumerate(reasons)]
    found = ibis.union(*pairs)
    best = found.group_by("system", "id").aggregate(best=found["rank"].min())
    found = found.inner_join(best, ["system", "id"]).filter(ibis._["rank"] == ibis._.best)
    found = found.inner_join(biggest, ["system", "id"]).select("system", "id", "account", "rank", "rows")
    found = found.inner_join(entities, "account").order_by(ibis.desc("rows"), "system", "id", "account")
    by_id: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in fetch.rows(found):
        by_id.setdefault((row["system"], row["id"]), []).append(row)
    where = _where(strangers.semi_join(biggest, ["system", "id"]))
    for key, rows in by_id.items():
        yield look.say("note", "match", _sentence(look, ids, key, rows, reasons[rows[0]["rank"]], where[key]))


def _entities(look: Look, level: str) -> ir.Table:
    """account, name, value of everybody who lives on the day."""
    model, entity = look.facts.model, look.facts.model.entities[level]
    living = look.facts.entity(level, Moment(look.as_of, look.as_of))
    value = model.value_column(level)
    return living.select(
        account=living[ID],
        name=living[entity.name].cast("string") if entity.name else ibis.null("string"),
        value=living[value].cast("float64") if value else ibis.null("float64"),
    )


def _known(look: Look, level: str, entities: ir.Table) -> ir.Table:
    """account, of, text: every key, name and mapped id of those who live; `of` is its system, or @name."""
    identity = look.facts.identity(level, Moment(look.as_of, look.as_of))
    own = entities.select("account", of=ibis.literal(level), text=entities.account)
    names = entities.filter(entities.name.notnull())
    names = names.select("account", of=ibis.literal(NAME), text=names.name)
    if identity is None:
        return own.union(names)
    mapped = gone_on(identity.meanings.select("key", "system", "id"), identity, "key")
    mapped = mapped.semi_join(entities, mapped["key"] == entities.account)
    return own.union(names, mapped.select(account=mapped["key"], of=mapped.system, text=mapped.id), distinct=True)


def _reasons(strangers: ir.Table, known: ir.Table, level: str) -> Iterator[_Reason]:
    """The surest first."""
    here = (known.of == level) | (known.of == strangers.system)
    for words, change in NEAR:
        yield _Reason(f"the same {words}", "nearly sure", _equal(strangers, known, change, here))
    elsewhere = known.of != strangers.system
    same = _equal(strangers, known, lambda text: text, (known.of != NAME) & elsewhere)
    yield _Reason("the same id elsewhere", "likely", same)
    named = _pairs(strangers, known, (known.of == NAME) & (_word(strangers) == _company(known.text)) & _says(strangers))
    yield _Reason("the same name of a company", "likely", named)
    below = strangers.id.endswith(ibis.literal(".") + known.text)
    domain = (strangers.system == DOMAIN) & (known.of == DOMAIN) & below
    yield _Reason("a domain below one of it", "likely", _pairs(strangers, known, domain))
    # Only words: two codes that differ in one digit are two customers.
    near = _word(strangers).levenshtein(_company(known.text)) <= 2
    words = (_word(strangers).length() >= 6) & ~_word(strangers).re_search("[0-9]")
    yield _Reason("spelled nearly alike", "a guess", _pairs(strangers, known, (known.of == NAME) & words & near))


def _equal(strangers: ir.Table, known: ir.Table, change: Any, among: ir.BooleanValue) -> ir.Table:
    return _pairs(strangers, known, (change(strangers.id) == change(known.text)) & among)


def _pairs(strangers: ir.Table, known: ir.Table, alike: ir.BooleanValue) -> ir.Table:
    """Both tables are small or a few rows: at most twenty ids against all that is known."""
    both = strangers.inner_join(known, alike)
    return both.select("system", "id", "account")


def _word(strangers: ir.Table) -> ir.StringValue:
    """What may be a company's name in an id: of a domain the word before its ending, else all of it."""
    return _company(ibis.ifelse(strangers.system == DOMAIN, strangers.id.re_extract(_LABEL, 1), strangers.id))


def _says(strangers: ir.Table) -> ir.BooleanValue:
    return _word(strangers).length() > 0


def _company(name: ir.StringValue) -> ir.StringValue:
    """A company's name without capitals, signs, blanks and its legal form."""
    words = name.lower().re_replace(r"\.", "").re_replace(r"[^\p{L}\p{N}]+", " ")
    return words.re_replace(_LEGAL, "").re_replace(" +", "")


def _where(strangers: ir.Table) -> dict[tuple[str, str], str]:
    """Of each id, how many rows of which table have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in fetch.rows(strangers.order_by(ibis.desc("rows"), "table")):
        found.setdefault((row["system"], row["id"]), []).append(f"{many(int(row['rows']), 'row')} of {row['table']}")
    return {key: ", ".join(said) for key, said in found.items()}


def _sentence(
    look: Look, ids: Ids, key: tuple[str, str], rows: list[dict[str, Any]], reason: _Reason, where: str
) -> str:
    system, id_ = key
    named = [f"‘{row['account']}’{_shown(row)}" for row in rows[:3]]
    said = f"{system} ‘{plain(id_)}’ ({where}) may be {' or '.join(named)}: {reason.words}, {reason.sure}."
    if len(rows) > 1:
        return f"{said} Only one of them can be meant, so ask."
    header, line = _line(look, {ids.key or "": rows[0]["account"], ids.system: system, ids.id: id_})
    return f"{said} If so, add to {look.feed.name} ({header}) the line: {line}"


def _shown(row: dict[str, Any]) -> str:
    parts = [plain(row["name"])] if row["name"] else []
    parts += [f"{row['value']:,.0f} a year"] if row["value"] is not None else []
    return f" ({', '.join(parts)})" if parts else ""


def _line(look: Look, cells: dict[str, str]) -> tuple[str, str]:
    """The map's columns and the row to add, as CSV: learned on the day of the check, and valid always."""
    spec, relation = look.feed.spec, look.facts.relation(look.feed.name)
    learned = {name: look.as_of.isoformat() for name in (spec.time, spec.known) if name}
    columns = relation.columns if relation else tuple(cells)
    text = [StringIO(), StringIO()]
    values = learned | cells
    csv.writer(text[0], lineterminator="").writerow(columns)
    csv.writer(text[1], lineterminator="").writerow([values.get(name, "") for name in columns])
    return text[0].getvalue(), text[1].getvalue()
