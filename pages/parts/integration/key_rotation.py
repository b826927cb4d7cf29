"""Generating an injixo API key. Before a second one replaces the first, say what becomes of the first."""

from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st

from pages.parts.copy_button import copy_button
from pages.parts.in_full import Drawer, drawer, in_full
from pages.parts.integration.tabs import TAB
from pages.parts.reader import current
from services.integrations import KeysChanged, ListedKey, generate_key, listed_keys
from services.integrations.keys import OVERLAPS, retire
from services.translation import N_, Words

NEW_KEY = "new_injixo_key"
OVERLAP = "overlap"
DEFAULT_OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was generated just now. It lives in the drawer of the reader's session alone."""

    integration_id: str
    key_id: str
    text: str
    copied: bool = False


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
            args=(integration_id, active, words),
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
            _("Generate"),
            type="primary",
            icon=":material/key:",
            on_click=_generate,
            args=(integration_id, active, words),
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


def _generate(integration_id: str, active: list[ListedKey], words: Words) -> None:
    """Make the key that replaces these. Keys that are others by now were changed by somebody else, or the click came
    twice: then the new key is shown already."""

    def make(kept: Drawer) -> bool:
        system = current()
        overlap = st.session_state.get(OVERLAP) or timedelta(0)
        replacing = [entry.key.key_id for entry in active]
        try:
            text, key = generate_key(system, integration_id, overlap=overlap, replacing=replacing)
        except KeysChanged:
            return False
        kept[NEW_KEY] = NewKey(integration_id, key.key_id, text)
        return True

    def show(made: bool) -> None:
        if not made and NEW_KEY not in drawer():
            changed = N_("The keys have changed in the meantime. Look at them below before you generate one.")
            st.toast(words.text(changed), icon=":material/sync_problem:")

    in_full(make, show)


def forget_new_key() -> None:
    """Drop a key that was shown; it cannot be shown again."""
    drawer().pop(NEW_KEY, None)


def ask_about_new_key(shown_id: str | None, words: Words) -> None:
    """Ask before a new key is dropped that was not copied, wherever else the reader goes.

    ``shown_id``: the integration whose page is opened, None on other pages.
    """
    new: NewKey | None = drawer().get(NEW_KEY)
    if new is None or new.integration_id == shown_id:
        return
    if new.copied or _is_used(new):
        forget_new_key()
    else:
        st.dialog(words.text("The new key is not copied"), icon=":material/key_off:", dismissible=False)(
            _leave
        )(new, words)


def _is_used(new: NewKey) -> bool:
    """Tell whether a call came with the key: then it is where it belongs, however it got there."""
    return any(
        entry.key.key_id == new.key_id and entry.use.last_used_at is not None
        for entry in listed_keys(current(), new.integration_id)
    )


def _leave(new: NewKey, words: Words) -> None:
    _ = words.text
    st.markdown(
        _(
            "The new injixo API key was not copied, and it cannot be shown again once you leave. Without it the app "
            "cannot report."
        )
    )
    with st.container(horizontal=True):
        if st.button(_("Back to the key"), type="primary", icon=":material/arrow_back:"):
            st.switch_page("integration.py", query_params={"integration": new.integration_id, TAB: "keys"})
        if st.button(_("Leave without it"), on_click=forget_new_key):
            st.rerun()


def show_new_key(integration_id: str, words: Words) -> None:
    """Show the key that was generated just now, until the reader says that it is copied or leaves the page."""
    _ = words.text
    new: NewKey | None = drawer().get(NEW_KEY)
    if new is None or new.integration_id != integration_id:
        return
    with st.container(border=True):
        st.markdown("**" + _("Your new injixo API key") + "**")
        st.code(new.text, language=None, wrap_lines=True)
        copy_button("copy_new_key", new.text, words, asks=not new.copied, on_copied=_copied)
        if not new.copied:
            st.warning(
                _("Copy it now: it is shown only this once. Only a fingerprint of it is stored."),
                icon=":material/content_copy:",
            )
        st.button(_("I have copied it"), icon=":material/check:", on_click=forget_new_key)


def _copied() -> None:
    new: NewKey | None = drawer().get(NEW_KEY)
    if new is not None:
        drawer()[NEW_KEY] = replace(new, copied=True)
