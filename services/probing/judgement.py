"""When to ask Freshchat, and what its figures prove.

Rule: n chats resolved at the source, x missing here, normal loss eps. More is missing than chance explains
when P(Bin(n, eps) >= x) < B / probes per quarter, with B false alarms a quarter promised. Nothing missing of
nothing is no evidence.
"""

from datetime import datetime, timedelta
from math import exp, lgamma, log
from typing import Literal

Suspicion = Literal["calm", "suspicious", "at_once"]
Judgement = Literal["loss", "no_loss", "no_evidence"]

NORMAL_LOSS = 0.001
FALSE_ALARMS_A_QUARTER = 1.0
QUARTER = timedelta(days=91)
CALM_FACTOR = 4
SHORTEST_DISTANCE = timedelta(seconds=30)
UNKNOWN_LAG_GRACE = timedelta(minutes=2)
SHORTEST_GRACE = timedelta(seconds=30)
LONGEST_GRACE = timedelta(minutes=30)


def judge(freshchat: int, missing: int, *, threshold: float, normal_loss: float = NORMAL_LOSS) -> Judgement:
    """Judge ``missing`` contacts of ``freshchat`` resolved chats; ``threshold`` is a probability."""
    if freshchat <= 0:
        return "no_evidence"
    return "loss" if at_least(missing, freshchat, normal_loss) < threshold else "no_loss"


def threshold(probe_seconds: float, streams: int = 1) -> float:
    """Return how improbable a loss must be, when probes come this close together.

    Half of the promised false alarms is for the total, the other half is shared by ``streams`` queues.
    """
    probes = QUARTER.total_seconds() / probe_seconds
    return FALSE_ALARMS_A_QUARTER / 2 / probes / max(1, streams)


def at_least(x: int, n: int, p: float) -> float:
    """Return P(Bin(n, p) >= x), exactly; the terms of the tail are summed up, so that it may be tiny."""
    if x <= 0:
        return 1.0
    if x > n:
        return 0.0
    term = exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log(1 - p))
    total = 0.0
    for k in range(x, n + 1):
        total += term
        term *= (n - k) / (k + 1) * p / (1 - p)
        if k > n * p and term < total * 1e-12:
            break
    return min(total, 1.0)


def grace(lag: timedelta | None) -> timedelta:
    """Return how old a resolution must be to be missed.

    ``lag`` is the 99.9 % quantile of the measured push delay, None while it is unknown.
    """
    if lag is None:
        return UNKNOWN_LAG_GRACE
    return min(max(lag * 1.5, SHORTEST_GRACE), LONGEST_GRACE)


def is_due(
    last_probe_at: datetime | None, now: datetime, *, probe_seconds: float, suspicion: Suspicion
) -> bool:
    """Tell whether to ask now.

    Hourly when calm (four times ``probe_seconds``), every ``probe_seconds`` while something is suspicious,
    and at once when a statistic passes half of its threshold or hard evidence appears.
    """
    if last_probe_at is None:
        return True
    usual = timedelta(seconds=probe_seconds)
    distance = {"calm": CALM_FACTOR * usual, "suspicious": usual, "at_once": min(usual, SHORTEST_DISTANCE)}
    return now - last_probe_at >= distance[suspicion]
