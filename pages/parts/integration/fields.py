"""The fields of a Freshchat integration: the same when it is added and when it is changed."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.fields import Kept, text_field
from pages.parts.integration.api_key_field import api_key_field
from pages.parts.integration.domain_field import connect_again, domain_field
from pages.parts.reader import current
from services import regions
from services.integrations.draft import COUNTINGS, LONGEST_NAME, Draft
from services.integrations.editing import connected_as
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
FIELDS = ("name", "domain", "again", "api_key", "time_zone", "country", "region", "counting")
"""What the keys of the fields' widgets begin with, after the form's own prefix."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What the fields hold now, and by field the place for what is wrong with it.

    ``unconfirmed``: the domain is connected already, and nobody said that it shall be once more.
    """

    draft: Draft
    places: dict[str, DeltaGenerator]
    unconfirmed: bool


def integration_fields(
    prefix: str, saved: Draft, words: Words, *, integration_id: str | None, key_is_saved: bool
) -> Entered:
    """Draw the fields, filled with ``saved`` at first. Of a new integration, what was typed is kept for the visit."""
    _ = words.text
    kept: Kept = "session" if integration_id is None else None
    name = text_field(
        _("Name"),
        saved.name,
        key=f"{prefix}_name",
        max_chars=LONGEST_NAME,
        help=_("A unique name that identifies the data source."),
        placeholder=_("e.g. Customer service"),
        autocomplete="off",
        persist_state=kept,
    )
    places = {"name": st.empty()}
    st.header(_("Credentials"), anchor=False)
    domain, places["domain"] = domain_field(f"{prefix}_domain", saved.domain, words, kept=kept)
    connected = [] if domain == saved.domain else connected_as(current(), domain, but=integration_id)
    unconfirmed = bool(connected) and not connect_again(f"{prefix}_again_{domain}", connected, words)
    api_key, places["freshchat_api_key"] = api_key_field(
        f"{prefix}_api_key", words, is_saved=key_is_saved, kept=kept
    )
    st.caption(
        _(
            "In Freshchat, an Account Administrator finds it under Admin, API Tokens. Stillwatch stores it encrypted "
            "and never shows it again."
        )
    )
    time_zone, holidays, counting = _counting_fields(prefix, saved, places, words, kept)
    draft = Draft(
        name,
        domain,
        api_key.strip() or None,  # blank would forget the stored one
        time_zone,
        holidays,
        counting,
        saved.webhook_public_key,
    )
    return Entered(draft, places, unconfirmed)


def _counting_fields(
    prefix: str, saved: Draft, places: dict[str, DeltaGenerator], words: Words, kept: Kept
) -> tuple[str, str | None, str]:
    """Draw what contacts are counted by, and return the time zone, the public holidays and the rule."""
    _ = words.text
    st.header(_("Counting"), anchor=False)
    time_zone = st.selectbox(
        _("Time zone"),
        regions.time_zones(),
        index=_position(regions.time_zones(), saved.time_zone),
        key=f"{prefix}_time_zone",
        help=_("Days and intervals are told in this time zone."),
        persist_state=kept,
    )
    places["time_zone"] = st.empty()
    holidays = holidays_field(prefix, saved.holidays, words, kept=kept)
    places["holidays"] = st.empty()
    counting = st.radio(
        _("Reopened chats"),
        COUNTINGS,
        index=_position(list(COUNTINGS), saved.counting),
        key=f"{prefix}_counting",
        format_func=lambda rule: _(COUNTING_NAMES[rule]),
        captions=[_(COUNTING_NOTES[rule]) for rule in COUNTINGS],
        persist_state=kept,
    )
    places["counting"] = st.empty()
    return time_zone or saved.time_zone, holidays, counting or saved.counting


def forget_fields(prefix: str) -> None:
    """Drop what was typed, so that the fields are empty when they are drawn again."""
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(f"{prefix}_")]:
        if key.removeprefix(f"{prefix}_").startswith(FIELDS):
            del st.session_state[key]


def holidays_field(prefix: str, saved: str | None, words: Words, *, kept: Kept = None) -> str | None:
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
        persist_state=kept,
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
        persist_state=kept,
    )
    return f"{country}-{region}" if region else country


def _position(options: list[str], value: str) -> int:
    return options.index(value) if value in options else 0
