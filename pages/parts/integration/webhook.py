"""Freshchat's own webhook, for accounts that cannot install an app: what to paste where, and a live check."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from pages.parts.live import live
from pages.parts.reader import current
from services.ingest.webhook import InvalidPublicKey, beside, key_blocks, read_public_keys
from services.integrations.draft import draft_of
from services.integrations.editing import change
from services.system import NotFound
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.webhook_check import ActivityKind, webhook_check

LOOK_EVERY = timedelta(seconds=2)
REASONS: dict[ActivityKind, str] = {
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
    "no_public_key": N_("No public key was saved here when they came."),
    "wrong_address": N_("They went to another address: copy the address above into Freshchat again."),
    "store_unavailable": N_("They could not be kept, because the database refused changes."),
    "webhook_not_understood": N_("They could not be read: send the support bundle to injixo support."),
    "webhook_unknown_event": N_("They tell of events by names that Stillwatch does not know."),
}


def webhook_section(shown: Freshness, words: Words) -> None:
    """Draw the section."""
    _ = words.text
    integration = shown.integration
    field = f"webhook_key_{integration.integration_id}"
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
        key=field,
        placeholder="-----BEGIN RSA PUBLIC KEY-----",
        height=140,
    )
    stored = integration.webhook_public_key
    both = stored is not None and _with_the_one_before(stored, typed or "", words)
    wanted = beside(typed or "", stored) if both and (typed or "").strip() else typed or ""
    if st.button(_("Save public key"), icon=":material/save:") and _save(shown, wanted, words):
        st.session_state.pop(field, None)  # it is filled again with what is saved
        st.rerun()
    if stored is not None or webhook_check(current(), integration.integration_id).refused:
        live(live_check, LOOK_EVERY)(integration.integration_id, words)


def _with_the_one_before(stored: str, typed: str, words: Words) -> bool:
    """Return whether the key before is to be accepted too, while Freshchat changes from one to the other."""
    if len(key_blocks(stored)) > 1:
        st.caption(
            words.text(
                N_(
                    "Two public keys are accepted, the newest first. Delete the old one when it is needed no more."
                )
            )
        )
    if not typed.strip() or set(key_blocks(typed)) <= set(key_blocks(stored)):
        return False
    return st.checkbox(words.text(N_("Go on accepting the key before as well")), value=True)


def _save(shown: Freshness, typed: str, words: Words) -> bool:
    """Save the key, or none to refuse deliveries again. What is no key is explained and stays in the field."""
    try:
        if typed.strip():
            read_public_keys(typed)
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
