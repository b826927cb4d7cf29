"""Comparing what Freshchat resolved with what we have, per group and interval."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.chats import quarter_hour
from data.probes import Comparison
from services.freshchat.answers import Resolved
from services.ingest.counting import UNDEFINED_QUEUE
from services.intervals import full_minute
from services.probing.judgement import judge

MINUTE = timedelta(minutes=1)
QUARTER_HOUR = timedelta(minutes=15)
Received = tuple[str | None, str, datetime, int]


@dataclass(frozen=True, slots=True)
class Window:
    """What is compared, between two full minutes.

    Full quarter hours are asked for as such; the pieces before the first and after the last by the minute,
    so that every interval that Freshchat tells of lies in the window as a whole.
    """

    start: datetime
    end: datetime

    def pieces(self) -> list[tuple[datetime, datetime, str]]:
        """Return (start, end, Freshchat's name of the interval), without empty ones."""
        first = min(_quarter_hour_at_or_after(self.start), self.end)
        last = max(quarter_hour(self.end), first)
        pieces = [(self.start, first, "1m"), (first, last, "15m"), (last, self.end, "1m")]
        return [piece for piece in pieces if piece[0] < piece[1]]

    def interval(self, at: datetime) -> tuple[datetime, datetime]:
        """Return start and end of the interval that an instant belongs to."""
        quarter = quarter_hour(at)
        if self.start <= quarter and quarter + QUARTER_HOUR <= self.end:
            return quarter, quarter + QUARTER_HOUR
        minute = full_minute(at)
        return minute, minute + MINUTE


class _Stream:
    """Both sides' counts by interval."""

    def __init__(self) -> None:
        self.freshchat: dict[tuple[datetime, datetime], int] = defaultdict(int)
        self.received: dict[tuple[datetime, datetime], int] = defaultdict(int)
        self.queue: str | None = None


def compare(
    window: Window,
    resolved: Iterable[Resolved],
    received: Iterable[Received],
    names: Mapping[str, str],
    threshold: Callable[[int], float],
) -> tuple[Comparison, tuple[Comparison, ...]]:
    """Return the comparison of the total, and those of the queues by name.

    ``received`` is (group id, queue, minute, contacts); ``names`` are those of Freshchat's groups by id;
    ``threshold`` gives the improbability of a loss for so many streams.
    """
    groups = {name: group_id for group_id, name in names.items()}
    streams: dict[str | None, _Stream] = defaultdict(_Stream)
    total = _Stream()
    for told in resolved:
        for stream in (streams[told.group_id], total):
            stream.freshchat[window.interval(told.start)] += told.count
    for group_id, queue, minute, contacts in received:
        key = group_id if group_id is not None else groups.get(queue)
        streams[key].queue = queue
        for stream in (streams[key], total):
            stream.received[window.interval(minute)] += contacts
    whole = _compare(total)
    whole = replace(whole, loss=judge(whole.freshchat, whole.missing, threshold=threshold(1)) == "loss")
    queues = []
    for key, stream in streams.items():
        found = _compare(stream)
        # What one queue lacks and another has too much was told to belong to another group, and is not lost.
        lost = min(found.missing, whole.missing)
        loss = judge(found.freshchat, lost, threshold=threshold(len(streams))) == "loss"
        name = names.get(key or "") or stream.queue or UNDEFINED_QUEUE
        queues.append(replace(found, queue=name, group_id=key, loss=loss))
    return whole, tuple(sorted(queues, key=lambda queue: (queue.queue or "", queue.group_id or "")))


def _quarter_hour_at_or_after(at: datetime) -> datetime:
    quarter = quarter_hour(at)
    return quarter if quarter == at else quarter + QUARTER_HOUR


def _compare(stream: _Stream) -> Comparison:
    """Compare interval by interval: a loss begins where a deficit begins that is not made good again."""
    freshchat = received = 0
    begin = until = None
    before = (0, 0)
    for start, end in sorted({*stream.freshchat, *stream.received}):
        told, have = stream.freshchat.get((start, end), 0), stream.received.get((start, end), 0)
        if freshchat <= received:
            begin, before = start, (freshchat, received)
        freshchat += told
        received += have
        if freshchat <= received:
            begin = until = None
        elif told > have:
            until = end
    if begin is None:
        return Comparison(freshchat=freshchat, received=received)
    return Comparison(
        freshchat=freshchat,
        received=received,
        missing=freshchat - received,
        missing_since=begin,
        missing_until=until,
        freshchat_since=freshchat - before[0],
        received_since=received - before[1],
    )
