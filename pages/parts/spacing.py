"""One rhythm of spacing on every page, which no setting of Streamlit's gives, and what a phone has no room for."""

import streamlit as st

CSS = """
<style>
@media (min-width: 769px) {
    [data-testid=stMainBlockContainer] { padding: 1.25rem 2.5rem 5rem }
    /* Where the sidebar is away, its button stands in the corner. */
    [data-testid=stApp]:has([data-testid=stExpandSidebarButton]) [data-testid=stMainBlockContainer] {
        padding-top: 3.25rem
    }
    /* It lies over the top of the page, and has nothing in its middle. */
    [data-testid=stHeader] { pointer-events: none; background: transparent }
    [data-testid=stHeader] :is(button, a) { pointer-events: auto }
    .st-key-trust { flex-wrap: nowrap }
}
@media (max-width: 768px) {
    [data-testid=stMainBlockContainer] { padding: 4rem 1rem }
    .st-key-head { flex-wrap: nowrap }
    .st-key-head h1 { font-size: 1.5rem }
    .st-key-head .st-key-integration { min-width: 0; flex: 1 1 12rem }
    .st-key-details .st-key-queues { min-width: 100% }
    .st-key-trust > :nth-child(2) { order: 3; flex-basis: 100% }
}
/* A title stands at the same height on every page, and what wraps lies no farther apart than what follows. */
[data-testid=stMainBlockContainer] h1 { padding-block: 0 .5rem }
.st-key-head h1 { padding-bottom: 0 !important }
[data-testid=stHorizontalBlock] { row-gap: 1rem }
/* A link begins where the text above it does, and a card's name where what stands beside it does. */
[data-testid=stMainBlockContainer] [data-testid=stPageLink-NavLink] { position: relative; left: -.5rem }
:is([class*=st-key-card_], [class*=st-key-listed_]) h2 { padding-top: 0 }
/* Hidden parts take no room. */
.st-key-favourites_cookie { display: none }
.st-key-trust { gap: .25rem .75rem }
.st-key-trust [data-testid=stMarkdown] p { font-size: .9rem; line-height: 1.35 }
.st-key-controls, .st-key-period, .st-key-details { gap: .5rem }
/* A sign says it; whoever hears the page hears the word. */
:is(.st-key-earlier, .st-key-later, .st-key-keep_favourites, .st-key-forget_favourites)
    [data-testid=stMarkdownContainer] {
    position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden
}
/* In every language the period stands in one row, and the chart begins where it does in English. */
:is(.st-key-earlier, .st-key-later, .st-key-today) button { padding-inline: .5rem }
.st-key-figures { display: grid; grid-template-columns: repeat(3, auto); gap: 0 1rem; justify-content: space-between }
/* Names, values and words stand in one row each, also where a name takes two lines. */
.st-key-figures > *, .st-key-figures [data-testid=stMetric], .st-key-figures [data-testid=stMetric] > div {
    display: grid; grid-row: span 3; grid-template-rows: subgrid; align-items: end
}
.st-key-figures [data-testid=stElementContainer], .st-key-figures [data-testid=stMetric] { width: auto; min-width: 0 }
.st-key-figures [data-testid=stMetricLabel] p { font-size: .75rem; white-space: normal; overflow-wrap: anywhere }
.st-key-figures [data-testid=stMetricValue] { line-height: 1.3 }
.st-key-figures [data-testid=stMetricDelta] { font-size: .75rem; max-width: 100% }
.st-key-figures [data-testid=stMetricDelta] * { white-space: normal; overflow: visible }
</style>
"""


def spacing() -> None:
    st.html(CSS)
