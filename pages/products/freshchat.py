"""Adding a Freshchat account."""

import streamlit as st

from pages.parts.integration.fields import forget_fields
from pages.parts.integration.saving import integration_form
from pages.parts.reader import current
from services import integrations, regions
from services.integrations.draft import Draft
from services.translation import Words


def add(words: Words) -> None:
    """Draw the form; what was saved is opened, where the installation of the app comes next."""
    _ = words.text
    browser_zone = st.context.timezone
    zone = browser_zone if browser_zone in regions.time_zones() else "UTC"
    with st.container(width=720):
        saved = integration_form(
            "new",
            Draft("", "", time_zone=zone or "UTC"),
            lambda draft: integrations.add(current(), draft).integration_id,
            words,
        )
        if saved is not None:
            forget_fields("new")
            st.switch_page("integration.py", query_params={"integration": saved})
        st.caption(_("The injixo app can be installed once the integration is saved."))
