"""Which source queues are shown: a search among them all, those that the reader always looks at, or all."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.address import step
from pages.parts.contacts.favourites import favourites_of, keep_favourites
from pages.parts.integration_choice import QUEUES
from pages.parts.plain import plain
from services.ingest.counting import UNDEFINED_QUEUE
from services.translation import Words


def choose_queues(integration_id: str, queues: Sequence[str], words: Words) -> list[str]:
    """Draw the filter; nothing chosen means every queue that stands for a group. ``queues``: the busiest first.

    What the address names and is none is said. When it names nothing else, nothing is shown in its place.
    """
    favourites = favourites_of(integration_id, queues)
    others = sorted((queue for queue in queues if queue not in favourites), key=str.casefold)
    options = [*favourites, *others, UNDEFINED_QUEUE]
    asked = list(dict.fromkeys(filter(None, st.query_params.get_all(QUEUES))))
    chosen = [queue for queue in asked if queue in options]
    st.session_state[QUEUES] = chosen
    st.multiselect(
        words.text("Source queues"),
        options,
        key=QUEUES,
        on_change=_chosen,
        placeholder=words.text("All source queues without Undefined_Queue"),
        label_visibility="collapsed",
        width="stretch",
    )
    _favourites(integration_id, favourites, chosen, words)
    unknown = [queue for queue in asked if queue not in options]
    for name in unknown:
        said = words.text("There is no source queue **{queue}** in this integration.", queue=plain(name))
        st.warning(said, icon=":material/search_off:")
    if unknown and not chosen:
        st.button(words.text("Show all source queues"), key="all_queues", on_click=_all)
        st.stop()
    return chosen or list(queues)


def _all() -> None:
    step(**{QUEUES: None})


def _favourites(integration_id: str, favourites: Sequence[str], chosen: Sequence[str], words: Words) -> None:
    """Draw the one button that makes sense just now: show the favourites, or keep what is chosen as such."""
    same = set(favourites) == set(chosen)
    if chosen and not same:
        st.button(
            words.text("Keep as favourites"),
            key="keep_favourites",
            icon=":material/star_border:",
            help=words.text("Keep what is chosen as favourites: this browser remembers them."),
            on_click=keep_favourites,
            args=(integration_id, list(chosen)),
        )
    elif favourites and not chosen:
        st.button(
            words.text("Favourites ({n})", n=len(favourites)),
            key="show_favourites",
            icon=":material/star:",
            on_click=lambda: step(queues=list(favourites)),
        )
    elif favourites:
        st.button(
            words.text("Forget favourites"),
            key="forget_favourites",
            icon=":material/star:",
            help=words.text("These are the favourites. Press to forget them."),
            on_click=keep_favourites,
            args=(integration_id, []),
        )


def _chosen() -> None:
    step(queues=st.session_state[QUEUES])
