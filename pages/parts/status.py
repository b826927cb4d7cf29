"""Configuration status and data flow: two answers to two questions, drawn side by side and never mixed."""

from typing import Literal

import streamlit as st

from services.integrations import Integration
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.words import DATA_FLOW_NAMES

Colour = Literal["green", "red", "orange", "blue", "gray"]
Look = tuple[Colour, str]

GOOD: Look = ("green", ":material/check_circle:")
BAD: Look = ("red", ":material/error:")
DOUBTFUL: Look = ("orange", ":material/warning:")
NOT_KNOWN: Look = ("gray", ":material/help:")

CONFIGURATION_NAMES: dict[str | None, str] = {
    "operational": N_("Operational"),
    "invalid_credentials": N_("Invalid credentials"),
    "missing_scope": N_("Permission missing"),
    "unreachable": N_("Freshchat not reachable"),
    "not_freshchat": N_("Not Freshchat's API"),
    None: N_("Not checked yet"),
}
CONFIGURATION_LOOKS: dict[str | None, Look] = {
    "operational": GOOD,
    "invalid_credentials": BAD,
    "missing_scope": DOUBTFUL,
    "unreachable": DOUBTFUL,
    "not_freshchat": BAD,
    None: NOT_KNOWN,
}
CONFIGURATION_ADVICE: dict[str, str] = {
    "operational": N_("Freshchat accepts the API key."),
    "invalid_credentials": N_(
        "Freshchat refuses the API key. It is wrong, or it ended when somebody generated a new one. "
        "Copy the key of an Account Administrator that is valid now and save it in the settings."
    ),
    "missing_scope": N_(
        "Freshchat knows the API key, but the key lacks a permission, as older keys do. An Account Administrator "
        "deletes it in Freshchat, generates a new one and saves it in the settings."
    ),
    "unreachable": N_(
        "Freshchat cannot be reached at this domain. Check the domain; if it is right, wait a while and check again."
    ),
    "not_freshchat": N_(
        "The domain does not answer as Freshchat's API does; portals answer with a web page. Take the one that "
        'Freshchat shows as "Your chat URL", such as example.freshchat.com.'
    ),
}
NO_KEY = N_(
    "No Freshchat API key is saved. Contacts are counted without it, but Stillwatch cannot ask Freshchat."
)
UNREADABLE_KEY = N_(
    "The saved Freshchat API key cannot be read, because Stillwatch's own secret key was changed. Enter it again."
)
GARBLED_ANSWER = N_(
    "Freshchat's answer breaks off or is damaged, which says nothing against domain or API key. Check again later."
)

DATA_FLOW_LOOKS: dict[str, Look] = {
    "waiting": ("blue", ":material/hourglass_empty:"),
    "learning": ("blue", ":material/school:"),
    "receiving": GOOD,
    "nothing_expected": ("gray", ":material/bedtime:"),
    "quieter_than_usual": DOUBTFUL,
    "silent": BAD,
    "partial_loss": BAD,
    "confirmed_loss": BAD,
    "paused": ("gray", ":material/pause_circle:"),
    "unknown": NOT_KNOWN,
}


def status_pair(shown: Freshness, words: Words) -> None:
    """Draw both answers, each under its own name."""
    _ = words.text
    with st.container(horizontal=True, gap="medium", width="content"):
        with st.container(width="content", gap=None):
            st.caption(
                _("Status"), help=_("Whether the Freshchat credentials work. Says nothing about data flow.")
            )
            configuration_badge(shown, words)
        with st.container(width="content", gap=None):
            st.caption(_("Data flow"), help=_("Whether contacts arrive as they should."))
            data_flow_badge(shown, words)


def configuration_badge(shown: Freshness, words: Words) -> None:
    name, (colour, icon) = configuration_look(shown.integration)
    st.badge(words.text(name), icon=icon, color=colour)


def in_a_badge(text: str, look: Look) -> str:
    """Return Markdown of a badge that says one of our words: several in one element."""
    colour, icon = look
    return f":{colour}-badge[{icon} {text}]"


def configuration_look(integration: Integration) -> tuple[str, Look]:
    """Return the configuration status' name, not yet translated, and its look. No key is not a wrong key."""
    if integration.freshchat_api_key is None:
        return N_("No API key"), DOUBTFUL
    configuration = integration.configuration
    return CONFIGURATION_NAMES[configuration], CONFIGURATION_LOOKS[configuration]


def data_flow_badge(shown: Freshness, words: Words) -> None:
    name, (colour, icon) = data_flow_look(shown)
    st.badge(words.text(name), icon=icon, color=colour)


def data_flow_look(shown: Freshness) -> tuple[str, Look]:
    """Return the name of the data flow's state, not yet translated, and its look."""
    data_flow = shown.verdict.data_flow
    return DATA_FLOW_NAMES[data_flow], DATA_FLOW_LOOKS[data_flow]


def configuration_advice(integration: Integration, words: Words) -> str:
    """Return what Freshchat said to the Freshchat API key and what to do about it; empty before it was asked."""
    if integration.configuration is None:
        return ""
    if integration.freshchat_api_key is None:
        return words.text(NO_KEY)
    if integration.configuration_reason == "unreadable_key":
        return words.text(UNREADABLE_KEY)
    if integration.configuration_reason == "garbled":
        return words.text(GARBLED_ANSWER)
    return words.text(CONFIGURATION_ADVICE[integration.configuration])
