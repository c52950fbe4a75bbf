"""What it costs to work by a score: how often a CSM is sent to an account that would have stayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.evidence.resampled import Places, Rows


@dataclass(frozen=True)
class Alarms:
    """Accounts in the lowest tier on a day are one alarm each for the horizon after it.

    right: those that left. helped: stayed, and the team had done something; whether that saved them nobody can tell, so
    they are no false alarms. false: stayed with nothing done. weeks: of all horizons. csm_weeks: a CSM and a week each,
    for CSMs with an account that was scored; None where no account has one. recorded: somebody wrote down what the team
    did.
    """

    of: str
    alarms: int
    right: int
    helped: int
    false: int
    weeks: float
    csm_weeks: float | None
    recorded: bool = False

    @property
    def each_week(self) -> float | None:
        """False alarms per CSM and week; per week where no account has a CSM."""
        over = self.weeks if self.csm_weeks is None else self.csm_weeks
        return self.false / over if over else None


def alarms(
    of: str, low: Rows, left: Rows, helped: Rows | None, owner: Sequence[str | None], day: Places, horizon_days: int
) -> Alarms:
    """The count. low: which rows are alarms, `of` what. helped: None where nobody wrote it down. day: numbered."""
    stayed, recorded = low & ~left, helped is not None
    helped = np.zeros(len(low), np.bool_) if helped is None else helped
    named = {(one, when) for one, when in zip(owner, day.tolist(), strict=True) if one is not None}
    weeks = horizon_days / 7
    return Alarms(
        of,
        int(low.sum()),
        int((low & left).sum()),
        int((stayed & helped).sum()),
        int((stayed & ~helped).sum()),
        weeks * len(np.unique(day)),
        weeks * len(named) if named else None,
        recorded,
    )
