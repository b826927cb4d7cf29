"""One channel: how it does, what it tells, and what can be done with it."""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from pages.parts.channels.form import change_channel
from pages.parts.in_full import Drawer, in_full
from pages.parts.plain import plain
from pages.parts.reader import current
from pages.parts.status import BAD, GOOD, NOT_KNOWN, Look
from services.alerting.sender import send_test
from services.alerting.words import STATE_NAMES, failure_text
from services.notifications import channels
from services.notifications.channels import Channel
from services.system import NotFound
from services.translation import LANGUAGES, N_, Words


def channel_card(channel: Channel, words: Words) -> None:
    """Draw one channel."""
    _ = words.text
    with st.container(border=True, key=f"channel_{channel.channel_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(plain(channel.name), anchor=False, width="content")
            st.badge(plain(channel.service), color="gray")
            name, (colour, icon) = _state(channel, words)
            st.badge(name, icon=icon, color=colour)
        if channel.failing_since is not None:
            why = failure_text(channel.failure or "not_sent", words)
            since = words.moment(channel.failing_since)
            st.error(
                _(
                    "Fails since {since}: {why}. Messages are tried again for a day, and the other channels are told.",
                    since=since,
                    why=why,
                ),
                icon=":material/error:",
            )
        if channel.integrations and not any(
            one.integration_id in channel.integrations for one in current().directory.active()
        ):
            st.warning(
                _("Its integrations are deleted: it tells of nothing but Stillwatch itself. Choose others."),
                icon=":material/notifications_off:",
            )
        for line in _lines(channel, words):
            st.caption(plain(line))
        _buttons(channel, words)
        change_channel(channel, words)


def _state(channel: Channel, words: Words) -> tuple[str, Look]:
    if channel.failing_since is not None:
        return words.text(N_("Fails")), BAD
    if channel.last_sent_at is None:
        return words.text(N_("Not tried yet")), NOT_KNOWN
    return words.text(N_("Reached {ago}"), ago=words.ago(channel.last_sent_at, current().clock())), GOOD


def _lines(channel: Channel, words: Words) -> list[str]:
    """Return what the channel tells, of what and when."""
    _ = words.text
    known = current().directory.integrations
    named = [known[one].name if one in known else one for one in channel.integrations]
    states = [_(STATE_NAMES[state]) for state in channel.states]
    lines = [
        " · ".join(
            [
                ", ".join(named) or _("All integrations"),
                ", ".join(states) or _("Everything"),
                LANGUAGES[channel.language].name,
            ]
        )
    ]
    when = []
    if channel.after_minutes:
        when.append(
            words.count(
                "Only what nobody has acknowledged for {n} minute",
                "Only what nobody has acknowledged for {n} minutes",
                channel.after_minutes,
            )
        )
    if channel.remind_minutes:
        when.append(
            words.count(
                "First reminder after {n} minute", "First reminder after {n} minutes", channel.remind_minutes
            )
        )
    if channel.quiet is not None:
        days = words.weekdays("abbreviated")
        when.append(
            _(
                "Quiet from {starts} to {ends} ({days}; {zone})",
                starts=channel.quiet.starts,
                ends=channel.quiet.ends,
                days=", ".join(days[day - 1] for day in channel.quiet.weekdays),
                zone=channel.quiet.time_zone,
            )
        )
    return [*lines, " · ".join(when)] if when else lines


def _buttons(channel: Channel, words: Words) -> None:
    _ = words.text
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Send a test"),
            key=f"test_{channel.channel_id}",
            icon=":material/send:",
            on_click=_test,
            args=(channel.channel_id, words),
        )
        if st.button(_("Delete"), key=f"remove_{channel.channel_id}", icon=":material/delete:"):
            st.dialog(_("Delete channel?"), icon=":material/delete:")(_confirm)(channel, words)
        st.toggle(
            _("Weekly report"),
            channel.weekly,
            key=f"weekly_{channel.channel_id}",
            help=_(
                "On Monday morning: contacts per source queue, seals, incidents, and what needs a person."
            ),
            on_change=_switch_report,
            args=(channel.channel_id,),
        )


def _test(channel_id: str, words: Words) -> None:
    """Send a test and say what came of it; the card and the list below say it too."""
    try:
        sent = send_test(current(), channel_id)
    except NotFound:
        return  # somebody removed it meanwhile, and the page shows so
    if sent.state == "sent":
        st.toast(words.text(N_("The test was sent.")), icon=":material/check_circle:")
        return
    why = failure_text(sent.failure or "not_sent", words)
    st.toast(words.text(N_("The test was not sent: {why}."), why=why), icon=":material/error:")


def _switch_report(channel_id: str) -> None:
    def switch(_: Drawer) -> None:
        weekly = bool(st.session_state[f"weekly_{channel_id}"])
        with suppress(NotFound):  # somebody removed it meanwhile, and the page shows so
            draft = channels.draft_of(channels.channel(current(), channel_id))
            channels.change(current(), channel_id, replace(draft, weekly=weekly))

    in_full(switch, lambda _: None)


def _confirm(channel: Channel, words: Words) -> None:
    _ = words.text
    st.markdown(_("**{name}** gets no more messages.", name=plain(channel.name)))
    with st.container(horizontal=True):
        gone = st.button(
            _("Yes, really delete"),
            type="primary",
            icon=":material/delete:",
            key=f"really_remove_{channel.channel_id}",
            on_click=_remove,
            args=(channel.channel_id,),
        )
        if gone:
            st.rerun()
        if st.button(_("Cancel"), key="keep_channel"):
            st.rerun()


def _remove(channel_id: str) -> None:
    with suppress(NotFound):  # somebody else was faster, which is what was wanted
        channels.remove(current(), channel_id)
