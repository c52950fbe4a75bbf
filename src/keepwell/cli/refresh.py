"""`refresh`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from keepwell.cli.publish import said
from keepwell.cli.run import working
from keepwell.cli.screen import Screen, safe, stderr, stdout
from keepwell.facts.broken import Broken
from keepwell.results.manifest import Day
from keepwell.results.moves import Mover, Moves
from keepwell.results.seen import Changed
from keepwell.workspace.refresh import Asked, Refreshed, refresh

MOST = 10
"""So many accounts are named."""


def run(folder: Path, asked: Asked, style: str) -> None:
    """Refresh, say what was done, and end with 1 where a source is broken."""
    with working("refreshing"):
        done = refresh(folder, asked)
    if style == "json":
        typer.echo(json.dumps(_plain(done), ensure_ascii=False, indent=1, default=str))
    else:
        _people(done)
    broken = [item for item in done.broken if item.code != "waiting"]
    for item in done.broken:
        stderr().say(f"{'error: ' if item in broken else ''}{item}.")
    if broken:
        stderr().say(_advice(done, broken))
    elif done.broken:
        stderr().say(f"{done.stopped} waits for them.")
    if done.unpublished:
        stderr().say(f"error: {done.unpublished} The scores are kept; `keepwell publish` makes up for it.")
    if broken or done.unpublished:
        raise typer.Exit(1)


def _plain(done: Refreshed) -> dict[str, Any]:
    """What programs get: days as 2026-01-31, NULL as null."""
    found = asdict(done)
    for name in ("scored", "restated"):
        found[name] = [day.model_dump(mode="json") for day in getattr(done, name)]
    return found


def _people(done: Refreshed) -> None:
    screen = stdout()
    for item in done.changed:
        screen.say(_changed(item))
    did = [_days("scored", done.scored), _days("scored again", done.restated)]
    screen.say(f"{done.last}: {'; '.join(filter(None, did)) or 'nothing new to score'}.")
    if done.moves is not None and done.scored + done.restated:
        _moved(screen, done, done.moves)
    if done.published is not None:
        screen.say(said(done.published))


def _changed(item: Changed) -> str:
    grown = ((item.more, "more"), (item.fewer, "fewer"))
    rows = [f"{count:,} {'row' if count == 1 else 'rows'} {word}" for count, word in grown if count]
    said = " and ".join(rows) or "rows that read differently"
    if item.since is None:
        return f"{item.table}: {said}."
    if item.days == 1:
        return f"{item.table}: {said} on {item.since}, a day that had been read before."
    return f"{item.table}: {said} on {item.days:,} days that had been read before, from {item.since} on."


def _days(word: str, days: list[Day]) -> str:
    if not days:
        return ""
    span = f"{days[0].as_of}" if len(days) == 1 else f"{days[0].as_of} to {days[-1].as_of}"
    return f"{len(days):,} {'day' if len(days) == 1 else 'days'} {word} ({span})"


def _moved(screen: Screen, done: Refreshed, found: Moves) -> None:
    """Tiers that accounts left and came to, and the accounts with most value among them."""
    moved = sum(line.accounts for line in found.migrations)
    between = f"From {done.before} to" if done.before != done.after else "From the answer before to that of now, for"
    screen.say(f"{between} {done.after}: {moved:,} of {found.accounts:,} accounts changed tier.")
    if not moved:
        return
    worth = done.currency or "value"
    lines = _table("from", "to", "accounts", worth, right=2)
    for line in found.migrations:
        lines.add_row(_tier(line.before, "new"), _tier(line.after, "left"), f"{line.accounts:,}", f"{line.value:,.0f}")
    screen.print(lines)
    screen.say()
    people = sorted((m for m in found.movers if m.before != m.after), key=lambda m: (_gain(m), m.account_id))
    screen.say("First those who lost most, points times value:")
    named = _table("account", "name", "from", "to", "score", worth, right=2)
    for mover in people[:MOST]:
        value = "" if mover.value is None else f"{mover.value:,.0f}"
        own = (safe(mover.account_id, 40), safe(mover.name or "", 40))
        named.add_row(*own, _tier(mover.before, "new"), _tier(mover.after, "left"), _scores(mover), value)
    screen.print(named)
    if len(people) > MOST:
        screen.say(f"and {len(people) - MOST:,} more; --format json has all.")


def _table(*columns: str, right: int) -> Table:
    table = Table(box=None, pad_edge=False)
    for index, name in enumerate(columns):
        table.add_column(name, justify="right" if index >= len(columns) - right else "left")
    return table


def _tier(tier: str | None, absent: str) -> str:
    return absent if tier is None else safe(tier.replace("_", " "), 40)


def _gain(mover: Mover) -> float:
    """Points gained times value; 0 where there is no score to compare."""
    if mover.score_before is None or mover.score_after is None:
        return 0.0
    return (mover.score_after - mover.score_before) * (1.0 if mover.value is None else mover.value)


def _scores(mover: Mover) -> str:
    return " → ".join("–" if score is None else f"{score:.1f}" for score in (mover.score_before, mover.score_after))


def _advice(done: Refreshed, broken: list[Broken]) -> str:
    tables = dict.fromkeys(item.table for item in broken)
    stopped = f"{done.stopped} and the days after it were not scored" if done.stopped else "nothing was scored"
    accepts = " ".join(f"--accept {table}" for table in tables)
    said = f"{stopped}. Mend the source and refresh again; where its days are lost for good, say so with `outages:` in "
    return f"{said}keepwell.yaml; where the table is right as it is, add {accepts}."
