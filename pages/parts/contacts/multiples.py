"""The tab of small charts: one for each source queue, all of the same time, to be compared at a glance."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.address import asked, step
from pages.parts.charts.colours import colours
from pages.parts.charts.contacts import shades_of
from pages.parts.charts.drawing import draw
from pages.parts.charts.multiples import highest_of, part_name, small_chart
from pages.parts.charts.noted import seals_counted
from pages.parts.contacts.favourites import favourites_of
from pages.parts.contacts.figures import amount_of, difference
from pages.parts.contacts.shown_as import AS
from pages.parts.plain import plain
from services.contacts.by_queue import QueueFigure
from services.contacts.export import comparison_name
from services.contacts.view import ContactView
from services.sealing.days import Seal
from services.translation import N_, Words

SCALE, TOP = "scale", "top"
SCALES: dict[str, str] = {"same": N_("Same scale"), "own": N_("Each its own scale")}
TOPS = ("12", "24", "all")
HEIGHT = 120
CSS = """
<style>
.st-key-multiples { display: grid; gap: .75rem 1.25rem; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)) }
.st-key-multiples > * { width: auto; min-width: 0 }
.st-key-multiples [class*=st-key-open_] button { justify-content: start; max-width: 100%; min-height: 0; padding: 0 }
.st-key-multiples [class*=st-key-open_] p {
    font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap
}
@media print {
    .st-key-multiples_choice { display: none !important }
    .st-key-multiples > * { break-inside: avoid }
    .st-key-multiples [class*=st-key-open_], .st-key-multiples [data-testid=stTooltipIcon] { display: block !important }
}
</style>
"""


def multiples(
    integration_id: str, view: ContactView, by_age: Sequence[str], seals: Sequence[Seal], words: Words
) -> None:
    """Draw the favourites and the busiest. ``by_age``: the oldest first, which gives the colours."""
    st.html(CSS)
    scale, top = _choose(len(view.by_queue), words)
    favourites = favourites_of(integration_id, [each.queue for each in view.by_queue])
    shown = chosen(view.by_queue, favourites, None if top == "all" else int(top))
    shades = shades_of(dict.fromkeys(each.queue for each in shown), by_age)  # type: ignore[arg-type]
    highest = highest_of(shown)
    with st.container(key="contacts_drawing"), st.container(key="multiples"):
        for place, (each, shade) in enumerate(zip(shown, shades, strict=True)):
            with st.container(gap="xxsmall", key=f"multiple_{place}"):
                st.button(
                    plain(each.queue),
                    key=f"open_{place}",
                    type="tertiary",
                    help=words.text("Show this source queue alone: {queue}", queue=plain(each.queue)),
                    on_click=_open,
                    args=(each.queue,),
                )
                st.caption(_told(each, view, words))
                draw(
                    small_chart(
                        each, view, shade, highest_of([each]) if scale == "own" else highest, words, colours()
                    ),
                    height=HEIGHT,
                    key=f"small_chart_{place}",
                    told=in_words(each, view, words),
                )
    with st.container(gap="xxsmall", key="contacts_legend"):
        st.caption(_legend(view, len(shown), words))
        if told := seals_counted(seals, words, colours()):
            st.caption(words.text("Seals, all source queues: {seals}", seals=told))


def chosen(figures: Sequence[QueueFigure], favourites: Sequence[str], most: int | None) -> list[QueueFigure]:
    """Return the favourites and then the busiest, ``most`` of them at the most; all for None."""
    return sorted(
        figures, key=lambda each: (each.queue not in favourites, -(each.contacts or 0), each.queue.casefold())
    )[:most]


def in_words(each: QueueFigure, view: ContactView, words: Words) -> str:
    """Return what the small chart shows, for whoever does not see it: figures, and when it was busiest."""
    told = words.labelled(each.queue, _told(each, view, words))
    known = [(value, -place) for place, value in enumerate(each.course) if value > 0]
    if not known:
        return told
    value, place = max(known)
    text = words.text(
        N_("Most in {interval}: {contacts}."),
        interval=part_name(view, -place, words),
        contacts=words.number(value),
    )
    return f"{told}. {text}"


def _told(each: QueueFigure, view: ContactView, words: Words) -> str:
    """Return such as "212 contacts · +12%, more than usual"."""
    if each.contacts is None:
        return words.text(N_("no data"))
    counted = words.count("{n} contact", "{n} contacts", each.contacts)
    if each.standing is None or view.comparison is None:
        return counted
    return (
        f"{counted} · {difference(each.standing, words)}, {amount_of(each.standing, view.comparison, words)}"
    )


def _legend(view: ContactView, shown: int, words: Words) -> str:
    """Return how much one bar is, what the line means, and how many of the queues are drawn."""
    parts = [words.text("The first bar: {interval}", interval=part_name(view, 0, words))]
    if any(each.usual for each in view.by_queue):
        parts.append(words.text(N_("Dashed line: {name}"), name=comparison_name(view, words)))
    if shown < len(view.by_queue):
        parts.append(
            words.text(
                "{shown} of {all} source queues: the favourites and the busiest",
                shown=words.number(shown),
                all=words.number(len(view.by_queue)),
            )
        )
    return " · ".join(parts)


def _choose(queues: int, words: Words) -> tuple[str, str]:
    """Draw both choices; how many only where there are more than the fewest."""
    scale, top = asked(SCALE, list(SCALES), "same"), asked(TOP, TOPS, TOPS[0])
    st.session_state[SCALE], st.session_state[TOP] = scale, top
    with st.container(horizontal=True, vertical_alignment="center", key="multiples_choice"):
        st.segmented_control(
            words.text("Scale"),
            list(SCALES),
            format_func=lambda each: words.text(SCALES[each]),
            key=SCALE,
            on_change=_chosen,
            args=(SCALE, "same"),
            required=True,
            label_visibility="collapsed",
        )
        if queues > int(TOPS[0]):
            st.segmented_control(
                words.text("How many"),
                TOPS,
                format_func=lambda each: (
                    words.text("All") if each == "all" else words.text("The first {n}", n=each)
                ),
                key=TOP,
                on_change=_chosen,
                args=(TOP, TOPS[0]),
                required=True,
                label_visibility="collapsed",
            )
    return scale, top


def _chosen(name: str, default: str) -> None:
    found = st.session_state[name]
    step(**{name: None if found == default else found})


def _open(queue: str) -> None:
    step(**{"queues": queue, AS: None})
