"""`forecast`."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import typer

from keepwell.cli.blocks import report
from keepwell.cli.outlook import Shown, blocks_of, nothing, one_account
from keepwell.cli.output import refuse_own, refuse_screen, write
from keepwell.cli.run import working
from keepwell.cli.screen import stderr
from keepwell.errors import UsageError
from keepwell.evidence.landmarks import STEP
from keepwell.evidence.outlook import HORIZONS, MONTHS
from keepwell.evidence.rates import Interval
from keepwell.evidence.survival import Curve
from keepwell.evidence.trajectory import AHEAD
from keepwell.workspace import open_workspace
from keepwell.workspace.file import read_file
from keepwell.workspace.forecast import Asked, Forecast, forecast
from keepwell.workspace.plan import Decided, Terms, decide

REPORTS = ("text", "markdown", "html")


@dataclass(frozen=True)
class Said:
    """What the command was told."""

    folder: Path
    as_of: date | None
    score: str | None
    outcome: str | None
    adjacent: bool
    account: str | None
    horizon: str
    capacity: int
    cost: str | None
    effect: str | None
    effort: str | None


def run(said: Said, style: str, output: Path | None) -> None:
    """Forecast, and show or write it."""
    refuse_screen(style, output)
    if output is not None and style in REPORTS:
        raise UsageError("--output is for programs; add --format csv, json or parquet.")
    terms, horizon = _terms(said), _horizon(said.horizon)
    day = read_file(said.folder).config.last(said.as_of)
    with open_workspace(said.folder, day) as workspace:
        refuse_own(workspace, output)
        with working("scoring the past, and looking ahead"):
            metrics = terms.metrics if terms else ()
            found = forecast(workspace, Asked(day, said.score, said.outcome, said.adjacent, metrics))
            decided = decide(workspace, found, found.ahead, terms, said.score) if terms and found.ahead else None
        shown = Shown(workspace.config.workspace, workspace.currency or "value", horizon, found, terms, decided)
    if found.ahead is None and style not in (*REPORTS, "json"):
        stderr().say(f"note: {nothing(found)}.")
    _write(shown, said.account, style, output)


def _write(shown: Shown, account: str | None, style: str, output: Path | None) -> None:
    place = None if account is None else _place(shown.found, account)
    if style in REPORTS:
        about = [f"Forecast of {shown.name}", f"as known on {shown.found.day}"]
        report(blocks_of(shown) if place is None else one_account(shown, place), style, about)
        return
    rows = accounts_table(shown.found, shown.decided)
    rows = rows if place is None else rows.slice(place, 1)
    if style != "json":
        write([rows], style, output)
        return
    text = json.dumps(_plain(shown, rows), ensure_ascii=False, indent=1, default=str, allow_nan=False)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _place(found: Forecast, account: str) -> int:
    if account in found.accounts:
        return found.accounts.index(account)
    said = "is none of those that are there and not known to leave"
    raise UsageError(f"--account: ‘{account}’ {said} on {found.day}.")


def _horizon(text: str) -> int:
    """One of the horizons, written as 90d. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,5})\s*(d|days?)?\s*", text)
    if found is None or int(found[1]) not in HORIZONS:
        raise UsageError(f"--horizon {text}: it is one of {', '.join(f'{days}d' for days in HORIZONS)}.")
    return int(found[1])


def _terms(said: Said) -> Terms | None:
    """What a call is; None where nobody says what it changes."""
    if said.effect is None:
        if said.cost is not None or said.effort is not None:
            raise UsageError("--cost and --effort need --effect: what share of leavings a call prevents, such as 20%.")
        return None
    cost: float | str = 0.0
    if said.cost is not None:
        number = re.fullmatch(r"\d{1,12}(\.\d{1,6})?", said.cost)
        if number is None and not re.fullmatch(r"[a-z]\w*", said.cost):
            raise UsageError(f"--cost {said.cost}: write an amount, such as 500, or the name of a metric.")
        cost = float(said.cost) if number else said.cost
    return Terms(said.capacity, _share(said.effect), cost, said.effort, _horizon(said.horizon))


def _share(text: str) -> float:
    """A share such as 20% or 0.2. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*(%?)\s*", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if not 0 < share <= 1:
        raise UsageError(f"--effect {text}: write a share above 0, such as 20% or 0.2.")
    return share


def accounts_table(found: Forecast, decided: Decided | None) -> pa.Table:
    """One row per account at risk, by id. Chances are shares of 1; NULL where nothing can be said."""
    columns: dict[str, Any] = {
        "account_id": list(found.accounts),
        "as_of": [found.day] * len(found.accounts),
        "value": found.value,
        "score": found.score,
        "renewal_in": found.renewal,
    }
    none = np.full(len(found.accounts), np.nan)
    chances = found.ahead.chances if found.ahead else None
    for place, days in enumerate(HORIZONS):
        for name in ("chance", "low", "high"):
            key = f"churn_{days}d" + ("" if name == "chance" else f"_{name}")
            columns[key] = getattr(chances, name)[:, place] if chances else none
    for name, source in (("", "end"), ("_low", "end_high"), ("_high", "end_low")):
        columns[f"renews{name}"] = 1 - getattr(chances, source) if chances else none
    for place, days in enumerate(HORIZONS):
        columns[f"expected_loss_{days}d"] = chances.chance[:, place] * found.value if chances else none
    for name in ("middle", "low", "high"):
        columns[f"score_{AHEAD}d" + ("" if name == "middle" else f"_{name}")] = getattr(found.path, name)
    if decided is not None:
        columns["gain"] = decided.gain
        for name, who in (("optimum", decided.plan.optimum), ("rule", decided.plan.rule)):
            columns[f"call_by_{name}"] = np.isin(np.arange(len(found.accounts)), who)
    return pa.table({name: _column(values) for name, values in columns.items()})


def _column(values: Any) -> pa.Array:
    return pa.array(values, from_pandas=True) if isinstance(values, np.ndarray) else pa.array(values)


def _plain(shown: Shown, rows: pa.Table) -> dict[str, Any]:
    """Everything, as JSON has it; NaN is null."""
    found, ahead = shown.found, shown.found.ahead
    names = "day outcome since leavers needed gone gone_value untold otherwise left_out assumed"
    plain: dict[str, Any] = {name: _or_none(getattr(found, name)) for name in names.split()}
    plain["tested"] = asdict(found.record) if found.record else None
    plain["score_ahead"] = {"days": AHEAD, "slope": _or_none(found.path.slope), "held": asdict(found.path.held)}
    plain["otherwise_in_30d"] = ahead.other if ahead else None
    if ahead is not None:
        plain["totals"] = [{"days": days, **_both(found, ahead.sums.within(days))} for days in HORIZONS]
        plain["months"] = [
            {**_span(found.day, month), **_both(found, ahead.sums.month(month))} for month in range(MONTHS)
        ]
        told = {"nrr": ahead.nrr, "grr": ahead.gross}
        plain["retention"] = {name: asdict(rate) if rate else None for name, rate in told.items()}
    if shown.decided is not None and shown.terms is not None:
        own = asdict(shown.decided.plan)
        called = {name: [found.accounts[place] for place in own[name].tolist()] for name in ("optimum", "rule")}
        unknown = {} if found.valued else {"worth": None, "rule_worth": None}
        plain["plan"] = {**asdict(shown.terms), **own, **called, **unknown}
    plain["survival"] = {
        "tier": {"from": found.tiers_on, "groups": {name: _curve(own) for name, own in found.tiers.items()}},
        "cohort": {name: _curve(own) for name, own in found.cohorts.items()},
    }
    return {**plain, "accounts": rows.to_pylist()}


def _span(day: date, month: int) -> dict[str, date]:
    return {"from": day + timedelta(days=STEP * month + 1), "until": day + timedelta(days=STEP * (month + 1))}


def _both(found: Forecast, both: tuple[Interval, Interval]) -> dict[str, Any]:
    """Accounts that leave, and what they are worth; null where nothing says it."""
    return {"accounts": asdict(both[0]), "value": asdict(both[1]) if found.valued else None}


def _curve(curve: Curve) -> list[dict[str, Any]]:
    """Every step of it."""
    columns = ("days", "share", "low", "high", "at_risk", "left", "otherwise")
    rows = zip(*(getattr(curve, name).tolist() for name in columns), strict=True)
    return [{name: _or_none(value) for name, value in zip(columns, row, strict=True)} for row in rows]


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value
