"""Notifications: the channels through which people are told, and what was told lately."""

import streamlit as st

from pages.parts.channels.card import channel_card
from pages.parts.channels.form import add_channel
from pages.parts.channels.recent import recent_notifications
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.reader import current
from services.notifications.channels import all_channels

REFRESH_SECONDS = 10

words = words_for()
_ = words.text
channels = all_channels(current())
st.title(_("Notifications"), anchor=False)
st.markdown(
    _(
        "Channels tell people when contacts stop, however they are reached: one message for each cause, reminders while"
        " it lasts, and one when it is over."
    )
)
if not channels:
    st.info(
        _("Nobody is told yet. Add a channel: an e-mail address, a room in Teams or Slack, or a webhook."),
        icon=":material/notifications_off:",
    )
with st.container(width=820):
    for channel in channels:
        channel_card(channel, words)
    add_channel(words, opened=not channels)
live(recent_notifications, REFRESH_SECONDS)()
