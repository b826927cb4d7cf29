"""How soon is a silence or a 60 % loss noticed on real streams, and how often is there a false alarm?

Every stream is watched as an integration of its own, learned every night from what was known then.
Delays count from the fault, nights and weekends included; those of faults that begin while contacts are
due stand beside them. Classes: contacts per hour on average, closed hours included.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bench import baselines
from bench.injection import MARGIN, Fault, Trial, faults, notice
from bench.streams import Stream, all_streams, available
from bench.walk import walk
from services.detector import Model
from services.detector.grid import QUARTER_SECONDS, SLOTS, count_matrix

MODES = {"silence": 0.0, "60 % loss": 0.4}
CLASSES = (("> 20/h", 20.0), ("2-20/h", 2.0), ("< 2/h", 0.0))
BEFORE = 10 * SLOTS
"""Quarter hours of healthy series before a fault, for the baselines."""

OURS = "Stillwatch"


@dataclass(slots=True)
class Tally:
    """What was measured in one class: trials by mode and method, false alarms, promised ones.

    ``on_grid``: our silences once more, the last contact being known by its quarter hour only.
    """

    trials: dict[tuple[str, str], list[Trial]] = field(default_factory=lambda: defaultdict(list))
    on_grid: list[Trial] = field(default_factory=list)
    false_alarms: int = 0
    promised: float = 0.0
    streams: int = 0


def main(quick: bool = False) -> None:
    """Print the tables."""
    if not available():
        print("skipped: the real streams are not in ../shared/arrivals")
        return
    wanted = 60 if quick else 300
    print(
        f"{wanted} faults per stream and mode"
        + (" (quick run: fewer than the 300 of a full one)" if quick else "")
    )
    tallies: dict[str, Tally] = defaultdict(Tally)
    began = time.monotonic()
    print(f"{'':<49}median hours, contacts being due")
    print(
        f"{'stream':<16}{'per hour':>9}{'false alarms':>14}{'promised':>10}{'silence':>12}{'60 % loss':>12}"
    )
    for stream in all_streams():
        _measure(stream, wanted, tallies)
    for title, mode in (("every fault", False), ("faults that begin while contacts are due", True)):
        print(f"\nMedian delay in hours (share missed within 7 days), {title}")
        _print_delays(tallies, only_open=mode)
    _print_grid(tallies)
    _print_promise(tallies)
    print(f"took {time.monotonic() - began:.0f} s")


def _measure(stream: Stream, wanted: int, tallies: dict[str, Tally]) -> None:
    models: list[tuple[int, Model]] = []
    seen = walk(
        stream.healthy, zone=stream.zone, holidays=stream.holidays, visit=lambda *night: models.append(night)
    )
    false = [alarm for alarm in seen.alarms if not stream.is_broken(alarm.at)]
    rate = seen.expected / max(seen.days, 1) / 24
    tally = tallies[next(name for name, least in CLASSES if rate >= least)]
    tally.streams += 1
    tally.false_alarms += len(false)
    tally.promised += seen.days / 91.3125
    series = _Series(stream, models[0][0], len(false))
    medians = []
    for mode, arriving in MODES.items():
        injected = faults(
            models, stream.healthy, arriving=arriving, wanted=wanted, seed=7, avoid=stream.broken_quarters()
        )
        ours = [notice(fault, arriving) for fault in injected]
        tally.trials[mode, OURS] += ours
        if arriving == 0:
            tally.on_grid += [notice(fault, arriving, to_the_second=False) for fault in injected]
        medians.append(float(np.median([trial.delay for trial in ours if trial.is_open])))
        for name in baselines.BASELINES:
            delays = [series.notice(name, fault) for fault in injected]
            pairs = zip(delays, ours, strict=True)
            tally.trials[mode, name] += [Trial(delay, trial.bound, trial.is_open) for delay, trial in pairs]
    print(
        f"{stream.name:<16}{rate:>9.2f}{len(false):>14}{seen.days / 91.3125:>10.1f}"
        f"{medians[0]:>12.2f}{medians[1]:>12.2f}",
        flush=True,
    )


class _Series:
    """A healthy stream for the baselines: what is usual, and thresholds that keep the promise."""

    def __init__(self, stream: Stream, watched: int, false_alarms: int) -> None:
        starts = pd.DatetimeIndex(stream.healthy["interval_start"]).as_unit("s").asi8 // QUARTER_SECONDS
        self.origin = watched - MARGIN - BEFORE
        length = int(starts.max()) + 1 - self.origin
        self.series = count_matrix(stream.healthy, (), self.origin, length)[0]
        judged = slice(max(watched, int(starts.min()) + BEFORE) - self.origin, None)
        healthy = np.ones(length, dtype=bool)
        for start, end in stream.broken_quarters():
            healthy[max(0, start - self.origin) : max(0, end - self.origin)] = False
        self.known = baselines.usual(self.series)
        # The same budget: what the promise allows, or what the detector itself used of it if that is more.
        allowed = max(false_alarms, round(length / SLOTS / 91.3125))
        self.thresholds = {}
        for name, score in baselines.BASELINES.items():
            scores = np.where(healthy, score(self.series, self.known), 0.0)[judged]
            self.thresholds[name] = baselines.lowest_threshold(scores, allowed)

    def notice(self, name: str, fault: Fault) -> float:
        place = fault.first + fault.broken - self.origin
        window = slice(max(0, place - BEFORE), place - fault.broken + len(fault.contacts))
        series = self.series.copy()
        series[place - fault.broken : window.stop] = fault.contacts[: len(series) - place + fault.broken]
        score = baselines.BASELINES[name](series[window], self.known.cut(window))
        return baselines.notice(fault, score, self.thresholds[name], place - window.start)


def _print_delays(tallies: dict[str, Tally], *, only_open: bool) -> None:
    names = [name for name, _ in CLASSES if name in tallies]
    print(f"{'':<24}" + "".join(f"{mode + ' ' + name:>19}" for mode in MODES for name in names))
    columns = [(mode, name) for mode in MODES for name in names]
    picked = {
        (mode, name, method): [t for t in trials if t.is_open or not only_open]
        for name, tally in tallies.items()
        for (mode, method), trials in tally.trials.items()
    }
    bounds = [_delay([trial.bound for trial in picked[mode, name, OURS]]) for mode, name in columns]
    print(f"{'ideal bound':<24}" + "".join(f"{bound:>19}" for bound in bounds))
    for method in (OURS, *baselines.BASELINES):
        row = [_delay([trial.delay for trial in picked[mode, name, method]]) for mode, name in columns]
        print(f"{method:<24}" + "".join(f"{delay:>19}" for delay in row))
    ratios = [_ratio(picked[mode, name, OURS]) for mode, name in columns]
    print(f"{'ours / bound (median)':<24}" + "".join(f"{ratio:>19.2f}" for ratio in ratios))


def _delay(delays: Sequence[float]) -> str:
    values = np.array(delays)
    missed = float(np.mean(np.isinf(values)))
    middle = float(np.median(values))
    return ("-" if np.isinf(middle) else f"{middle:.2f}") + (f" ({missed:.2f})" if missed >= 0.005 else "")


def _ratio(trials: Sequence[Trial]) -> float:
    """Return the median ratio of the delay to the bound, over the faults that both see."""
    seen = [
        (t.delay, t.bound) for t in trials if np.isfinite(t.delay) and np.isfinite(t.bound) and t.bound > 0
    ]
    return float(np.median([delay / limit for delay, limit in seen])) if seen else float("nan")


def _print_grid(tallies: dict[str, Tally]) -> None:
    print(
        "\nWhat the quarter-hour grid costs a silence that begins while contacts are due, in minutes on average"
    )
    for name, _ in CLASSES:
        if name in tallies:
            pairs = zip(tallies[name].on_grid, tallies[name].trials["silence", OURS], strict=True)
            both = [(grid.delay, exact.delay) for grid, exact in pairs if exact.is_open]
            cost = [grid - exact for grid, exact in both if np.isfinite(grid) and np.isfinite(exact)]
            print(f"{name:<8}{60 * np.mean(cost):>6.1f} on top of live data, which knows the second")


def _print_promise(tallies: dict[str, Tally]) -> None:
    print("\nFalse alarms of the detector, thresholds set in advance, one promised per stream and quarter")
    for name, _ in CLASSES:
        if name in tallies:
            tally = tallies[name]
            print(
                f"{name:<8}{tally.streams:>4} streams: {tally.false_alarms:>3}, promised {tally.promised:.1f}"
            )
    total = sum(tally.false_alarms for tally in tallies.values())
    print(f"in total: {total}, promised {sum(tally.promised for tally in tallies.values()):.1f}")
