"""Saving an integration: the fields are checked, the credentials are tried, and both are told in words."""

from collections.abc import Callable

import streamlit as st

from pages.parts.domain_field import problem_text
from services import configuration
from services.freshchat.domain import mend_domain
from services.freshness import freshness
from services.integrations import Draft, Invalid, NameTaken
from services.system import current
from services.translation import N_, Words

SAVED = "integration_saved"
PROBLEMS: dict[str, str] = {
    "bad_name": N_("Enter a unique name of up to 100 characters that identifies the data source."),
    "bad_time_zone": N_("Choose a time zone."),
    "bad_holidays": N_("Choose a country or region with known public holidays."),
    "bad_counting": N_("Choose how reopened chats are counted."),
}


def save(draft: Draft, change: Callable[[Draft], str], words: Words) -> str | None:
    """Save the draft with ``change`` and try new credentials; return the integration's id.

    What cannot be saved is explained, and None returned: everything typed stays as it is.
    """
    try:
        integration_id = change(draft)
    except Invalid as problem:
        st.error(invalid_text(problem, draft, words), icon=":material/error:")
        return None
    except NameTaken:
        st.error(
            words.text(
                N_("Another integration is called “{name}”. Enter a unique name."), name=draft.name.strip()
            ),
            icon=":material/error:",
        )
        return None
    if current().integration(integration_id).configuration is None:
        try_credentials(integration_id, words)
    st.session_state[SAVED] = integration_id
    return integration_id


def try_credentials(integration_id: str, words: Words) -> None:
    """Ask Freshchat; the answer is kept with the integration."""
    with st.spinner(words.text(N_("Trying the credentials at Freshchat …"))):
        configuration.check(current(), integration_id)


def tell_saved(integration_id: str, words: Words) -> None:
    """Say once that the integration was saved, whatever Freshchat said to its credentials."""
    if st.session_state.pop(SAVED, None) != integration_id:
        return
    if freshness(current(), integration_id).integration.configuration == "operational":
        st.toast(words.text(N_("The integration is saved.")), icon=":material/check_circle:")
    else:
        st.info(
            words.text(
                N_("The integration is saved, although its credentials do not work yet. You can go on.")
            ),
            icon=":material/save:",
        )


def invalid_text(problem: Invalid, draft: Draft, words: Words) -> str:
    """Return what is wrong with a field, in the reader's language."""
    if problem.code == "bad_domain":
        found = mend_domain(draft.domain, allowed_endings=current().settings.freshchat_endings)
        return problem_text(found.problem or "not_a_host", words)
    return words.text(PROBLEMS[problem.code]) if problem.code in PROBLEMS else str(problem)
