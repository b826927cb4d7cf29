"""A chart onto the page.

Altair holds each part of a chart against its schema when it is made, and the whole once more when it is sent: a quarter
of what a page of contacts costs. The charts are ours, so the tests have them checked and readers do not wait for it.
"""

from typing import Any, cast

import altair as alt
import streamlit as st
from altair.utils import schemapi

schemapi.disable_debug_mode()


def draw(chart: alt.LayerChart | alt.FacetChart, *, key: str, told: str) -> None:
    """Draw the chart. ``told``: the same in words, for whoever does not see it."""
    st.altair_chart(cast(alt.LayerChart, _Trusted(chart)), key=key, alt=told)


class _Trusted:
    """A chart as Streamlit asks for it: checked as a whole only where its parts are checked too."""

    def __init__(self, chart: alt.LayerChart | alt.FacetChart) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        return self._chart.to_dict(validate=schemapi.DEBUG_MODE)
