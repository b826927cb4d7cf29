"""Installing the injixo app in Freshchat: the steps, what to copy, and a live look-out for its first sign of life."""

from datetime import timedelta
from urllib.parse import urlsplit

import streamlit as st

from pages.parts.integration.key_rotation import generate_button, show_new_key
from pages.parts.integration.keys import REFRESH_SECONDS, key_list
from pages.parts.integration.overlap import overlap
from pages.parts.live import live
from pages.parts.reader import current
from services.addresses import is_loopback
from services.app_package import FILE_NAME, build_app_zip
from services.integrations import ListedKey, listed_keys
from services.system import NotFound
from services.translation import N_, Words

MARKETPLACE = "https://www.freshworks.com/apps/injixo_connect"
LOOK_EVERY = timedelta(seconds=2)


def install_section(integration_id: str, words: Words) -> None:
    """Draw the section."""
    _ = words.text
    listed = listed_keys(current(), integration_id)
    st.header(_("Install the injixo app"), anchor=False)
    st.markdown(
        _(
            "The app runs in your Freshchat account and tells Stillwatch which chats were resolved, nothing else."
        )
    )
    valid, connected = newest_valid(listed), is_connected(listed)
    _step(_("1. Generate and copy the injixo API key"), done=valid is not None)
    show_new_key(integration_id, words)
    generate_button(integration_id, listed, words)
    key_list(integration_id, listed, words)
    live(_overlap, REFRESH_SECONDS)(integration_id, words)
    if connected:
        _look_out(integration_id, words, waits=False)
        with st.expander(_("The other steps, to install the app once more"), icon=":material/extension:"):
            _in_freshchat(listed, words)
        return
    _in_freshchat(listed, words)
    if valid is not None:
        _look_out(integration_id, words, waits=True)


def _overlap(integration_id: str, words: Words) -> None:
    try:
        overlap(listed_keys(current(), integration_id), current().clock(), words)
    except NotFound:
        return


def _look_out(integration_id: str, words: Words, *, waits: bool) -> None:
    live(sign_of_life, LOOK_EVERY if waits else None)(integration_id, waits, words)


def _step(name: str, *, done: bool) -> None:
    """Draw the heading of a step, ticked off when it is done."""
    st.subheader(f":green[:material/check_circle:] {name}" if done else name, anchor=False)


def _in_freshchat(listed: list[ListedKey], words: Words) -> None:
    """Draw the steps that are done in Freshchat. An app that was ever heard is there."""
    _ = words.text
    heard = any(entry.use.last_used_at for entry in listed)
    _step(_("2. Add the app in Freshchat"), done=heard)
    _ways_to_the_app(words)
    _step(_("3. Enter address and key in the app"), done=is_connected(listed))
    st.markdown(
        _(
            "On the app's installation page, enter the Stillwatch address and paste the injixo API key. Then save."
        )
    )
    own_address(words)


def _ways_to_the_app(words: Words) -> None:
    _ = words.text
    marketplace, custom = st.tabs([_("From the marketplace"), _("As a custom app")])
    with marketplace:
        st.markdown(
            "\n".join(
                (
                    "1. " + _("Open the app on the Freshworks Marketplace as an Account Administrator."),
                    "2. " + _("Click *Install* and choose your Freshchat account."),
                )
            )
        )
        st.link_button(_("Open the marketplace"), MARKETPLACE, icon=":material/open_in_new:")
    with custom:
        st.markdown(
            "\n".join(
                (
                    "1. " + _("Download the app."),
                    "2. " + _("Open the Freshworks developer portal and choose *New app*, *Custom app*."),
                    "3. " + _("Upload the file and publish the app for your account."),
                    "4. " + _("In Freshchat, open the settings of apps, *Custom apps*, and click *Install*."),
                )
            )
        )
        st.download_button(
            _("Download the app"),
            build_app_zip,
            FILE_NAME,
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )


def own_address(words: Words) -> None:
    """Show the address to enter in the app, and say so when Freshchat cannot reach it."""
    parts = urlsplit(current().settings.own_url)
    host = parts.hostname or ""
    local = is_loopback(host) or parts.scheme != "https" or parts.port not in (None, 443)
    st.code(parts.netloc if local else host, language=None)
    if local:
        st.warning(
            words.text(
                N_(
                    "Freshchat cannot reach this address: it needs a host name with HTTPS on the usual port. Put a "
                    "reverse proxy before Stillwatch and set STILLWATCH_PUBLIC_URL to its address."
                )
            ),
            icon=":material/public_off:",
        )


def sign_of_life(integration_id: str, waits: bool, words: Words) -> None:
    """Draw whether the app has been heard with the newest key; when that comes true, the page follows."""
    try:
        listed = listed_keys(current(), integration_id)
    except NotFound:
        return
    if is_connected(listed):
        if waits:
            st.rerun()
        newest = newest_valid(listed)
        assert newest is not None
        assert newest.use.last_used_at is not None
        st.success(
            words.text(
                N_("Connected: the injixo app last reported on {moment} with `{prefix}…`."),
                moment=words.moment(newest.use.last_used_at),
                prefix=newest.key.prefix,
            ),
            icon=":material/check_circle:",
        )
        return
    st.info(waiting_for(listed, words), icon="spinner")
    refused = refused_instead(listed)
    if refused is not None:
        st.warning(
            words.text(
                N_(
                    "The app still has `{prefix}…`, which is refused. Paste the new key on the app's installation page."
                ),
                prefix=refused.key.prefix,
            ),
            icon=":material/error:",
        )


def newest_valid(listed: list[ListedKey]) -> ListedKey | None:
    return next((entry for entry in listed if entry.ended is None), None)


def is_connected(listed: list[ListedKey]) -> bool:
    """Tell whether the newest valid key is in use."""
    newest = newest_valid(listed)
    return newest is not None and newest.use.last_used_at is not None


def refused_instead(listed: list[ListedKey]) -> ListedKey | None:
    """Return the ended key that the app was refused with after the newest one was made."""
    newest = newest_valid(listed)
    if newest is None:
        return None
    return next(
        (
            entry
            for entry in listed
            if entry.ended and entry.use.last_refused_at and entry.use.last_refused_at > newest.key.created_at
        ),
        None,
    )


def waiting_for(listed: list[ListedKey], words: Words) -> str:
    """Return what the look-out waits for: a first sign of life, or the new key's while the old one still works."""
    previous = next((entry for entry in listed if entry.ended is None and entry.use.last_used_at), None)
    if previous is None or previous.key.expires_at is None:
        return words.text(N_("Waiting for the first sign of life of the injixo app …"))
    return words.text(
        N_("Waiting for the new key. The app still uses the previous one, valid until {moment} …"),
        moment=words.moment(previous.key.expires_at),
    )
