"""Made-up streams, whose truth is known: false alarms against the promise, delay against the exact ARL1."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bench.injection import faults, notice
from bench.walk import walk
from services.detector import Model
from services.detector.grid import CELLS, QUARTER_SECONDS, Floats, axis

ZONE = ZoneInfo("Europe/Berlin")
FIRST = 1_736_121_600 // QUARTER_SECONDS
"""Monday, 6 January 2025, 00:00 UTC."""

YEARS = 26
"""Years of each stream; eight streams are 208 years."""

QUICK_YEARS = 2
DAYS_A_YEAR = 365
SHARES = (0.0, 0.4)
"""How much of the contacts still arrives."""

CORES = 2


@dataclass(frozen=True, slots=True)
class MadeUp:
    """``rate``: contacts per hour on average. ``shape``: of the negative binomial per hour, None = Poisson."""

    rate: float
    shape: float | None = None

    @property
    def name(self) -> str:
        return f"{self.rate:g}/h " + (f"negative binomial, shape {self.shape:g}" if self.shape else "Poisson")


STREAMS = [MadeUp(rate, shape) for rate in (0.3, 1.5, 8, 50) for shape in (None, 10.0)]


def profile() -> Floats:
    """Return a usual week by local quarter hour with mean 1: weekdays 8 to 20 h, half of that on Saturdays."""
    hours = np.arange(CELLS) % 96 / 4
    day = np.arange(CELLS) // 96
    busy = np.clip(np.minimum(hours - 7.5, 20.5 - hours), 0, 1) * (
        1 + 0.4 * np.sin((hours - 8) / 12 * 2 * np.pi)
    )
    week = busy * np.array([1.2, 1.05, 1.0, 0.95, 1.0, 0.5, 0.0])[day]
    return np.asarray(week / week.mean())


def counts(stream: MadeUp, days: int, seed: int, first: int = FIRST) -> pd.DataFrame:
    """Return a made-up series: queue, interval_start (UTC) and contacts, non-zero rows only."""
    rng = np.random.default_rng([seed, int(stream.rate * 100), int(stream.shape or 0)])
    time = axis(ZONE, first, days * 96)
    mean = profile()[time.cell] * stream.rate / 4
    if stream.shape:
        mean = mean * rng.gamma(stream.shape / 4, 4 / stream.shape, len(mean))
    contacts = rng.poisson(mean)
    some = contacts > 0
    starts = pd.to_datetime(time.starts[some], unit="s", utc=True)
    return pd.DataFrame({"queue": "all", "interval_start": starts, "contacts": contacts[some]})


@dataclass(frozen=True, slots=True)
class Year:
    """What one simulated year brought. ``ratios``: delays by the share that arrives, against the exact ones."""

    alarms: int
    quarters: float
    ratios: dict[float, list[float]]


def main(quick: bool = False) -> None:
    """Print false alarms over many simulated years, and the delay of silences and losses."""
    years = QUICK_YEARS if quick else YEARS
    print(f"{years * len(STREAMS)} simulated years" + (" (quick run, not the full 208)" if quick else ""))
    print(f"{'':<62}delay / exact delay")
    print(f"{'stream':<36}{'false alarms':>13}{'per quarter':>12}{'silence':>12}{'60 % loss':>10}")
    total, quarters = 0, 0.0
    with ProcessPoolExecutor(CORES) as pool:
        for stream in STREAMS:
            seen = list(pool.map(simulate, [stream] * years, range(years)))
            alarms, watched = sum(year.alarms for year in seen), sum(year.quarters for year in seen)
            silence, loss = (
                np.mean([r for year in seen for r in year.ratios[arriving]]) for arriving in SHARES
            )
            print(
                f"{stream.name:<36}{alarms:>13}{alarms / watched:>12.2f}{silence:>12.2f}{loss:>10.2f}",
                flush=True,
            )
            total, quarters = total + alarms, quarters + watched
    print(
        f"in total {total} false alarms in {quarters:.0f} quarters: {total / quarters:.2f} each, promised 1"
    )


def simulate(stream: MadeUp, year: int) -> Year:
    """Walk through one year; faults are injected into the first two."""
    series = counts(stream, DAYS_A_YEAR, year)
    models: list[tuple[int, Model]] = []
    seen = walk(series, zone=ZONE, visit=lambda *night: models.append(night))
    ratios: dict[float, list[float]] = {arriving: [] for arriving in SHARES}
    if year < QUICK_YEARS:
        ratios = {arriving: _ratios(models, series, arriving, year) for arriving in SHARES}
    return Year(len(seen.alarms), seen.days / 91.3125, ratios)


def _ratios(models: list[tuple[int, Model]], series: pd.DataFrame, arriving: float, seed: int) -> list[float]:
    """Return the delay of each fault as a multiple of the exact mean delay of an ideal CUSUM."""
    injected = faults(models, series, arriving=arriving, wanted=50, seed=seed)
    trials = [notice(fault, arriving) for fault in injected]
    return [
        t.delay / t.bound for t in trials if np.isfinite(t.delay) and np.isfinite(t.bound) and t.bound > 0.25
    ]
