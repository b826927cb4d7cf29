"""``python -m bench [NAME ...] [--quick]``: run all benchmarks, or those that are named."""

import argparse
import time
from importlib import import_module

BENCHMARKS = {
    "silence": "bench.silence",
    "first-weeks": "bench.first_weeks",
    "natural": "bench.natural",
    "made-up": "bench.made_up",
    "daylight": "bench.daylight",
    "speed": "bench.speed",
    "cost": "bench.cost",
    "pages": "bench.pages",
    "ingest": "bench.ingest",
}
ALWAYS_QUICK = {"ingest"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what is promised.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default"
    )
    parser.add_argument("--quick", action="store_true", help="fewer trials: a look, not a measurement")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for name in options.names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        benchmark = import_module(BENCHMARKS[name]).main
        if name in ALWAYS_QUICK:
            benchmark()
        else:
            benchmark(options.quick)
        print(f"({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
