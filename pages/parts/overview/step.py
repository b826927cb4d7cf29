"""The one next step of an integration, as a link to where it is done."""

import streamlit as st

from pages.parts.data_flow.decision_tree import ON_THE_INTEGRATION
from pages.parts.integration.tabs import TAB, tab_of
from pages.parts.integration_choice import KEY
from pages.parts.reader import may
from services.overview import Glance
from services.translation import N_, Words

Destination = tuple[str, str, dict[str, str]]
CONTACTS: Destination = ("contacts.py", N_("To the contacts"), {})


def next_step_link(each: Glance, words: Words) -> None:
    """Draw the link: to what mends, to why it is as it is, or to the contacts while nothing is to be done.

    Who may not mend is led to the reason, and who may not see that, to the contacts.
    """
    mends = mending(each) if may("admin") else None
    page, label, more = mends or (looking(each) if may("support") else CONTACTS)
    st.page_link(
        page,
        label=words.text(label),
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params={KEY: each.integration.integration_id, **more},
    )


def mending(each: Glance) -> Destination | None:
    """Return the page where the integration is set right, what is done there, not yet translated, and its tab."""
    step = each.shown.path.step
    if each.integration.paused_at is not None:
        return "integration.py", N_("Resume"), {TAB: tab_of("resume")}
    if step in ON_THE_INTEGRATION:
        return "integration.py", ON_THE_INTEGRATION[step], {TAB: tab_of(step)}
    if each.misconfigured:
        return "integration.py", N_("To the credentials"), {TAB: "settings"}
    if each.shown.verdict.data_flow == "waiting":
        return "integration.py", N_("Go on with the set-up"), {TAB: "keys"}
    return None


def looking(each: Glance) -> Destination:
    """Return the page that tells most about it, and its name, not yet translated."""
    return CONTACTS if each.calm else ("data_flow.py", N_("See why and what to do"), {})
