"""One integration: its two statuses, its settings, the installation of the app, and its keys."""

from collections.abc import Callable

import streamlit as st

from pages.parts.brand import name_tab
from pages.parts.integration.actions import delete_button, pause_button
from pages.parts.integration.backfills import backfill_section
from pages.parts.integration.closed_days import closed_days_section
from pages.parts.integration.head import credentials, state
from pages.parts.integration.install import install_section
from pages.parts.integration.keys import REFRESH_SECONDS
from pages.parts.integration.saving import integration_form, tell_saved, try_credentials
from pages.parts.integration.tabs import Tab, draw_tabs
from pages.parts.integration.webhook import webhook_section
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.overview.set_up import set_up_steps
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.unreadable import unreadable
from services import integrations
from services.integrations.draft import draft_of
from services.set_up import next_step_of, steps_done
from services.system import Damaged, NotFound
from services.translation import Words
from services.watch.data_flow import Freshness, freshness

system = current()


def status_tab(shown: Freshness, words: Words) -> None:
    """Say what Freshchat said to the credentials; lead to the data flow; offer to try them again and to pause."""
    integration = shown.integration
    done = steps_done(shown.assessment.evidence)
    if next_step_of(done) is not None and may("admin"):
        set_up_steps(done, words, api_key=integration.freshchat_api_key is not None)
    live(credentials, REFRESH_SECONDS)(integration.integration_id, words)
    with st.container(horizontal=True, vertical_alignment="center"):
        if may("admin") and st.button(
            words.text("Check credentials"), icon=":material/wifi_protected_setup:"
        ):
            try_credentials(integration.integration_id, words)
            st.rerun()
        pause_button(shown, words)
    st.page_link(
        "data_flow.py",
        label=words.text("More on the data flow"),
        icon=":material/monitor_heart:",
        query_params={"integration": integration.integration_id},
    )


def settings(integration_id: str, words: Words) -> None:
    """Draw the settings; new credentials are tried when they are saved."""
    integration = system.integration(integration_id)
    saved = integration_form(
        integration_id,
        draft_of(integration),
        lambda draft: integrations.change(system, integration_id, draft).integration_id,
        words,
        integration_id=integration_id,
        key_is_saved=integration.freshchat_api_key is not None,
    )
    if saved is not None:
        st.rerun()


def keys_tab(shown: Freshness, words: Words) -> None:
    """Draw the ways in which events come, and the keys."""
    install_section(shown.integration.integration_id, words)
    with st.expander(words.text("Without the app: Freshchat's webhook"), icon=":material/webhook:"):
        webhook_section(shown, words)


def settings_tab(shown: Freshness, words: Words) -> None:
    """Draw the settings, the closed days, and the way to delete the integration."""
    integration_id = shown.integration.integration_id
    live(settings, None)(integration_id, words)  # typing draws the settings anew, not the page
    with st.expander(words.text("Closed days and planned downtimes"), icon=":material/event_busy:"):
        closed_days_section(integration_id, words)
    delete_button(shown, words)


def page(shown: Freshness) -> None:
    integration = shown.integration
    words = words_for(integration.time_zone)
    with st.container(width=820):
        name_tab(integration.name)
        st.title(plain(integration.name), anchor=False)
        st.caption(f"Freshchat · {integration.domain}")
        tell_saved(integration.integration_id, words)
        live(state, REFRESH_SECONDS)(integration.integration_id, words)
        being_set_up = next_step_of(steps_done(shown.assessment.evidence)) is not None
        tabs = draw_tabs(integration.integration_id, words, first="keys" if being_set_up else "status")
        for name, draw in TABS.items():
            if name in tabs:
                with tabs[name]:
                    draw(shown, words)


TABS: dict[Tab, Callable[[Freshness, Words], None]] = {
    "status": status_tab,
    "keys": keys_tab,
    "settings": settings_tab,
    "history": lambda shown, words: backfill_section(shown.integration.integration_id, words),
}

_ = words_for().text
st.page_link("integrations.py", label=_("Integrations"), icon=":material/arrow_back:")
try:
    found = freshness(system, st.query_params.get("integration", ""))
except NotFound:
    st.warning(_("There is no such integration; it may have been deleted."), icon=":material/search_off:")
except Damaged:
    integration_id = st.query_params["integration"]
    unreadable(integration_id, system.integration(integration_id).name)
    tell_saved(integration_id, words_for())
    if may("admin"):
        live(settings, None)(integration_id, words_for())
else:
    page(found)
