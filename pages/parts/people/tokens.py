"""Tokens of the admin API: making one, which is shown once, and revoking it."""

from datetime import timedelta

import streamlit as st

from pages.parts.copy_button import copy_button
from pages.parts.in_full import Drawer, drawer, in_full
from pages.parts.plain import plain
from pages.parts.reader import current
from services.audit import ROLE_NAMES
from services.people.person import ROLES
from services.signing_in.tokens import ApiToken, listed_tokens, make_token, revoke_token
from services.system import Invalid, NotFound
from services.translation import Words

NEW_TOKEN = "new_api_token"  # noqa: S105 - the name under which the session keeps it
ASKED = "asked_for_new_token"
TOKEN_NAME, TOKEN_ROLE, TOKEN_LIFE = "token_name", "token_role", "token_life"
TOKEN_PROBLEM = "problem_of_new_token"  # noqa: S105
LIVES = (timedelta(days=30), timedelta(days=90), timedelta(days=365), None)


def tokens_section(words: Words) -> None:
    """Draw the tokens, the one that was made just now, and the form for another."""
    _ = words.text
    st.header(_("API tokens"), anchor=False)
    st.caption(_("For programs that read or change something over `/api/v1`. Each acts with its own role."))
    _show_new(words)
    listed = listed_tokens(current())
    for token in listed:
        _token(token, words)
    with st.container(border=True, key="make_token"):
        st.markdown("**" + _("Make a token") + "**")
        st.text_input(_("What is it for?"), max_chars=100, key=TOKEN_NAME)
        st.segmented_control(
            _("Role"),
            ROLES,
            default=ROLES[0],
            format_func=lambda each: _(ROLE_NAMES[each]),
            required=True,
            key=TOKEN_ROLE,
        )
        st.segmented_control(
            _("Valid for"),
            LIVES,
            default=LIVES[1],
            format_func=lambda life: words.duration(life) if life else _("without end"),
            required=True,
            key=TOKEN_LIFE,
        )
        if st.session_state.pop(TOKEN_PROBLEM, False):
            st.error(_("Say what the token is for."), icon=":material/error:")
        st.button(_("Make"), type="primary", icon=":material/vpn_key:", key="make", on_click=_make)


def _make() -> None:
    """Make the token of the fields, as they are now."""

    def make(kept: Drawer) -> bool:
        system = current()
        asked = [st.session_state[field] for field in (TOKEN_NAME, TOKEN_ROLE, TOKEN_LIFE)]
        if NEW_TOKEN in kept and kept[ASKED] == asked:
            return True  # a second click has broken off the first, which made it
        try:
            kept[NEW_TOKEN] = make_token(system, *asked)
        except Invalid:
            return False
        kept[ASKED] = asked
        return True

    def show(made: bool) -> None:
        if not made:
            st.session_state[TOKEN_PROBLEM] = True
            return
        st.session_state.update({TOKEN_NAME: "", TOKEN_ROLE: ROLES[0], TOKEN_LIFE: LIVES[1]})

    in_full(make, show)


def _show_new(words: Words) -> None:
    _ = words.text
    text: str | None = drawer().get(NEW_TOKEN)
    if text is None:
        return
    with st.container(border=True):
        st.markdown("**" + _("Your new API token") + "**")
        st.code(text, language=None, wrap_lines=True)
        copy_button("copy_new_token", text, words, asks=True, on_copied=lambda: None)
        st.warning(
            _("Copy it now: it is shown only this once. Only a fingerprint of it is stored."),
            icon=":material/content_copy:",
        )
        st.button(_("I have copied it"), key="token_copied", icon=":material/check:", on_click=_forget)


def _token(token: ApiToken, words: Words) -> None:
    _ = words.text
    with st.container(border=True, key=f"token_{token.token_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(token.name)}**", width="content")
            st.badge(_(ROLE_NAMES[token.role]), color="blue")
            ended = token.ends_at is not None and token.ends_at <= current().clock()
            if ended:
                st.badge(_("Expired"), color="gray")
            st.button(
                _("Revoke"),
                key=f"revoke_token_{token.token_id}",
                icon=":material/block:",
                type="tertiary",
                on_click=_revoke,
                args=(token.token_id,),
            )
        facts = [
            (_("Created"), words.moment(token.created_at)),
            (_("Created by"), token.created_by),
            (_("Expires"), words.moment(token.ends_at) if token.ends_at else _("never")),
            (_("Last used"), words.moment(token.last_used_at) if token.last_used_at else _("never")),
        ]
        with st.container(horizontal=True):
            for label, value in facts:
                with st.container(width=150, gap=None):
                    st.caption(label)
                    st.markdown(plain(value))


def _revoke(token_id: str) -> None:
    try:
        revoke_token(current(), token_id)
    except NotFound:
        return  # somebody else was faster


def _forget() -> None:
    drawer().pop(NEW_TOKEN, None)
