"""Freshchat's own webhook, for accounts that cannot install an app: what to paste where, and a live check."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from pages.parts.live import live
from services.ingest.webhook import InvalidPublicKey, read_public_key
from services.integrations.editing import change, draft_of
from services.system import NotFound, current
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.webhook_check import webhook_check

LOOK_EVERY = timedelta(seconds=2)
REASONS: dict[str, str] = {
    "bad_signature": N_(
        "Not signed with the public key that is saved here. Copy it from Freshchat's webhook settings again."
    ),
    "bad_signature_altered": N_(
        "Signed with the right key, but something on the way changed the content. Check the reverse proxy."
    ),
    "bad_signature_non_ascii": N_(
        "Signed with the right key, but not for these bytes, which hold letters such as ä. The key is fine; "
        "Freshchat signs such deliveries differently. Use the injixo app if it can be installed."
    ),
}


def webhook_section(shown: Freshness, words: Words) -> None:
    """Draw the section."""
    _ = words.text
    integration = shown.integration
    st.markdown(
        _(
            "If you cannot install an app, Freshchat can report resolved chats itself. Nothing is counted twice."
        )
    )
    st.markdown(
        _("1. In Freshchat, open the settings for webhooks, switch the webhook on and paste this address:")
    )
    st.code(
        f"{current().settings.own_url}/api/v1/freshchat/webhooks/{integration.integration_id}",
        language=None,
        wrap_lines=True,
    )
    st.markdown(_("2. Bring back the public key that Freshchat shows there:"))
    typed = st.text_area(
        _("Public key"),
        integration.webhook_public_key or "",
        key=f"webhook_key_{integration.integration_id}",
        placeholder="-----BEGIN RSA PUBLIC KEY-----",
        height=140,
    )
    if st.button(_("Save public key"), icon=":material/save:") and _save(shown, typed or "", words):
        st.rerun()
    if integration.webhook_public_key is not None:
        live(live_check, LOOK_EVERY)(integration.integration_id, words)


def _save(shown: Freshness, typed: str, words: Words) -> bool:
    """Save the key, or none to refuse deliveries again. What is no key is explained and stays in the field."""
    try:
        if typed.strip():
            read_public_key(typed)
    except InvalidPublicKey:
        message = N_("This is no RSA public key. Copy all of it, from -----BEGIN to KEY-----.")
        st.error(words.text(message), icon=":material/error:")
        return False
    integration = shown.integration
    change(current(), integration.integration_id, replace(draft_of(integration), webhook_public_key=typed))
    st.toast(words.text(N_("The public key is saved.")), icon=":material/check_circle:")
    return True


def live_check(integration_id: str, words: Words) -> None:
    """Draw what arrived and what was refused, up to this moment."""
    _ = words.text
    try:
        found = webhook_check(current(), integration_id)
    except NotFound:
        return
    if found.last_accepted_at is None and not found.refused:
        st.info(_("Waiting for the first delivery …"), icon="spinner")
    if found.last_accepted_at is not None:
        deliveries = words.count("{n} delivery accepted", "{n} deliveries accepted", found.accepted)
        st.success(
            _(
                "{deliveries}, last on {moment}.",
                deliveries=deliveries,
                moment=words.moment(found.last_accepted_at),
            ),
            icon=":material/check_circle:",
        )
    for refused in found.refused:
        deliveries = words.count("{n} delivery refused", "{n} deliveries refused", refused.count)
        sentence = _(
            "{deliveries}, last on {moment}.", deliveries=deliveries, moment=words.moment(refused.last_at)
        )
        draw = st.error if found.refused_lately else st.warning
        draw(f"{sentence} {_(REASONS[refused.reason])}", icon=":material/error:")
