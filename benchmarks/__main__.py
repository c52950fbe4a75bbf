"""`python -m benchmarks [NAME …]`: all of them by default. See README.md."""

from __future__ import annotations

import sys

from benchmarks import backtest, forecast, history, hundred_measures, kills, one_day, refresh, start_up, truth

ALL = {
    "start-up": start_up.run,
    "hundred-measures": hundred_measures.run,
    "one-day": one_day.run,
    "history": history.run,
    "refresh": refresh.run,
    "kills": kills.run,
    "truth": truth.run,
    "backtest": backtest.run,
    "forecast": forecast.run,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark ‘{unknown[0]}’; there is: {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in names or ALL:
        print(f"== {name}", flush=True)
        ALL[name]()
    return 0


sys.exit(main(sys.argv[1:]))
