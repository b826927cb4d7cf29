"""The timeline: contacts against the expected band, and under them incidents, refusals and heartbeats in lanes."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np

from pages.parts.charts.axes import place_axis
from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Columns, Layer, layer
from pages.parts.charts.marks import bar_places, pointed_fields, steps
from services.causes import CAUSES
from services.translation import N_, Words
from services.watch.timeline import Timeline

HEIGHT = 360
LANES = ("incidents", "refused", "heartbeats")
LANE_NAMES = {
    "incidents": N_("Incidents"),
    "refused": N_("Refused requests"),
    "heartbeats": N_("Heartbeats"),
}
LANE_SHARE = 0.055
"""Half a lane's distance to the next, as a share of the contacts' axis."""


def timeline_chart(shown: Timeline, words: Words, colours: Colours) -> list[Layer]:
    """Return the timeline; everything shares one axis of steps, whose labels are local times."""
    scene = _Scene(shown, words, colours)
    layers = [
        *scene.band(),
        *scene.outages(),
        scene.grid(),
        *scene.expected(),
        *scene.contacts(),
        *scene.lanes(),
        scene.now(),
        scene.hover(),
    ]
    return [each for each in layers if len(each)]


class _Scene:
    """The layers of one timeline. Contacts stand above zero, the lanes below it, all on one axis."""

    def __init__(self, shown: Timeline, words: Words, colours: Colours) -> None:
        self.shown, self.words, self.colours = shown, words, colours
        count = len(shown.starts)
        self.x = alt.X(
            field="place",
            type="quantitative",
            scale=alt.Scale(domain=[0, count], nice=False),
            axis=_time_axis(shown, words),
        )
        highest = (shown.received + shown.recovered).max()
        if shown.high is not None:
            highest = max(highest, shown.high.max())
        self.ticks = _ticks(float(highest))
        self.lane = self.ticks[-1] * LANE_SHARE
        self.centres = {name: -2 * self.lane * (index + 1) for index, name in enumerate(LANES)}
        labels = {tick * 1000: words.number(tick) for tick in self.ticks}
        labels |= {
            round(centre * 1000): words.text(LANE_NAMES[name]) for name, centre in self.centres.items()
        }
        self.scale = alt.Scale(domain=[-7 * self.lane, self.ticks[-1]], nice=False, zero=False)
        self.axis = alt.Axis(
            title=None,
            labelColor=colours.muted,
            values=[*self.ticks, *self.centres.values()],
            labelExpr=f"{json.dumps(labels, ensure_ascii=False)}[round(datum.value * 1000)]",
            labelLimit=130,
            labelOverlap=False,
            minExtent=110,
            maxExtent=110,
            grid=False,
            ticks=False,
        )

    def y(self, field: str) -> alt.Y:
        return alt.Y(field=field, type="quantitative", scale=self.scale, axis=self.axis)

    def grid(self) -> Layer:
        return layer(
            {"tick": self.ticks}, alt.MarkDef(type="rule", color=self.colours.line), y=self.y("tick")
        )

    def contacts(self) -> list[Layer]:
        received, recovered = self.shown.received, self.shown.recovered
        return [
            self._bars(np.zeros_like(received), received, self.colours.contacts),
            self._bars(received, recovered, self.colours.recovered),
        ]

    def band(self) -> list[Layer]:
        low, high = self.shown.low, self.shown.high
        if low is None or high is None:
            return []
        mark = alt.MarkDef(type="area", interpolate="step-after", color=self.colours.band)
        return [layer(steps(low=low, high=high), mark, x=self.x, y=self.y("low"), y2=alt.Y2(field="high"))]

    def expected(self) -> list[Layer]:
        if self.shown.expected is None:
            return []
        mark = alt.MarkDef(
            type="line", interpolate="step-after", color=self.colours.ink, strokeWidth=1.5, strokeDash=[5, 3]
        )
        return [layer(steps(mean=self.shown.expected), mark, x=self.x, y=self.y("mean"))]

    def lanes(self) -> list[Layer]:
        return [
            self._lane("incidents", self._incidents(), self.colours.bad),
            self._lane("incidents", self._incidents(false_alarms=True), self.colours.muted),
            self._lane("refused", bar_places(np.flatnonzero(self.shown.refused)), self.colours.doubtful),
            self._lane("heartbeats", bar_places(np.flatnonzero(self.shown.heartbeats)), self.colours.good),
        ]

    def outages(self) -> list[Layer]:
        """A faint field over the contacts for as long as an incident lasted."""
        mark = alt.MarkDef(type="rect", color=self.colours.bad, opacity=0.1)
        return [layer(self._incidents(), mark, x=self.x, x2=alt.X2(field="after"))]

    def now(self) -> Layer:
        mark = alt.MarkDef(type="rule", color=self.colours.contacts, strokeWidth=1.5)
        return layer({"place": [self._place(self.shown.now)]}, mark, x=self.x)

    def hover(self) -> Layer:
        shown, words = self.shown, self.words
        tooltips = [("when", N_("Interval")), ("received", N_("Received"))]
        columns = {
            "when": [f"{words.moment(start)}–{words.time(start + shown.step)}" for start in shown.starts],
            "received": _figures(shown.received, words),
            "recovered": _figures(shown.recovered, words),
            "refused": _figures(shown.refused, words),
            "heartbeats": _figures(shown.heartbeats, words),
            "incident": [self._incident_at(start) for start in shown.starts],
        }
        if shown.expected is not None and shown.low is not None and shown.high is not None:
            columns["expected"] = [
                f"{words.number(mean, 1)} ({words.number(low)}–{words.number(high)})"
                for mean, low, high in zip(shown.expected, shown.low, shown.high, strict=True)
            ]
            tooltips.append(("expected", N_("Expected")))
        tooltips += [("recovered", N_("Fetched back")), ("refused", N_("Refused requests"))]
        tooltips += [("heartbeats", N_("Heartbeats")), ("incident", N_("Incident"))]
        named = [(field, words.text(title)) for field, title in tooltips]
        return pointed_fields(columns, named, self.x, self.colours)

    def _bars(self, bottom: np.ndarray, amounts: np.ndarray, colour: str) -> Layer:
        at = np.flatnonzero(amounts)
        return self._boxes(bar_places(at), bottom[at], bottom[at] + amounts[at], colour)

    def _lane(self, name: str, spans: Columns, colour: str) -> Layer:
        middle = np.full(len(spans["place"]), self.centres[name])
        half = self.lane * 0.6
        return self._boxes(spans, middle - half, middle + half, colour)

    def _boxes(self, spans: Columns, bottom: np.ndarray, top: np.ndarray, colour: str) -> Layer:
        return layer(
            {**spans, "bottom": bottom, "top": top},
            alt.MarkDef(type="rect", color=colour),
            x=self.x,
            x2=alt.X2(field="after"),
            y=self.y("bottom"),
            y2=alt.Y2(field="top"),
        )

    def _incidents(self, *, false_alarms: bool = False) -> Columns:
        shown = self.shown
        found = [each for each in shown.incidents if each.false_alarm == false_alarms]
        place = np.array([self._place(each.opened_at) for each in found])
        after = np.array([self._place(each.closed_at or shown.now) for each in found])
        # However short it was, an incident is seen.
        return {"place": place, "after": np.maximum(after, place + len(shown.starts) / 400)}

    def _incident_at(self, start: datetime) -> str:
        shown = self.shown
        causes = [
            self.words.text(CAUSES[incident.cause].name)
            for incident in shown.incidents
            if incident.reaches_into(start, start + shown.step, shown.now)
        ]
        return ", ".join(causes) or "–"

    def _place(self, at: datetime) -> float:
        shown = self.shown
        return float(np.clip((at - shown.starts[0]) / shown.step, 0, len(shown.starts)))


def _figures(values: np.ndarray, words: Words) -> list[str]:
    return [words.number(value) for value in values]


def _ticks(highest: float) -> list[int]:
    """Return round numbers from zero to at least the highest, about four of them."""
    target = max(highest, 4) / 4
    power = 10 ** int(np.floor(np.log10(target)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= target)
    return [int(step * index) for index in range(int(np.ceil(max(highest, 4) / step)) + 1)]


def _time_axis(shown: Timeline, words: Words) -> alt.Axis:
    local = [at.astimezone(ZoneInfo(words.time_zone)) for at in shown.starts]
    if shown.end - shown.starts[0] > timedelta(days=2):
        days = {index: words.short_day(at) for index, at in enumerate(local) if at.hour == 0}
        return place_axis(days, between=True)
    hours = {
        index: words.short_day(at) if at.hour == 0 else words.time(at)
        for index, at in enumerate(local)
        if at.hour % 3 == 0 and at.minute == 0
    }
    return place_axis(hours)
