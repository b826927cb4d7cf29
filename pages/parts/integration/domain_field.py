"""The Freshchat domain, looked at while it is typed: what was mended, or why it cannot be."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.fields import Kept, text_field
from pages.parts.plain import plain
from pages.parts.reader import current
from services.freshchat.domain import DomainProblem, mend_domain
from services.translation import N_, Words

PROBLEMS: dict[DomainProblem, str] = {
    "empty": N_("Enter your full Freshchat domain name including the subdomain, e.g. example.freshchat.com."),
    "portal": N_(
        "This is the address of your Freshworks portal. Take the one that Freshchat shows as "
        '"Your chat URL", e.g. example.freshchat.com.'
    ),
    "not_an_api_host": N_(
        "This address of Freshchat serves chat windows or manuals. Take the one that Freshchat shows as "
        '"Your chat URL", e.g. example.freshchat.com.'
    ),
    "app_id": N_("This is an app ID. Enter the domain here, e.g. example.freshchat.com."),
    "api_key": N_("This is an API key. It belongs in the field API key; enter the domain here."),
    "other_domain": N_("A Freshchat domain ends in {endings}."),
    "incomplete": N_("Something is missing. Enter the full domain name, e.g. example.freshchat.com."),
    "not_a_host": N_("This is no domain name. Enter one such as example.freshchat.com."),
}


def domain_field(key: str, value: str, words: Words, *, kept: Kept = None) -> tuple[str, DeltaGenerator]:
    """Draw the field; return what was typed, and the place of what is said about it. Saving mends in the same way."""
    _ = words.text
    endings = current().settings.freshchat_endings
    typed = text_field(
        _("Freshchat domain"),
        value,
        key=key,
        placeholder="example.freshchat.com",
        help=_("The full domain name including the subdomain. Freshchat shows it as “Your chat URL”."),
        autocomplete="off",
        persist_state=kept,
    )
    place = st.empty()
    found = mend_domain(typed, allowed_endings=endings)
    if found.problem == "empty":
        place.caption(_("The full domain name including the subdomain, e.g. example.freshchat.com."))
    elif found.problem is not None:
        place.error(problem_text(found.problem, words), icon=":material/error:")
    elif found.note == "portal":
        place.warning(
            _(
                "Stillwatch will ask {domain}. Portals often do not answer as Freshchat's API.",
                domain=found.domain,
            ),
            icon=":material/warning:",
        )
    elif found.mended:
        place.info(_("Stillwatch will use {domain}.", domain=found.domain), icon=":material/auto_fix_high:")
    else:
        place.caption(":material/check: " + _("This is a Freshchat domain."))
    return typed, place


def connect_again(key: str, connected: list[str], words: Words) -> bool:
    """Say as which integrations the domain is connected already, and ask whether it shall be once more."""
    _ = words.text
    names = [_("“{name}”", name=plain(name)) for name in connected]
    st.warning(
        _(
            "This domain is already connected as {names}. Connected once more, its chats are counted there and here.",
            names=", ".join(names),
        ),
        icon=":material/content_copy:",
    )
    return st.checkbox(_("Connect it once more"), key=key)


def problem_text(problem: DomainProblem, words: Words) -> str:
    endings = words.one_of(current().settings.freshchat_endings)
    return (
        words.text(PROBLEMS[problem], endings=endings)
        if problem == "other_domain"
        else words.text(PROBLEMS[problem])
    )
