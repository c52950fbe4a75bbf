"""How much of each part of health every observation carries, and how much noise. Written into truth/weights.json."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from keepwell.demo.draw import Floats, Ints, generator
from keepwell.demo.latent import Course


@dataclass(frozen=True)
class Signal:
    """Loads on the three parts, in their standard deviations; noise per observation, and per account for good."""

    relationship: float = 0.0
    usage: float = 0.0
    value: float = 0.0
    noise: float = 0.0
    lasting_noise: float = 0.0

    def loads(self) -> Floats:
        return np.array([self.relationship, self.usage, self.value])


SIGNALS = {
    "seat_use": Signal(usage=1.0, noise=0.12, lasting_noise=0.25),
    "usage_depth": Signal(usage=0.6, value=0.2, noise=0.2, lasting_noise=0.3),
    "feature_breadth": Signal(usage=0.9, value=0.1, lasting_noise=0.35),
    "store_growth": Signal(usage=0.2, value=0.8, noise=0.8),
    "trouble": Signal(relationship=-0.1, usage=-0.1, value=-0.6, noise=0.3, lasting_noise=0.3),
    "csat": Signal(relationship=0.6, value=0.3, noise=0.9),
    "nps_score": Signal(relationship=1.2, usage=0.1, value=0.2, noise=0.6, lasting_noise=0.3),
    "nps_answering": Signal(relationship=0.6),
    "reference": Signal(relationship=1.2, value=0.2, noise=0.4),
    "meeting_held": Signal(relationship=1.0, usage=0.1, noise=0.3),
    "decision_maker_present": Signal(relationship=1.0, noise=0.4),
    "commitment": Signal(relationship=0.7, usage=0.4, value=0.1, noise=0.6, lasting_noise=0.3),
    "sentiment": Signal(relationship=0.8, usage=0.1, noise=0.6, lasting_noise=0.4),
    "goal_progress": Signal(usage=0.1, value=0.8, noise=0.7),
    "savings": Signal(value=0.7, noise=0.5, lasting_noise=0.4),
    "efficiency": Signal(usage=0.2, value=0.6, noise=0.6, lasting_noise=0.4),
    "paying_on_time": Signal(relationship=0.3, usage=0.1, value=0.4, noise=0.9, lasting_noise=0.5),
    "expansion": Signal(usage=0.6, value=0.4, noise=0.5),
}


def observe(seed: int, course: Course, name: str, account: Ints, week: Ints) -> Floats:
    """The signal of a name, for accounts in weeks: loads · parts + noise."""
    signal, accounts = SIGNALS[name], course.parts.shape[1]
    lasting = generator(seed, f"{name}, lasting").standard_normal((accounts,))[account]
    noise = generator(seed, f"{name}, noise").standard_normal(len(account))
    seen = course.at(account, week) @ signal.loads()
    return np.asarray(seen + signal.lasting_noise * lasting + signal.noise * noise)


def observe_weekly(seed: int, course: Course, name: str) -> Floats:
    """The same for every week and account: week × account."""
    signal = SIGNALS[name]
    lasting = generator(seed, f"{name}, lasting").standard_normal(course.parts.shape[1])
    noise = generator(seed, f"{name}, noise").standard_normal(course.parts.shape[:2])
    return np.asarray(course.parts @ signal.loads() + signal.lasting_noise * lasting + signal.noise * noise)


def described() -> dict[str, dict[str, float]]:
    """All signals as plain numbers."""
    return {name: asdict(signal) for name, signal in SIGNALS.items()}
