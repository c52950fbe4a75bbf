"""Facts to stored metric values: what every later step reads instead of the facts."""

from keepwell.scoring.metrics.values import Metrics, compute_metrics

__all__ = ["Metrics", "compute_metrics"]
