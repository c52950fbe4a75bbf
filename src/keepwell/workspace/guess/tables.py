"""Files to standard tables, and their columns to standard columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir

from keepwell.facts import as_id, fetch
from keepwell.facts.engine import Engine
from keepwell.model.standard import StandardColumn, StandardTable, standard_tables
from keepwell.workspace.guess.names import ORDER, Sureness, fit, plain, words, worse
from keepwell.workspace.guess.profile import Column, File

ACCOUNTS, SUBSCRIPTIONS = "accounts", "subscriptions"
ENTERED = ("pulses", "overrides")
"""Tables that Keepwell writes itself: no file of another system is one."""
LINKED, HALF = 0.95, 0.5
"""From such a share of known ids on a column certainly, or likely, names an account."""
_FITS = {
    "id": ("text", "number"),
    "text": ("text", "yes_no"),
    "yes_no": ("yes_no",),
    "number": ("number",),
    "time": ("time",),
}
"""Kind of a standard column → kinds of values that fit it. A column without values fits all."""


@dataclass(frozen=True)
class Match:
    """A column of a file and the standard column that it is."""

    column: Column
    standard: str
    sure: Sureness
    why: str


@dataclass(frozen=True)
class Found:
    """A file as a standard table. `link`: the id that ties its rows: an account's, or a subscription's."""

    file: File
    table: str
    sure: Sureness
    why: str
    matches: Mapping[str, Match]
    link: str = "account_id"

    @property
    def used(self) -> dict[str, Match]:
        """What is sure or likely: only that is used."""
        return {name: match for name, match in self.matches.items() if match.sure != "guess"}

    @property
    def unused(self) -> list[str]:
        """Columns of the file that are nothing standard."""
        taken = {match.column.name for match in self.matches.values()}
        return [name for name in self.file.columns if name not in taken]

    def has(self, *columns: str) -> bool:
        """Whether all of these are used, and have values."""
        return all(name in self.used and self.used[name].column.filled for name in columns)


@dataclass
class Guess:
    """What a folder seems to hold: tables, and files left out with the reason."""

    tables: dict[str, Found] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def guessed(engine: Engine, files: Sequence[File]) -> Guess:
    """The best file for each standard table. Without accounts nothing else is looked for: no id could be known."""
    guess = Guess()
    filled = [file for file in files if file.rows]
    guess.left_out |= {file.shown: "it has a header and no row" for file in files if not file.rows}
    accounts = _best(filled, named=True) or _best(filled, named=False)
    if accounts is None:
        return guess
    guess.tables[ACCOUNTS] = accounts
    others = [file for file in filled if file is not accounts.file]
    known = engine.keep(_ids(accounts))
    candidates = [found for file in others for found in _candidates(file, known)]
    _assign(guess, candidates)
    subscriptions = guess.tables.get(SUBSCRIPTIONS)
    if subscriptions is not None and is_level(subscriptions):
        ids = engine.keep(_ids(subscriptions, "subscription_id"))
        _assign(guess, [found for file in others for found in _candidates(file, ids, "subscription_id")])
    for file in others:
        if not any(found.file is file for found in guess.tables.values()):
            guess.left_out[file.shown] = _why_not(file, guess, candidates, known)
    return guess


def _assign(guess: Guess, candidates: list[Found]) -> None:
    """Tables and files in pairs, the best first; each table and each file once."""
    for found in sorted(candidates, key=_rank):
        if found.table not in guess.tables and all(found.file is not other.file for other in guess.tables.values()):
            guess.tables[found.table] = found


def _rank(found: Found) -> tuple[int, int, int]:
    return (ORDER.index(found.sure), -len(found.used), -found.file.rows)


def _best(files: Iterable[File], named: bool) -> Found | None:
    """The table of accounts among these files, by their names or, failing that, by the id alone."""
    return min((found for file in files if (found := _accounts(file, named))), key=_rank, default=None)


def _accounts(file: File, named: bool) -> Found | None:
    """The file as the table of accounts: it has an account's id that is there and different in every row.

    Changes of accounts are rows of their own where the file says from when each holds.
    """
    spec = standard_tables()[ACCOUNTS]
    title = _table_name(file, ACCOUNTS, spec)
    matches = _matches(file, spec, ACCOUNTS)
    key = matches.get("account_id")
    if key is None or key.column.filled != file.rows or (named and title is None):
        return None
    if not (_unique(key.column, file) or (named and "valid_from" in matches)):
        return None
    if title is None and (plain(key.column.name) == "id" or key.sure == "guess"):
        return None
    said, why = title or ("likely", f"its ‘{key.column.name}’ is different in every row")
    sure = worse(said, key.sure)
    matches["account_id"] = Match(key.column, key.standard, key.sure, f"{key.why}, one for each row")
    return Found(file, ACCOUNTS, sure, why, _in_order(matches, spec))


def _candidates(file: File, known: ir.Table, link: str = "account_id") -> Iterator[Found]:
    """Every standard table that the file can be, reached by an id that is among those known."""
    for name, spec in standard_tables().items():
        named = _table_name(file, name, spec)
        if name in (ACCOUNTS, *ENTERED) or named is None or (link != "account_id" and link not in spec.columns):
            continue
        matches = _matches(file, spec, name)
        if "account_id" in spec.columns:
            linked = _link(file, matches, known, link)
            if linked is None:
                continue
            matches = {key: one for key, one in matches.items() if one.column is not linked.column} | {link: linked}
        elif _of_accounts(file, known):
            continue
        needed = [key for key, column in spec.columns.items() if column.need and key != "account_id"]
        if any(key not in matches for key in needed):
            continue
        sure = named[0]
        for key in (*needed, *([link] if link in matches else [])):
            sure = worse(sure, "sure" if matches[key].sure == "likely" else matches[key].sure)
        yield Found(file, name, sure, named[1], _in_order(matches, spec), link)


def _in_order(matches: Mapping[str, Match], spec: StandardTable) -> dict[str, Match]:
    return {name: matches[name] for name in spec.columns if name in matches}


def _table_name(file: File, table: str, spec: StandardTable) -> tuple[Sureness, str] | None:
    """How well the file's name fits a table: whole, without years and numbers, or by its last word."""
    found = fit(file.name, table, spec.also)
    if found and found[0] != "guess":
        return found[0], "its name" if found[0] == "sure" else "another name for it"
    known = {plain(name) for name in (table, *spec.also)}
    said = words(file.name)
    for length in range(len(said), 0, -1):
        for start in range(len(said) - length + 1):
            if "".join(said[start : start + length]) in known:
                return "likely", f"‘{'_'.join(said[start : start + length])}’ in its name"
    return found


def _matches(file: File, spec: StandardTable, table: str) -> dict[str, Match]:
    """Standard column → the column of the file, each used once, the surest first."""
    before = plain(table.removesuffix("s"))
    pairs = []
    for order, (name, standard) in enumerate(spec.columns.items()):
        also = standard.also if name != "account_id" or table == ACCOUNTS else _account_names()
        for column in file.columns.values():
            if (named := fit(column.name, name, also, before)) and _free(file, column, name) and fits(column, standard):
                sure = worse(named[0], "guess") if column.unsure else named[0]
                place = [plain(other) for other in (name, *also)]
                said = plain(column.name)
                rank = place.index(said) if said in place else len(place)
                why = f"{named[1]}, {_content(column)}"
                pairs.append((ORDER.index(named[0]), rank, order, Match(column, name, sure, why)))
    found: dict[str, Match] = {}
    for _, _, _, match in sorted(pairs, key=lambda pair: pair[:3]):
        if match.standard not in found and all(match.column is not other.column for other in found.values()):
            found[match.standard] = match
    return found


def _free(file: File, column: Column, name: str) -> bool:
    """Whether the column can be called so: no other one of the file is, in whatever capitals."""
    return all(other.lower() != name for other in file.columns if other != column.name)


def _account_names() -> tuple[str, ...]:
    """What the id of an account is called in other tables: as in that of accounts, but for its plain ‘id’."""
    return tuple(name for name in standard_tables()[ACCOUNTS].columns["account_id"].also if name != "id")


def fits(column: Column, standard: StandardColumn) -> bool:
    """Whether the column's values can be what the standard column says."""
    return column.kind == "empty" or column.kind in _FITS[standard.kind]


def _content(column: Column) -> str:
    if column.unsure:
        return "but its days can be read in two ways"
    said = {"time": "dates", "number": "numbers", "yes_no": "yes and no", "text": "words", "empty": "no value"}
    return said[column.kind]


def _link(file: File, matches: Mapping[str, Match], known: ir.Table, link: str) -> Match | None:
    """The column by which rows reach an account: the one named so if its ids are known, else the one whose ids are."""
    named = matches.get(link)
    if named is not None:
        share = _share(file, named.column, known)
        if share >= HALF:
            sure: Sureness = "sure" if share >= LINKED else "likely"
            return Match(named.column, link, sure, f"{named.why.split(',')[0]}, {_percent(share)} of its ids are known")
    found = _of_accounts(file, known)
    if found is None or not _free(file, file.columns[found], link):
        return None
    return Match(file.columns[found], link, "likely", "its values are known ids")


def _of_accounts(file: File, known: ir.Table) -> str | None:
    """The column of words that names accounts; None where there is none."""
    texts = [column for column in file.columns.values() if column.kind == "text" and column.distinct > 1]
    return next((column.name for column in texts if _share(file, column, known) >= LINKED), None)


def _share(file: File, column: Column, known: ir.Table) -> float:
    """The share of a column's values that are known ids."""
    rows = file.relation.scan([column.name])
    ids = rows.select(id=as_id(rows[column.name])).drop_null()
    counted = fetch.rows(ids.aggregate(all=ids.count()))[0]["all"]
    there = ids.semi_join(known, "id")
    return fetch.rows(there.aggregate(there=there.count()))[0]["there"] / counted if counted else 0.0


def _ids(found: Found, key: str = "account_id") -> ir.Table:
    rows = found.file.relation.scan([found.matches[key].column.name])
    return rows.select(id=as_id(rows[found.matches[key].column.name])).drop_null().distinct()


def _unique(column: Column, file: File) -> bool:
    return column.filled == column.distinct == file.rows


def is_level(subscriptions: Found) -> bool:
    """Whether each row surely or likely is a subscription of its own, so that they are a level of the model."""
    match = subscriptions.used.get("subscription_id")
    return subscriptions.sure != "guess" and match is not None and _unique(match.column, subscriptions.file)


def _percent(share: float) -> str:
    return f"{int(share * 100)} %"


def _why_not(file: File, guess: Guess, candidates: Iterable[Found], known: ir.Table) -> str:
    """Why a file became no table."""
    for found in sorted(candidates, key=_rank):
        if found.file is file and found.table in guess.tables:
            return f"it looks like {found.table}, and {guess.tables[found.table].file.shown} does so more"
    named = [name for name, spec in standard_tables().items() if _table_name(file, name, spec)]
    if not named:
        return "neither its name nor its columns are those of a standard table"
    spec = standard_tables()[named[0]]
    matches = _matches(file, spec, named[0])
    if "account_id" in spec.columns and _link(file, matches, known, "account_id") is None:
        return f"it looks like {named[0]}, and no column of it holds the ids of accounts"
    if "account_id" not in spec.columns and (column := _of_accounts(file, known)):
        return f"it looks like {named[0]}, and its column ‘{column}’ names accounts, who are customers already"
    absent = [key for key, column in spec.columns.items() if column.need and key not in matches and key != "account_id"]
    return f"it looks like {named[0]}, and no column of it is {' or '.join(absent) or 'what is needed'}"
