"""The app's heartbeats: how often they usually come, and how many have to be missed to mean something. Pure."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from data.activity import Activity

SHORTEST_HEARTBEAT = timedelta(minutes=1)
LOST_HEARTBEATS = 0.01
"""The share of beats that get lost on a healthy connection."""

QUARTER = timedelta(days=91)


def heartbeats_to_miss(interval: timedelta) -> int:
    """Return k so that k misses in a row happen by chance at most once in a quarter: ln(beats) / ln(1/p)."""
    beats = QUARTER / interval
    return max(2, math.ceil(math.log(beats) / math.log(1 / LOST_HEARTBEATS)))


def heartbeat_interval(beats: Sequence[Activity], woke_at: datetime | None = None) -> timedelta | None:
    """Return the app's usual interval between heartbeats, None while too few were seen to tell.

    ``beats`` are counts per quarter hour, oldest first. Where several fall into one, their own distance
    tells; an app that beats more seldom is measured by the distance of its quarter hours. ``woke_at``: when we
    last began to listen; the distance across it tells how long we were away.
    """
    if not beats or beats[-1].last_at - beats[0].first_at < 2 * SHORTEST_HEARTBEAT:
        return None
    within = [
        (beat.last_at - beat.first_at) / (beat.occurrences - 1) for beat in beats if beat.occurrences > 2
    ]
    between = [
        later.first_at - earlier.last_at
        for earlier, later in pairwise(beats)
        if woke_at is None or not earlier.last_at < woke_at <= later.first_at
    ]
    distances = within or between
    if not distances or (not within and len(between) < 2):
        return None
    return max(
        timedelta(seconds=median(distance.total_seconds() for distance in distances)), SHORTEST_HEARTBEAT
    )
