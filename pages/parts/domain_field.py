"""The Freshchat domain, looked at while it is typed: what was mended, or why it cannot be."""

import streamlit as st

from services.freshchat.domain import DomainProblem, mend_domain
from services.system import current
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


def domain_field(key: str, value: str, words: Words) -> str:
    """Draw the field and return what was typed; saving mends it in the same way."""
    _ = words.text
    endings = current().settings.freshchat_endings
    typed = st.text_input(
        _("Freshchat domain"),
        value,
        key=key,
        placeholder="example.freshchat.com",
        help=_("The full domain name including the subdomain. Freshchat shows it as “Your chat URL”."),
        autocomplete="off",
        live=True,
    )
    found = mend_domain(typed or "", allowed_endings=endings)
    if found.problem == "empty":
        st.caption(_("The full domain name including the subdomain, e.g. example.freshchat.com."))
    elif found.problem is not None:
        st.error(problem_text(found.problem, words), icon=":material/error:")
    elif found.note == "portal":
        st.warning(
            _(
                "Stillwatch will ask {domain}. Portals often do not answer as Freshchat's API.",
                domain=found.domain,
            ),
            icon=":material/warning:",
        )
    elif found.mended:
        st.info(_("Stillwatch will use {domain}.", domain=found.domain), icon=":material/auto_fix_high:")
    else:
        st.caption(":material/check: " + _("This is a Freshchat domain."))
    return typed or ""


def problem_text(problem: DomainProblem, words: Words) -> str:
    endings = words.one_of(current().settings.freshchat_endings)
    return (
        words.text(PROBLEMS[problem], endings=endings)
        if problem == "other_domain"
        else words.text(PROBLEMS[problem])
    )
