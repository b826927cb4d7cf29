"""Pausing, resuming and deleting an integration."""

from datetime import datetime

import streamlit as st

from pages.parts.plain import plain
from pages.parts.reader import current, may
from services import integrations
from services.pausing import pause
from services.system import NotFound
from services.translation import N_, Words
from services.watch.data_flow import Freshness


def pause_button(shown: Freshness, words: Words) -> None:
    """Draw pause or resume, whichever is possible; nothing for who may not."""
    if not may("admin"):
        return
    _ = words.text
    integration = shown.integration
    if integration.paused_at is None:
        st.button(
            _("Pause"),
            key=f"pause_{integration.integration_id}",
            icon=":material/pause_circle:",
            help=_(
                "Events are accepted and kept, but nothing new is shown until you resume. Nothing is lost."
            ),
            on_click=_pause,
            args=(integration.integration_id, True),
        )
    else:
        st.button(
            _("Resume"),
            key=f"resume_{integration.integration_id}",
            icon=":material/play_circle:",
            type="primary",
            help=_("What arrived in the meantime is shown at once."),
            on_click=_pause,
            args=(integration.integration_id, False),
        )


def paused_note(paused_at: datetime, words: Words) -> None:
    """Explain what pausing means while it lasts."""
    st.info(
        words.text(
            N_(
                "Paused since {since}. Events are accepted and kept; nothing new is shown and nothing is judged. "
                "Resume to catch up."
            ),
            since=words.moment(paused_at),
        ),
        icon=":material/pause_circle:",
    )


def delete_button(shown: Freshness, words: Words) -> None:
    """Draw delete, which asks before it does anything; nothing for who may not."""
    if not may("admin"):
        return
    _ = words.text
    integration_id = shown.integration.integration_id
    if st.button(_("Delete"), key=f"delete_{integration_id}", icon=":material/delete:"):
        st.dialog(_("Delete integration?"), icon=":material/delete:")(_confirm_deletion)(shown, words)


def _confirm_deletion(shown: Freshness, words: Words) -> None:
    _ = words.text
    integration = shown.integration
    st.markdown(
        _(
            "**{name}** stops taking events, and its injixo API keys are refused from now on. The contacts counted so "
            "far are kept; their source queues become inactive.",
            name=plain(integration.name),
        )
    )
    st.markdown(_("This cannot be undone."))
    with st.container(horizontal=True):
        confirmed = st.button(
            _("Yes, really delete"),
            type="primary",
            icon=":material/delete:",
            key=f"really_delete_{integration.integration_id}",
            on_click=_delete,
            args=(integration.integration_id,),
        )
        if confirmed:
            st.switch_page("integrations.py")
        if st.button(_("Cancel"), key=f"keep_{integration.integration_id}"):
            st.rerun()


def _pause(integration_id: str, paused: bool) -> None:
    pause(current(), integration_id, paused=paused)


def _delete(integration_id: str) -> None:
    try:
        integrations.delete(current(), integration_id)
    except NotFound:
        return  # somebody else was faster, which is what was wanted
