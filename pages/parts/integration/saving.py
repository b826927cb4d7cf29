"""Saving an integration: the fields are checked, the credentials are tried, and both are told in words."""

from collections.abc import Callable

import streamlit as st

from pages.parts.in_full import drawer, one_at_a_time
from pages.parts.integration.api_key_field import api_key_problem
from pages.parts.integration.domain_field import problem_text
from pages.parts.integration.fields import Entered, integration_fields
from pages.parts.plain import plain
from pages.parts.reader import current
from services.asking import configuration
from services.freshchat.domain import mend_domain
from services.integrations.draft import Draft
from services.integrations.editing import NameTaken, problems
from services.system import Invalid
from services.translation import N_, Words

SAVED = "integration_saved"
PROBLEMS: dict[str, str] = {
    "bad_name": N_("Enter a unique name of up to 100 characters that identifies the data source."),
    "bad_time_zone": N_("Choose a time zone."),
    "bad_holidays": N_("Choose a country or region with known public holidays."),
    "bad_counting": N_("Choose how reopened chats are counted."),
    "connected": N_("Enter another domain, or say below that it shall be connected once more."),
}


def integration_form(
    prefix: str,
    saved: Draft,
    change: Callable[[Draft], str],
    words: Words,
    *,
    integration_id: str | None = None,
    key_is_saved: bool = False,
) -> str | None:
    """Draw the fields and the button; return the integration's id when ``change`` has just saved it.

    What cannot be saved is explained at its field, everything at once, from the first try until it is right;
    everything typed stays as it is.
    """
    tried, done, save = f"{prefix}_tried", f"{prefix}_done", f"{prefix}_save"
    kept = drawer()
    if save not in st.session_state:  # drawn anew: what was tried before is forgotten
        st.session_state.pop(tried, None)
        kept.pop(done, None)
    elif integration_id is not None and kept.pop(done, None):
        st.session_state[f"{prefix}_api_key"] = ""  # it is saved, and shown no more
    entered = integration_fields(
        prefix, saved, words, integration_id=integration_id, key_is_saved=key_is_saved
    )
    clicked = st.button(
        words.text("Save integration"),
        key=save,
        type="primary",
        icon=":material/save:",
        on_click=st.session_state.update,
        args=({tried: True},),
    )
    if clicked:  # a request that came in that moment can have broken off the callback
        st.session_state[tried] = True
    if not st.session_state.get(tried):
        return None
    with one_at_a_time():  # a second click may have broken off the run that added it
        added = kept.pop(done, None) if integration_id is None else None
        found, result = ([], added) if added else _changed(entered, change, integration_id, clicked=clicked)
        if result is not None:
            kept[done] = result
    _tell(found, entered, words)
    if result is not None:
        st.session_state.update({tried: False, SAVED: result})
        if current().integration(result).configuration is None:
            try_credentials(result, words)
    return result


def _changed(
    entered: Entered, change: Callable[[Draft], str], integration_id: str | None, *, clicked: bool
) -> tuple[list[Invalid], str | None]:
    """Return what is wrong with what was entered; or, where nothing is and it is to be saved, the integration's id."""
    found = problems(current(), entered.draft, integration_id)
    if entered.unconfirmed:
        found.append(Invalid("connected", "domain", "the domain is connected already"))
    if found or not clicked:
        return found, None
    try:
        return [], change(entered.draft)
    except NameTaken as taken:  # in the moment since we looked
        return [Invalid("name_taken", "name", str(taken))], None


def _tell(found: list[Invalid], entered: Entered, words: Words) -> None:
    for problem in found:
        if problem.field in entered.places:
            entered.places[problem.field].error(
                _in_words(problem, entered.draft, words), icon=":material/error:"
            )
        else:
            st.error(str(problem), icon=":material/error:")


def _in_words(problem: Invalid, draft: Draft, words: Words) -> str:
    """Return what is wrong with a field, in the reader's language."""
    if problem.code == "bad_domain":
        found = mend_domain(draft.domain, allowed_endings=current().settings.freshchat_endings)
        return problem_text(found.problem or "not_a_host", words)
    if problem.code == "bad_api_key":
        return api_key_problem(draft.freshchat_api_key or "", words)
    if problem.code == "name_taken":
        taken = N_("Another integration is called “{name}”. Enter a unique name.")
        return words.text(taken, name=plain(draft.name))
    return words.text(PROBLEMS[problem.code])


def try_credentials(integration_id: str, words: Words) -> None:
    """Ask Freshchat; the answer is kept with the integration."""
    with st.spinner(words.text(N_("Trying the credentials at Freshchat …"))):
        configuration.check(current(), integration_id)


def tell_saved(integration_id: str, words: Words) -> None:
    """Say once that the integration was saved, whatever Freshchat said to its credentials."""
    if st.session_state.pop(SAVED, None) != integration_id:
        return
    integration = current().integration(integration_id)
    if integration.configuration == "operational":
        st.toast(words.text(N_("The integration is saved.")), icon=":material/check_circle:")
        return
    told = (
        N_(
            "The integration is saved without a Freshchat API key: contacts are counted, but Freshchat cannot be "
            "asked. You can go on."
        )
        if integration.freshchat_api_key is None
        else N_("The integration is saved, although its credentials do not work yet. You can go on.")
    )
    st.info(words.text(told), icon=":material/save:")
