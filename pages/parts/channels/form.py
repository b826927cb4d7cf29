"""The fields of a channel: the same when it is added and when it is changed."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from pages.parts.in_full import one_at_a_time
from pages.parts.reader import current
from services import regions
from services.alerting.words import STATE_NAMES
from services.notifications import channels
from services.notifications.channels import (
    LONGEST_NAME,
    MOST_MINUTES,
    STATES,
    Channel,
    ChannelDraft,
)
from services.notifications.quiet import USUAL_QUIET, Quiet, filled_in
from services.system import Invalid, NotFound
from services.translation import LANGUAGES, N_, Words

EXAMPLES = (
    "mailtos://user:password@mail.example.com?to=team@example.com",
    "msteams://…",
    "slack://…",
    "json://mattermost.internal/hook",
)
PROBLEMS = {
    "bad_name": N_("Give a name of 1 to 100 characters."),
    "bad_url": N_("This is no address that messages can be sent to. Compare it with the examples."),
    "bad_day": N_("Choose the days on which the quiet hours begin."),
    "always_quiet": N_("These quiet hours never end: leave some time in which messages are sent."),
    "quiet_not_ticked": N_(
        "Quiet hours are filled in but not ticked: tick **Quiet hours**, or put the fields back as they were."
    ),
    "too_many_channels": N_("There are too many channels: delete one first."),
}


def add_channel(words: Words, *, opened: bool) -> None:
    """Draw the fields of a new channel, folded away unless ``opened``."""
    number = st.session_state.setdefault("channels_added", 0)

    def save(filled: ChannelDraft) -> None:
        with one_at_a_time() as kept:
            # It is added already where a second click has broken off the run that did so.
            if kept.get("channel_added") != number:
                channels.add(current(), filled)
                kept["channel_added"] = number
        st.session_state["channels_added"] = number + 1  # empty fields for the next one

    with st.expander(words.text(N_("Add channel")), icon=":material/add:", expanded=opened):
        draft = ChannelDraft("", None, words.language)
        _form(f"new_channel_{number}", draft, save, words, new=True)


def change_channel(channel: Channel, words: Words) -> None:
    """Draw the fields of a channel, folded away; its address stays unless another one is entered."""
    with st.expander(words.text(N_("Change")), icon=":material/edit:"):
        _form(
            f"channel_{channel.channel_id}",
            channels.draft_of(channel),
            lambda filled: channels.change(current(), channel.channel_id, filled),
            words,
            new=False,
        )


def _form(
    prefix: str, draft: ChannelDraft, save: Callable[[ChannelDraft], object], words: Words, *, new: bool
) -> None:
    with st.form(f"{prefix}_form", border=False):
        filled = _fields(prefix, draft, words, new=new)
        if not st.form_submit_button(words.text(N_("Save")), type="primary", icon=":material/save:"):
            return
        try:
            without_quiet, fields, ticked = filled
            save(replace(without_quiet, quiet=filled_in(draft.quiet, fields, wanted=ticked)))
        except NotFound:
            st.error(words.text(N_("Somebody deleted this channel meanwhile.")), icon=":material/error:")
        except Invalid as error:
            st.error(words.text(PROBLEMS.get(error.code, str(error))), icon=":material/error:")
        else:
            st.rerun()


Filled = tuple[ChannelDraft, Quiet, bool]
"""The draft without its quiet hours, what stands in their fields, and whether they are ticked."""


def _fields(prefix: str, draft: ChannelDraft, words: Words, *, new: bool) -> Filled:
    _ = words.text
    name = st.text_input(
        _("Name"), draft.name, max_chars=LONGEST_NAME, autocomplete="off", key=f"{prefix}_name"
    )
    url = st.text_input(
        _("Address"),
        type="password",
        key=f"{prefix}_url",
        autocomplete="off",
        placeholder=EXAMPLES[0] if new else _("saved; enter another one to replace it"),
    )
    st.caption(_("As apprise writes it, for example:") + " " + " ".join(f"`{one}`" for one in EXAMPLES))
    st.caption(_("It is stored encrypted and never shown again."))
    language = st.selectbox(
        _("Language"),
        list(LANGUAGES),
        index=list(LANGUAGES).index(draft.language),
        format_func=lambda code: LANGUAGES[code].name,
        key=f"{prefix}_language",
    )
    states = st.multiselect(
        _("Tells of"),
        STATES,
        [state for state in STATES if state in draft.states],
        format_func=lambda state: _(STATE_NAMES[state]),
        placeholder=_("Everything"),
        key=f"{prefix}_states",
    )
    known = {one.integration_id: one.name for one in current().directory.active()}
    chosen = st.multiselect(
        _("Integrations"),
        list(known),
        [one for one in draft.integrations if one in known],
        format_func=lambda one: known[one],
        placeholder=_("All integrations"),
        key=f"{prefix}_integrations",
    )
    remind = st.number_input(
        _("First reminder after so many minutes"),
        0,
        MOST_MINUTES,
        draft.remind_minutes,
        key=f"{prefix}_remind",
        help=_("Each further one takes twice as long. 0: no reminders."),
    )
    after = st.number_input(
        _("Only when nobody has acknowledged for so many minutes"),
        0,
        MOST_MINUTES,
        draft.after_minutes,
        key=f"{prefix}_after",
        help=_("For a second channel that is told when the first one was not heard. 0: told at once."),
    )
    fields, ticked = _quiet(prefix, draft.quiet or USUAL_QUIET, words, ticked=draft.quiet is not None)
    filled = ChannelDraft(
        name or "",
        (url or None) if not new else (url or ""),
        language or draft.language,
        states,
        chosen,
        None,
        int(after),
        int(remind),
        draft.weekly,
    )
    return filled, fields, ticked


def _quiet(prefix: str, shown: Quiet, words: Words, *, ticked: bool) -> tuple[Quiet, bool]:
    _ = words.text
    wanted = st.checkbox(
        _("Quiet hours"),
        ticked,
        key=f"{prefix}_quiet",
        help=_("Messages wait until they end; what is over by then is told in one message."),
    )
    first, second = st.columns(2)
    starts = first.time_input(_("From"), shown.span[0], key=f"{prefix}_starts")
    ends = second.time_input(_("To"), shown.span[1], key=f"{prefix}_ends")
    names = words.weekdays()
    days = st.multiselect(
        _("Days on which they begin"),
        list(range(1, 8)),
        list(shown.weekdays),
        format_func=lambda day: names[day - 1],
        key=f"{prefix}_days",
    )
    zones = regions.time_zones()
    zone = st.selectbox(
        _("Time zone"),
        zones,
        index=zones.index(shown.time_zone) if shown.time_zone in zones else 0,
        key=f"{prefix}_zone",
    )
    chosen = Quiet(
        zone or shown.time_zone, tuple(sorted(days)), starts.isoformat("minutes"), ends.isoformat("minutes")
    )
    return chosen, wanted
