"""Parts of a page that refresh themselves, and what is said when the store does not answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

import streamlit as st

from pages.parts.language import words_for
from services.people.person import NotAllowed, SignedOut
from services.system import Damaged, StoreUnavailable
from services.translation import N_

DAMAGED = N_(
    "What is stored of this integration cannot be read. Choose its time zone anew in the settings; "
    "if that does not help, restore a backup of the database."
)


@contextmanager
def store_errors_in_words() -> Iterator[None]:
    """Say in words that the store does not answer, in the place of what could not be drawn."""
    try:
        yield
    except StoreUnavailable:
        message = words_for().text(
            "The database does not answer. Nothing is lost; reload the page in a moment."
        )
        st.error(message, icon=":material/error:")
    except SignedOut:
        _ = words_for().text
        st.warning(_("You are signed out: your session has ended, or an admin has taken your access away."))
        st.html(f'<a href="/sign-in" target="_self">{_("To the sign-in")}</a>')
        st.stop()
    except NotAllowed:
        st.warning(words_for().text("Your role does not allow this any more. Reload the page."))
    except Damaged:
        st.error(words_for().text(DAMAGED), icon=":material/error:")


def live(draw: Callable[..., None], every: float | timedelta | None) -> Callable[..., Any]:
    """Return ``draw`` as a part that refreshes by itself every so often (seconds, or a span); never for None."""

    @wraps(draw)
    def drawn(*arguments: Any) -> None:
        # A fragment's errors do not reach the page around it.
        with store_errors_in_words():
            draw(*arguments)

    return st.fragment(drawn, run_every=every)
