"""The Freshchat API key, looked at while it is pasted: what was mended, or what it is instead."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.fields import Kept, text_field
from pages.parts.reader import current
from services.freshchat.api_key import ApiKeyProblem, mend_api_key
from services.translation import N_, Words

PROBLEMS: dict[ApiKeyProblem, str] = {
    "injixo_key": N_(
        "This is an injixo API key: it belongs in the app inside Freshchat. Enter the API key of Freshchat here."
    ),
    "domain": N_("This is an address. It belongs in the field Freshchat domain; enter the API key here."),
    "app_id": N_("This is an app ID. Copy the API key, which is much longer."),
    "public_key": N_(
        "This is the public key of Freshchat's webhook. It belongs in the section on the webhook; enter the API key "
        "here."
    ),
    "cut_off": N_(
        "This is only what Freshchat shows instead of the key. Copy the whole key with its button."
    ),
    "not_a_key": N_(
        "This is no API key: it holds a character that no key has. Copy it from Freshchat again."
    ),
}


def api_key_field(key: str, words: Words, *, is_saved: bool, kept: Kept = None) -> tuple[str, DeltaGenerator]:
    """Draw the field; return what was pasted, and the place of what is said about it. Saving mends in the same way."""
    _ = words.text
    pasted = text_field(
        _("API key"),
        key=key,
        type="password",
        autocomplete="new-password",
        persist_state=kept,
        placeholder=_("Saved; leave empty to keep it") if is_saved else "",
    )
    place = st.empty()
    found = mend_api_key(pasted, allowed_endings=current().settings.freshchat_endings)
    if found.problem is not None:
        place.error(api_key_problem(pasted, words), icon=":material/error:")
    elif found.mended:
        note = _("Stillwatch will use the key alone, without what stands around it.")
        place.info(note, icon=":material/auto_fix_high:")
    return pasted, place


def api_key_problem(pasted: str, words: Words) -> str:
    """Return what is wrong with what was pasted, in the reader's language."""
    problem = mend_api_key(pasted, allowed_endings=current().settings.freshchat_endings).problem
    return words.text(PROBLEMS[problem]) if problem is not None else ""
