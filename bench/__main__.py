"""``python -m bench [NAME ...] [--quick]``: run all benchmarks, or those that are named."""

import argparse
import time

from bench import daylight, ingest, made_up, natural, silence, speed

BENCHMARKS = {
    "silence": silence.main,
    "natural": natural.main,
    "made-up": made_up.main,
    "daylight": daylight.main,
    "speed": speed.main,
    "ingest": lambda quick: ingest.main(),  # noqa: ARG005 - it is quick as it is
}


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
        print(f"\n== {name}")
        began = time.monotonic()
        BENCHMARKS[name](options.quick)
        print(f"({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
