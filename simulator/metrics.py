"""/metrics/historical and /metrics/instant: counts of interactions by group, agent and interval."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.account import Account
from simulator.answers import invalid
from simulator.entities import Interaction
from simulator.times import iso, read_instant

INTERVALS = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "1W": timedelta(days=7),
    "1M": timedelta(days=30),
}
MOST_INTERVALS = 20_000
AGGREGATORS: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "avg": fmean,
    "median": median,
    "90th_percentile": lambda values: sorted(values)[int(0.9 * (len(values) - 1))],
}
GROUPINGS: dict[str, Callable[[Interaction], str]] = {
    "group": lambda it: it.group.id if it.group else "null",
    "agent": lambda it: it.agent.id if it.agent else "null",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """When an interaction counts for a metric, and the seconds it adds; without seconds it is a count."""

    at: Callable[[Interaction], datetime | None]
    seconds: Callable[[Interaction], float] | None = None


def _resolution_seconds(it: Interaction) -> float:
    return (it.resolved_at - it.opened_at).total_seconds() if it.resolved_at else 0.0


METRICS = {
    "conversation_metrics.created_interactions": Metric(lambda it: it.opened_at),
    "conversation_metrics.assigned_interactions": Metric(lambda it: it.assigned_at if it.agent else None),
    "conversation_metrics.resolved_interactions": Metric(lambda it: it.resolved_at),
    "conversation_metrics.wait_time": Metric(
        lambda it: it.first_response_at, lambda it: (it.first_response_at - it.opened_at).total_seconds()
    ),
    "team_performance.first_response_time": Metric(
        lambda it: it.first_response_at, lambda it: (it.first_response_at - it.assigned_at).total_seconds()
    ),
    "team_performance.response_time": Metric(
        lambda it: it.first_response_at, lambda it: (it.first_response_at - it.assigned_at).total_seconds()
    ),
    "team_performance.resolution_time": Metric(lambda it: it.resolved_at, _resolution_seconds),
}
UNASSIGNED = "conversation_metrics.created_x_mins_ago_and_unassigned"


def routes(account: Account) -> list[Route]:
    """Return the routes below /v2."""

    async def historical(request: Request) -> Response:
        return JSONResponse(_historical(account, request))

    async def instant(request: Request) -> Response:
        return JSONResponse(_instant(account, request))

    return [Route("/metrics/historical", historical), Route("/metrics/instant", instant)]


def _historical(account: Account, request: Request) -> dict[str, Any]:
    query = request.query_params
    name, interval, group_by = query.get("metric", ""), query.get("interval", ""), query.get("group_by")
    start, end = _span(request)
    if name not in METRICS and name != UNASSIGNED:
        raise invalid("metric is not known")
    if (interval and interval not in INTERVALS) or (group_by is not None and group_by not in GROUPINGS):
        raise invalid("interval or group_by is not known")
    wanted = _filters(query.getlist("filter_by"))
    rows = [it for it in _candidates(account, name, start, end, query.get("x_time")) if _passes(it, wanted)]
    by_key: dict[str | None, list[Interaction]] = defaultdict(list)
    for it in rows:
        by_key[GROUPINGS[group_by](it) if group_by else None].append(it)
    series = _Series(name, start, end, interval, query, decimal=account.switches.decimal_values)
    return {
        "metrics": [name],
        "start": iso(start),
        "end": iso(end),
        "interval": interval,
        "aggregator": query.get("aggregator", "avg"),
        "filters": {"metric_filters": [{"key": key, "value": value} for key, value in wanted]},
        "data": [
            {
                "groupings": [] if key is None else [{"key": group_by, "value": key}],
                "series": series.of(found),
            }
            for key, found in by_key.items()
        ],
    }


def _candidates(
    account: Account, name: str, start: datetime, end: datetime, x_time: str | None
) -> Iterable[Interaction]:
    world, now = account.world, account.now()
    if name == UNASSIGNED:
        before = now - timedelta(minutes=float(x_time or 0))
        return [
            it
            for it in world.interactions()
            if it.resolved_at is None and not it.assigned and it.opened_at <= before
        ]
    known_until = min(end, now - timedelta(seconds=account.switches.metrics_lag_seconds))
    if name == "conversation_metrics.resolved_interactions":
        return world.resolved_between(start, known_until)
    at = METRICS[name].at
    return [it for it in world.interactions() if (when := at(it)) is not None and start <= when < known_until]


class _Series:
    """Writes the values of one grouping, interval by interval."""

    def __init__(
        self, name: str, start: datetime, end: datetime, interval: str, query: Any, *, decimal: bool
    ) -> None:
        self.metric, self.name, self.decimal = METRICS.get(name), name, decimal
        self.start, self.end = start, end
        self.step = INTERVALS.get(interval)
        self.aggregate = AGGREGATORS.get(query.get("aggregator", "avg"))
        self.as_count = query.get("count_metric") == "count" or name == UNASSIGNED
        if self.aggregate is None:
            raise invalid("aggregator is not known")
        if self.step and (end - start) / self.step > MOST_INTERVALS:
            raise invalid("too many intervals")

    def of(self, found: list[Interaction]) -> list[dict[str, Any]]:
        if self.step is None or self.metric is None:
            value = {
                "values": [{"key": "count" if self.as_count else self.name, "value": self._value(found)}]
            }
            return [value if self.as_count else self._bounds(self.start, self.end) | value]
        buckets: dict[int, list[Interaction]] = defaultdict(list)
        for it in found:
            at = self.metric.at(it)
            assert at is not None
            buckets[(at - self.start) // self.step].append(it)
        key, series = "count" if self.as_count else self.name, []
        for number in range(-((self.start - self.end) // self.step)):
            begin = self.start + number * self.step
            value = {"values": [{"key": key, "value": self._value(buckets.get(number, []))}]}
            series.append(self._bounds(begin, min(begin + self.step, self.end)) | value)
        return series

    def _bounds(self, start: datetime, end: datetime) -> dict[str, Any]:
        return {"start": iso(start), "end": iso(end)}

    def _value(self, found: list[Interaction]) -> str:
        """Write a number the way Freshchat does: as text, durations and sometimes counts with a point."""
        if self.metric is None or self.metric.seconds is None or self.as_count:
            return str(float(len(found))) if self.decimal else str(len(found))
        assert self.aggregate is not None
        return str(round(self.aggregate([self.metric.seconds(it) for it in found]), 1) if found else 0.0)


def _span(request: Request) -> tuple[datetime, datetime]:
    try:
        start, end = (read_instant(request.query_params[name]) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise invalid("start and end must be ISO 8601 times") from None
    if end < start:
        raise invalid("end lies before start")
    return start, end


def _filters(texts: list[str]) -> list[tuple[str, str]]:
    filters = []
    for text in texts:
        key, separator, value = unquote(text).partition("=")
        if not separator or key not in GROUPINGS:
            raise invalid("filter_by must be group=<id> or agent=<id>")
        filters.append((key, value))
    return filters


def _passes(it: Interaction, wanted: list[tuple[str, str]]) -> bool:
    keys = {key for key, _ in wanted}
    return all(GROUPINGS[key](it) in [value for name, value in wanted if name == key] for key in keys)


def _instant(account: Account, request: Request) -> dict[str, Any]:
    name = request.query_params.get("metric", "team_presence.online")
    key = {
        "team_presence.online": "team_member.online",
        "conversation_metrics.open_interactions": "conversation.open",
    }.get(name)
    if key is None:
        raise invalid("metric is not known")
    wanted = _filters(request.query_params.getlist("filter_by"))
    if name == "team_presence.online":
        ids = {
            g.id: [a.id for a in account.world.cast.agents if g.id in a.groups]
            for g in account.world.cast.groups
        }
    else:
        ids = defaultdict(list)
        for it in account.world.interactions():
            if it.resolved_at is None:
                ids[GROUPINGS["group"](it)].append(it.conversation.id)
    groups = [value for filter_key, value in wanted if filter_key == "group"]
    return {
        "metric": name,
        "filters": {"metric_filters": [{"key": filter_key, "value": value} for filter_key, value in wanted]},
        "data": [
            {
                "groupings": [{"key": "group", "value": group}],
                "values": [{"key": key, "count": len(found), "resources": [{"id": it} for it in found]}],
            }
            for group, found in ids.items()
            if not groups or group in groups
        ],
    }
