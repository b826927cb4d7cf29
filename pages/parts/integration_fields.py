"""The fields of a Freshchat integration: the same when it is added and when it is changed."""

import streamlit as st

from pages.parts.domain_field import domain_field
from services import regions
from services.integrations import COUNTINGS, LONGEST_NAME, Draft
from services.translation import N_, Words

COUNTING_NAMES: dict[str, str] = {
    "every_resolution": N_("Every resolution is a contact"),
    "once_per_chat": N_("Each chat is one contact, ever"),
}
COUNTING_NOTES: dict[str, str] = {
    "every_resolution": N_(
        "A chat that is reopened and resolved again is a new contact, as in Freshchat's own figures."
    ),
    "once_per_chat": N_("A chat that is reopened and resolved again is not counted again."),
}
NO_HOLIDAYS = ""


def integration_fields(prefix: str, draft: Draft, words: Words, *, key_is_saved: bool) -> Draft:
    """Draw the fields, filled with ``draft`` at first, and return what they hold now."""
    _ = words.text
    name = st.text_input(
        _("Name"),
        draft.name,
        key=f"{prefix}_name",
        max_chars=LONGEST_NAME,
        help=_("A unique name that identifies the data source."),
        placeholder=_("e.g. Customer service"),
        autocomplete="off",
    )
    st.subheader(_("Credentials"), anchor=False)
    domain = domain_field(f"{prefix}_domain", draft.domain, words)
    api_key = st.text_input(
        _("API key"),
        key=f"{prefix}_api_key",
        type="password",
        autocomplete="new-password",
        placeholder=_("Saved; leave empty to keep it") if key_is_saved else "",
    )
    st.caption(
        _(
            "In Freshchat, an Account Administrator finds it under Admin, API Tokens. Stillwatch stores it encrypted "
            "and never shows it again."
        )
    )
    st.subheader(_("Counting"), anchor=False)
    time_zone = st.selectbox(
        _("Time zone"),
        regions.time_zones(),
        index=_position(regions.time_zones(), draft.time_zone),
        key=f"{prefix}_time_zone",
        help=_("Days and intervals are told in this time zone."),
    )
    holidays = holidays_field(prefix, draft.holidays, words)
    counting = st.radio(
        _("Reopened chats"),
        COUNTINGS,
        index=_position(list(COUNTINGS), draft.counting),
        key=f"{prefix}_counting",
        format_func=lambda rule: _(COUNTING_NAMES[rule]),
        captions=[_(COUNTING_NOTES[rule]) for rule in COUNTINGS],
    )
    return Draft(
        name or "",
        domain,
        api_key or None,
        time_zone or draft.time_zone,
        holidays,
        counting or draft.counting,
        draft.webhook_public_key,
    )


def holidays_field(prefix: str, saved: str | None, words: Words) -> str | None:
    """Draw country and, where it matters, region; return such as DE-BY."""
    _ = words.text
    saved_country, _dash, saved_region = (saved or NO_HOLIDAYS).partition("-")
    countries = {NO_HOLIDAYS: _("No public holidays"), **regions.countries(words.language)}
    country = st.selectbox(
        _("Public holidays"),
        list(countries),
        index=_position(list(countries), saved_country),
        key=f"{prefix}_country",
        format_func=lambda code: countries.get(code, code),
        help=_("On public holidays Stillwatch expects fewer contacts, so that a quiet day is no alarm."),
    )
    subdivisions = regions.subdivisions(country) if country else {}
    if not subdivisions:
        return country or None
    names = {NO_HOLIDAYS: _("Whole country"), **subdivisions}
    region = st.selectbox(
        _("Region"),
        list(names),
        index=_position(list(names), saved_region),
        key=f"{prefix}_region_{country}",
        format_func=lambda code: names.get(code, code),
    )
    return f"{country}-{region}" if region else country


def _position(options: list[str], value: str) -> int:
    return options.index(value) if value in options else 0
