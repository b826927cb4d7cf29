"""The injixo API keys of an integration: each with its state, its life and its use, in words."""

import streamlit as st

from pages.parts.live import live
from pages.parts.plain import plain
from pages.parts.reader import current
from pages.parts.status import Look
from services.integrations import ListedKey, listed_keys, revoke_key
from services.integrations.keys import End
from services.people.person import LOCAL, SETTING
from services.system import NotFound
from services.translation import N_, Words

VALID: Look = ("green", ":material/check_circle:")
ENDING: Look = ("orange", ":material/timer:")
UNUSED: Look = ("blue", ":material/hourglass_empty:")
ENDED: Look = ("gray", ":material/block:")
REFUSED: Look = ("red", ":material/error:")
REFRESH_SECONDS = 5
MAKERS = {LOCAL.name: N_("the interface"), SETTING.name: N_("the admin API")}


def key_list(integration_id: str, listed: list[ListedKey], words: Words) -> None:
    """Draw the keys, newest first. Ended ones are folded away, unless somebody still used them or there is no other."""
    _ = words.text
    shown = [entry for entry in listed if entry.ended is None or entry.use.refused_count] or listed[:1]
    folded = [entry for entry in listed if entry not in shown]
    drawn = {entry.key.key_id: entry.ended for entry in listed}
    for entry in shown:
        with st.container(border=True):
            live(_as_it_is_now, REFRESH_SECONDS)(integration_id, entry.key.key_id, drawn, words)
            _revoke_button(integration_id, entry, words)
    if folded:
        with st.expander(_("Ended keys")):
            for entry in folded:
                with st.container(border=True):
                    _key(entry, words)


def _as_it_is_now(integration_id: str, key_id: str, drawn: dict[str, End | None], words: Words) -> None:
    """Draw a key as it is at this moment. When one has ended or come since all were drawn, the page is drawn anew."""
    try:
        listed = {entry.key.key_id: entry for entry in listed_keys(current(), integration_id)}
    except NotFound:
        return
    if {other: entry.ended for other, entry in listed.items()} != drawn:
        st.rerun()
    _key(listed[key_id], words)


def _key(entry: ListedKey, words: Words) -> None:
    name, (colour, icon) = state_of(entry, words)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"`{entry.key.prefix}…`", width="content")
        st.badge(name, icon=icon, color=colour)
    with st.container(horizontal=True):
        for label, value in facts_of(entry, words):
            with st.container(width=140, gap=None):
                st.caption(label)
                st.markdown(plain(value))


def _revoke_button(integration_id: str, entry: ListedKey, words: Words) -> None:
    """Draw the button below the part that refreshes itself, which would close the dialog that it opens."""
    if entry.ended is None and st.button(
        words.text(N_("Revoke")),
        key=f"revoke_{entry.key.key_id}",
        icon=":material/block:",
        type="tertiary",
    ):
        title = words.text(N_("Revoke key?"))
        st.dialog(title, icon=":material/block:")(_confirm_revocation)(integration_id, entry, words)


def state_of(entry: ListedKey, words: Words) -> tuple[str, Look]:
    """Return the state of the key in words, and how it looks."""
    if entry.ended is not None:
        ended = words.text(N_("Revoked") if entry.ended == "revoked_key" else N_("Expired"))
        refused = entry.use.refused_count
        if not refused:
            return ended, ENDED
        times = words.count("{n} time", "{n} times", refused)
        return words.text(N_("{ended}, refused {times}"), ended=ended, times=times), REFUSED
    if entry.key.expires_at is not None:
        return words.text(N_("Valid until {moment}"), moment=words.moment(entry.key.expires_at)), ENDING
    if entry.use.last_used_at is None:
        return words.text(N_("Valid, never used")), UNUSED
    return words.text(N_("Valid")), VALID


def facts_of(entry: ListedKey, words: Words) -> list[tuple[str, str]]:
    """Return what is known of the key, label by label."""
    _ = words.text
    key, use = entry.key, entry.use
    maker = _(MAKERS[key.created_by]) if key.created_by in MAKERS else key.created_by
    facts = [
        (_("Created"), words.moment(key.created_at)),
        (_("Created by"), maker),
        (_("Last used"), words.moment(use.last_used_at) if use.last_used_at else _("never")),
    ]
    if key.revoked_at is not None:
        facts.append((_("Revoked"), words.moment(key.revoked_at)))
    else:
        facts.append((_("Expires"), words.moment(key.expires_at) if key.expires_at else _("never")))
    refused = words.moment(use.last_refused_at) if use.last_refused_at else _("never")
    facts.append((_("Last refused"), refused))
    return facts


def _confirm_revocation(integration_id: str, entry: ListedKey, words: Words) -> None:
    _ = words.text
    st.markdown(_("`{prefix}` is refused from now on.", prefix=entry.key.prefix))
    if entry.use.last_used_at:
        st.warning(
            _(
                "The app used it last on {moment}. Contacts stop coming until another key is pasted in the app.",
                moment=words.moment(entry.use.last_used_at),
            ),
            icon=":material/warning:",
        )
    with st.container(horizontal=True):
        revoked = st.button(
            _("Yes, revoke"),
            type="primary",
            icon=":material/block:",
            on_click=revoke_key,
            args=(current(), integration_id, entry.key.key_id),
        )
        if revoked or st.button(_("Cancel"), key="keep_key"):
            st.rerun()
