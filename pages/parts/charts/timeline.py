"""The timeline: contacts against the expected band, and under them incidents, refusals and heartbeats in lanes."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np
import pandas as pd

from pages.parts.charts.axes import place_axis
from pages.parts.charts.colours import Colours
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


def timeline_chart(shown: Timeline, words: Words, colours: Colours) -> alt.LayerChart | alt.FacetChart:
    """Draw the timeline; everything shares one axis of steps, whose labels are local times."""
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
    return alt.layer(*[layer for layer in layers if len(layer.data)], height=HEIGHT)


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

    def grid(self) -> alt.Chart:
        frame = pd.DataFrame({"tick": self.ticks})
        return _drawn(alt.Chart(frame).mark_rule(color=self.colours.line), self.y("tick"))

    def contacts(self) -> list[alt.Chart]:
        received, recovered = self.shown.received, self.shown.recovered
        return [
            self._bars(np.zeros_like(received), received, self.colours.contacts),
            self._bars(received, recovered, self.colours.recovered),
        ]

    def band(self) -> list[alt.Chart]:
        low, high = self.shown.low, self.shown.high
        if low is None or high is None:
            return []
        mark = alt.Chart(steps(low=low, high=high)).mark_area(
            interpolate="step-after", color=self.colours.band
        )
        return [_drawn(mark, self.x, self.y("low"), alt.Y2(field="high"))]

    def expected(self) -> list[alt.Chart]:
        if self.shown.expected is None:
            return []
        mark = alt.Chart(steps(mean=self.shown.expected)).mark_line(
            interpolate="step-after", color=self.colours.ink, strokeWidth=1.5, strokeDash=[5, 3]
        )
        return [_drawn(mark, self.x, self.y("mean"))]

    def lanes(self) -> list[alt.Chart]:
        incidents = self._incidents()
        return [
            self._lane("incidents", incidents[~incidents["false"]], self.colours.bad),
            self._lane("incidents", incidents[incidents["false"]], self.colours.muted),
            self._lane("refused", self._steps_with(self.shown.refused), self.colours.doubtful),
            self._lane("heartbeats", self._steps_with(self.shown.heartbeats), self.colours.good),
        ]

    def outages(self) -> list[alt.Chart]:
        """A faint field over the contacts for as long as an incident lasted."""
        incidents = self._incidents()
        mark = alt.Chart(incidents[~incidents["false"]]).mark_rect(color=self.colours.bad, opacity=0.1)
        return [_drawn(mark, self.x, alt.X2(field="after"))]

    def now(self) -> alt.Chart:
        frame = pd.DataFrame({"place": [self._place(self.shown.now)]})
        return _drawn(alt.Chart(frame).mark_rule(color=self.colours.contacts, strokeWidth=1.5), self.x)

    def hover(self) -> alt.Chart:
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

    def _bars(self, bottom: np.ndarray, amounts: np.ndarray, colour: str) -> alt.Chart:
        place = np.flatnonzero(amounts)
        frame = pd.DataFrame(
            {
                **bar_places(place),
                "bottom": bottom[place],
                "top": bottom[place] + amounts[place],
            }
        )
        mark = alt.Chart(frame).mark_rect(color=colour)
        return _drawn(mark, self.x, alt.X2(field="after"), self.y("bottom"), alt.Y2(field="top"))

    def _steps_with(self, amounts: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(bar_places(np.flatnonzero(amounts)))

    def _lane(self, name: str, spans: pd.DataFrame, colour: str) -> alt.Chart:
        centre, half = self.centres[name], self.lane * 0.6
        mark = alt.Chart(spans.assign(bottom=centre - half, top=centre + half)).mark_rect(color=colour)
        return _drawn(mark, self.x, alt.X2(field="after"), self.y("bottom"), alt.Y2(field="top"))

    def _incidents(self) -> pd.DataFrame:
        shown = self.shown
        rows = [
            (
                self._place(incident.opened_at),
                self._place(incident.closed_at or shown.now),
                incident.false_alarm,
            )
            for incident in shown.incidents
        ]
        frame = pd.DataFrame(rows, columns=["place", "after", "false"]).astype({"false": bool})
        # However short it was, an incident is seen.
        frame["after"] = np.maximum(frame["after"], frame["place"] + len(shown.starts) / 400)
        return frame

    def _incident_at(self, start: datetime) -> str:
        shown = self.shown
        causes = [
            self.words.text(CAUSES[incident.cause].name)
            for incident in shown.incidents
            if incident.opened_at < start + shown.step and (incident.closed_at or shown.now) > start
        ]
        return ", ".join(causes) or "–"

    def _place(self, at: datetime) -> float:
        shown = self.shown
        return float(np.clip((at - shown.starts[0]) / shown.step, 0, len(shown.starts)))


def _drawn(mark: alt.Chart, *channels: Any, **more: Any) -> alt.Chart:
    chart: alt.Chart = mark.encode(*channels, **more)
    return chart


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
