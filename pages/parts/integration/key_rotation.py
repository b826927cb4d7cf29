"""Generating an injixo API key. Before a second one replaces the first, say what becomes of the first."""

from datetime import timedelta

import streamlit as st

from pages.parts.reader import name_of_reader
from services.integrations import ListedKey, generate_key
from services.integrations.keys import OVERLAPS, retire
from services.system import current
from services.translation import N_, Words

NEW_KEY = "new_injixo_key"
OVERLAP = "overlap"
DEFAULT_OVERLAP = timedelta(hours=24)


def generate_button(integration_id: str, listed: list[ListedKey], words: Words) -> None:
    """Draw the button. The first key is made at once; a further one asks first."""
    _ = words.text
    active = [entry for entry in listed if entry.ended is None]
    if not active:
        st.button(
            _("Generate injixo API key"),
            type="primary",
            icon=":material/key:",
            on_click=_generate,
            args=(integration_id,),
        )
    elif st.button(_("Generate new injixo API key"), icon=":material/autorenew:"):
        st.dialog(_("Generate new injixo API key"), icon=":material/key:")(_ask)(
            integration_id, active, words
        )


def _ask(integration_id: str, active: list[ListedKey], words: Words) -> None:
    _ = words.text
    overlap = st.segmented_control(
        _("How long does the previous key stay valid?"),
        OVERLAPS,
        default=DEFAULT_OVERLAP,
        format_func=lambda span: words.duration(span) if span else _("It ends now"),
        key=OVERLAP,
        required=True,
    )
    if overlap:
        st.caption(_("Paste the new key in the app within this time, and no contact is lost."))
    else:
        st.caption(
            _("Until the new key is pasted in the app, its events are refused and contacts are missing.")
        )
    if any(entry.key.expires_at is not None for entry in active):
        st.warning(
            _(
                "An overlap is still running: a new key was generated, and the previous one has not ended yet."
            ),
            icon=":material/warning:",
        )
    for sentence in consequences(active, overlap or timedelta(0), words):
        st.markdown("- " + sentence)
    with st.container(horizontal=True):
        generated = st.button(
            _("Generate"), type="primary", icon=":material/key:", on_click=_generate, args=(integration_id,)
        )
        if generated or st.button(_("Cancel")):
            st.rerun()


def consequences(active: list[ListedKey], overlap: timedelta, words: Words) -> list[str]:
    """Return for each valid key what a new one would do to it, the installed key first."""
    retired = {
        key.key_id: key
        for key in retire((entry.key for entry in active), overlap=overlap, now=current().clock())
    }
    sentences = []
    for entry in sorted(active, key=lambda entry: entry.use.last_used_at is None):
        key = retired.get(entry.key.key_id, entry.key)
        use = entry.use.last_used_at
        who = (
            words.text(
                N_("`{prefix}` is installed in the app (last used {moment})."),
                prefix=key.prefix,
                moment=words.moment(use),
            )
            if use
            else words.text(N_("`{prefix}` has never been used."), prefix=key.prefix)
        )
        end = (
            words.text(N_("It would end at once."))
            if key.revoked_at or key.expires_at is None
            else words.text(N_("It would end on {moment}."), moment=words.moment(key.expires_at))
        )
        sentences.append(f"{who} {end}")
    return sentences


def _generate(integration_id: str) -> None:
    overlap = st.session_state.get(OVERLAP) or timedelta(0)
    text, _ = generate_key(current(), integration_id, overlap=overlap, created_by=name_of_reader())
    st.session_state[NEW_KEY] = (integration_id, text)


def forget_new_key() -> None:
    """Drop a key that was shown; it cannot be shown again."""
    st.session_state.pop(NEW_KEY, None)


def show_new_key(integration_id: str, words: Words) -> None:
    """Show the key that was generated just now, until the reader says that it is copied or leaves the page."""
    _ = words.text
    found = st.session_state.get(NEW_KEY)
    if found is None or found[0] != integration_id:
        return
    with st.container(border=True):
        st.markdown("**" + _("Your new injixo API key") + "**")
        st.code(found[1], language=None, wrap_lines=True)
        st.warning(
            _("Copy it now: it is shown only this once. Only a fingerprint of it is stored."),
            icon=":material/content_copy:",
        )
        st.button(_("I have copied it"), icon=":material/check:", on_click=forget_new_key)
