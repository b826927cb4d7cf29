"""A page on paper: without what only a screen needs, on white, and whole rather than as far as it was scrolled."""

import streamlit as st

CSS = """
<style>
@media print {
    @page { margin: 12mm }
    [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stTabs] [role=tablist], [data-testid=stToast],
    .st-key-controls, .st-key-downloads, [data-testid=stPageLink], [data-testid=stTooltipIcon] {
        display: none !important
    }
    html, body, #root, [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain],
    [data-testid=stMain] > * {
        position: static !important; height: auto !important; max-height: none !important;
        overflow: visible !important; background: transparent !important
    }
    [data-testid=stMainBlockContainer] { padding: 0 !important; max-width: none !important }
    [data-testid=stVegaLiteChart], [data-testid=stDataFrame] { break-inside: avoid }
    svg.marks, svg.marks .background { background: transparent !important; fill: transparent !important }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
    html { background: #FFF !important }
    [data-testid=stApp] { FILTER }
    [data-testid=stColumn]:has(.st-key-controls) { display: none }
}
</style>
"""
_TURNED = "filter: invert(1) hue-rotate(180deg)"
"""Of the page and not of the root: on paper, unlike on a screen, the root's own ground would stay as it is."""


def printing() -> None:
    """Draw on white in the dark scheme too: what is light there is dark on paper, and each colour keeps its hue."""
    st.html(CSS.replace("FILTER", _TURNED if st.context.theme.type == "dark" else ""))
