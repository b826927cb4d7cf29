"""Colours of the charts that stand for something, in the reader's scheme. Series take the theme's own."""

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


def _is_dark() -> bool:
    return st.context.theme.type == "dark"
