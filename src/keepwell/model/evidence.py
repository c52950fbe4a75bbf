"""What scores are held against beside the outcomes: simple signs, timing, segments, and what the team did."""

from __future__ import annotations

from pydantic import Field, model_validator

from keepwell.model.exact import Days, Duration
from keepwell.model.spec import ColumnName, Name, Spec


class Evidence(Spec):
    """What `backtest`, `calibrate` and `forecast` read beside the scores. It changes no score and no version."""

    renewal: Name | None = Field(
        None,
        description="Metric: days until the account can next leave, such as those to the end of its contract.",
    )
    baselines: tuple[Name, ...] = Field(
        (),
        description="Metrics that people would go by without a score, such as the days since the last login, or NPS.",
    )
    segments: tuple[Name, ...] = Field(
        (), description="Metrics with words by which who left is counted, such as a plan."
    )
    interventions: Name | None = Field(
        None, description="The table whose rows say what the team did for an account; its `time` says when."
    )

    ends: tuple[Name, ...] = Field(
        (),
        description="Outcomes each of which ends an account, such as [churn, closed]. Where one of them is judged, the "
        "others compete with it: whoever ended so can no longer have it.",
    )
    company: ColumnName | None = Field(
        None,
        description="Column of the accounts that says which company each is, such as its domain or VAT id: one of "
        "`ends` is no outcome where the same company has a new account. Domains of free mail are no company.",
    )
    back_within: Days = Field(
        Duration(90), description="With `company`: how long before or after the end the new account began."
    )

    @model_validator(mode="after")
    def _complete(self) -> Evidence:
        if self.company is not None and not self.ends:
            raise ValueError("`company` needs `ends`: the outcomes that are none where the company has a new account")
        if self.company is None and "back_within" in self.model_fields_set:
            raise ValueError("`back_within` belongs to `company`, which says who came back")
        return self

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that is named, each once."""
        named = (self.renewal, *self.baselines, *self.segments)
        return tuple(dict.fromkeys(name for name in named if name is not None))
