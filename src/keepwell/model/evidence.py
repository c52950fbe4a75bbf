"""What scores are held against beside the outcomes: simple signs, timing, segments, and what the team did."""

from __future__ import annotations

from pydantic import Field

from keepwell.model.spec import Name, Spec


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

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that is named, each once."""
        named = (self.renewal, *self.baselines, *self.segments)
        return tuple(dict.fromkeys(name for name in named if name is not None))
