"""What no company knows of its customers, written apart from the facts so that statistics can be judged by it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns, interventions, latent
from keepwell.demo.company import SEGMENTS
from keepwell.demo.draw import NEVER, Floats, sigmoid
from keepwell.demo.ledger import intervention_days
from keepwell.demo.shocks import CHAMPION_LEAVES, PARTS, PRICE_RISE, STORM_WEEK, WIN
from keepwell.demo.signals import described
from keepwell.demo.world import World


def percent(x: Floats) -> Floats:
    """0–100 for a value in standard deviations, 50 for the average account: close to the normal distribution."""
    return 100 * sigmoid(1.702 * x)


def course(world: World) -> pa.Table:
    """A row per account and week of its life as a customer."""
    starts = 7 * np.arange(world.span.weeks)[:, None]
    stay = world.book.stay
    week, account = np.nonzero((stay.started <= starts + 6) & (stay.until > starts))
    parts = world.course.parts[week, account]
    return pa.table(
        {
            "account_id": columns.accounts(account),
            "week": columns.dates(world.span, 7 * week),
            **{name: columns.numbers(percent(parts[:, i]), 3) for i, name in enumerate(PARTS)},
            "health": columns.numbers(percent(world.course.health()[week, account]), 3),
            "hazard": columns.numbers(world.course.hazard[week, account], 8),
            "inclination": columns.numbers(world.course.inclination[week, account], 8),
        }
    )


def churn(world: World) -> pa.Table:
    """Every account that left, when and why, and how likely it was in the week when it decided."""
    account = np.flatnonzero(world.course.left < NEVER)
    week = world.course.left[account]
    decided = world.book.decided[account]
    return pa.table(
        {
            "account_id": columns.accounts(account),
            "decided_on": columns.dates(world.span, decided),
            "ended_on": columns.dates(world.span, world.book.stay.until[account]),
            "cause": columns.texts(world.course.cause[account], latent.CAUSES),
            "hazard": columns.numbers(world.course.hazard[week, account], 8),
            "inclination": columns.numbers(world.course.inclination[week, account], 8),
            "health": columns.numbers(percent(world.course.health()[week, account]), 3),
            "arr": columns.euros(world.book.arr.at(account, decided)),
        }
    )


def intervention_effects(world: World) -> pa.Table:
    """What each intervention changed, and what became of its account in the world where the team did nothing."""
    done, life = world.course.interventions, world.course
    left, unhelped = life.left[done.account] < NEVER, life.left_unhelped[done.account]
    table = pa.table(
        {
            "intervention_id": columns.ids("V", np.arange(len(done.account)), 5),
            "account_id": columns.accounts(done.account),
            "kind": columns.texts(done.kind, interventions.KINDS),
            **{f"effect_on_{name}": columns.numbers(done.effect[:, i], 6) for i, name in enumerate(PARTS)},
            "relief": columns.numbers(done.relief, 6),
            "left": columns.flags(left),
            "would_have_left": columns.flags(unhelped < NEVER),
            "would_have_left_in_week": columns.dates(world.span, np.where(unhelped < NEVER, 7 * unhelped, NEVER)),
            "saved": columns.flags(~left & (unhelped < NEVER)),
        }
    )
    day = intervention_days(world)
    return table.filter(pa.array(day < NEVER))


def reregistrations(world: World) -> pa.Table:
    """Accounts that are companies which had left before."""
    account = np.flatnonzero(world.former >= 0)
    return pa.table(
        {"account_id": columns.accounts(account), "former_account_id": columns.accounts(world.former[account])}
    )


def weights() -> dict[str, object]:
    """Every number that links health, observations and leaving."""
    moves = {
        "champion leaves": CHAMPION_LEAVES,
        "week of a bad release": STORM_WEEK,
        "price rise": PRICE_RISE,
        "win": WIN,
    }
    return {
        "dimensions": dict(zip(PARTS, latent.WEIGHTS.tolist(), strict=True)),
        "inclination": {
            "form": "sigmoid(level + young or tenure + length - relief - slope * sum(weight * part))",
            "slope": latent.SLOPE,
            "level": dict(zip(SEGMENTS, latent.LEVEL.tolist(), strict=True)),
            "young": latent.YOUNG,
            "tenure": "-0.08 per year beyond the second, five years at most",
            "length": "0.6 * ln(contract years)",
        },
        "blind_yearly": dict(zip(SEGMENTS, latent.BLIND_YEARLY.tolist(), strict=True)),
        "early_exit_weekly": latent.EARLY_WEEKLY,
        "moves": {name: dict(zip(PARTS, move.tolist(), strict=True)) for name, move in moves.items()},
        "interventions": {
            kind: dict(zip(PARTS, effect, strict=True))
            for kind, effect in zip(interventions.KINDS, interventions.EFFECTS.tolist(), strict=True)
        },
        "observations": described(),
    }
