"""The small picture of an outage for e-mail: contacts against the expected over 24 hours, as a PNG.

Drawn by Pillow, which the interface brings along: a chart library would need a browser engine (80 MB) for 96 bars.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from services.translation import Words
from services.watch.timeline import Timeline

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1168, 320
"""In pixels: twice what the e-mail shows, so that it is sharp on fine screens."""

LEFT, RIGHT, TOP, BOTTOM = 64, 16, 24, 44
HOURS_BETWEEN_LABELS = 4
TEXT_SIZE = 22
WHITE, INK, GRID = "#FFFFFF", "#5B6870", "#E3E8EA"
RECEIVED, RECOVERED, EXPECTED, BROKEN = "#0F7682", "#7FB8BF", "#1C2529", "#F7D9D6"


def timeline_picture(shown: Timeline, words: Words) -> bytes:
    """Return the timeline as a PNG: bars for contacts, a line for the expected, incidents shaded red."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(TEXT_SIZE)
    total = shown.received + shown.recovered
    tops = [
        float(total.max(initial=0)),
        float(shown.expected.max(initial=0)) if shown.expected is not None else 0,
    ]
    highest = max(1.0, *tops)
    scale = _Scale(len(shown.starts), highest)
    for incident in shown.incidents:
        begin = (max(incident.opened_at, shown.starts[0]) - shown.starts[0]) / shown.step
        end = (min(incident.closed_at or shown.now, shown.end) - shown.starts[0]) / shown.step
        draw.rectangle(
            (scale.x(begin), TOP, max(scale.x(end), scale.x(begin) + 3), HEIGHT - BOTTOM), fill=BROKEN
        )
    _axes(draw, scale, shown, words, font)
    for place, (all_of_them, received) in enumerate(zip(total, shown.received, strict=True)):
        _bar(draw, scale, place, float(all_of_them), RECOVERED)
        _bar(draw, scale, place, float(received), RECEIVED)
    if shown.expected is not None:
        line = [(scale.x(place + 0.5), scale.y(float(mean))) for place, mean in enumerate(shown.expected)]
        draw.line(line, fill=EXPECTED, width=3)
    told = BytesIO()
    image.save(told, "PNG", optimize=True)
    return told.getvalue()


class _Scale:
    """Where places and amounts lie in the picture."""

    def __init__(self, places: int, highest: float) -> None:
        self._wide = (WIDTH - LEFT - RIGHT) / places
        self.highest = highest

    def x(self, place: float) -> float:
        return LEFT + place * self._wide

    def y(self, amount: float) -> float:
        return HEIGHT - BOTTOM - amount / self.highest * (HEIGHT - TOP - BOTTOM)


def _bar(draw: ImageDraw, scale: _Scale, place: int, amount: float, colour: str) -> None:
    if amount > 0:
        draw.rectangle(
            (scale.x(place) + 1, scale.y(amount), scale.x(place + 1) - 1, HEIGHT - BOTTOM), fill=colour
        )


def _axes(draw: ImageDraw, scale: _Scale, shown: Timeline, words: Words, font: object) -> None:
    draw.line((LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM), fill=INK, width=2)
    draw.line((LEFT, TOP, WIDTH - RIGHT, TOP), fill=GRID, width=1)
    draw.text((LEFT - 10, TOP), words.number(scale.highest), fill=INK, font=font, anchor="rm")  # type: ignore[arg-type]
    draw.text((LEFT - 10, HEIGHT - BOTTOM), words.number(0), fill=INK, font=font, anchor="rm")  # type: ignore[arg-type]
    for place, at in enumerate(shown.starts):
        time = words.time(at)
        if time.endswith(":00") and int(time[:2]) % HOURS_BETWEEN_LABELS == 0:
            draw.line(
                (scale.x(place), HEIGHT - BOTTOM, scale.x(place), HEIGHT - BOTTOM + 6), fill=INK, width=2
            )
            draw.text((scale.x(place), HEIGHT - 18), time, fill=INK, font=font, anchor="mm")  # type: ignore[arg-type]
