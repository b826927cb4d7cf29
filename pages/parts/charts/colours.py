"""Colours of the charts that stand for something, in the reader's scheme. Series take the theme's own."""

from colorsys import hls_to_rgb
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class Colours:
    """``ink``: lines over bars; ``faint``: areas without data; ``band``: around what is usual.

    ``ground``: the page's own. ``recovered`` differs from ``contacts`` in brightness too. Others: as in the badges.
    """

    ink: str
    ground: str
    muted: str
    faint: str
    line: str
    contacts: str
    recovered: str
    band: str
    good: str
    doubtful: str
    bad: str


GOLDEN_ANGLE = 0.381966
"""Of a turn: the hues of queues one after another lie far apart, however many they are."""

LIGHT = Colours(
    ink="#17252B",
    ground="#FFFFFF",
    muted="#52636A",
    faint="#DDE4E6",
    line="#CCD7DA",
    contacts="#0B6B74",
    recovered="#4A95CC",
    band="#CFE6E8",
    good="#0F8A50",
    doubtful="#C77700",
    bad="#C22F3D",
)
DARK = Colours(
    ink="#E6EEF0",
    ground="#080D10",
    muted="#A9B8BE",
    faint="#2A3A41",
    line="#33454C",
    contacts="#4FB5BD",
    recovered="#3468A0",
    band="#1C3C41",
    good="#4CC38A",
    doubtful="#F7B267",
    bad="#FF7A82",
)


def colours() -> Colours:
    return DARK if _is_dark() else LIGHT


def series_colours() -> list[str]:
    """Return the theme's colours for series; the last is the quietest."""
    found: list[str] = st.get_option(f"theme.{'dark' if _is_dark() else 'light'}.chartCategoricalColors")
    return found


def sequential_colours() -> list[str]:
    """Return the theme's colours from little to much."""
    found: list[str] = st.get_option(f"theme.{'dark' if _is_dark() else 'light'}.chartSequentialColors")
    return found


def queue_colour(place: int) -> str:
    """Return the colour of the queue at this place: the theme's for the first, then ever other hues.

    The last of the theme's is left to what is no queue.
    """
    first = series_colours()[:-1]
    if place < len(first):
        return first[place]
    lightness = (0.6, 0.72) if _is_dark() else (0.36, 0.5)
    hue = (place * GOLDEN_ANGLE) % 1
    shares = hls_to_rgb(hue, lightness[place % 2], 0.5)
    return "#" + "".join(f"{round(share * 255):02X}" for share in shares)


def _is_dark() -> bool:
    return st.context.theme.type == "dark"
