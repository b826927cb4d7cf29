"""Countries and regions with known public holidays, and time zones, by their names in the reader's language."""

from functools import cache
from zoneinfo import available_timezones

import holidays as holiday_calendars
from babel import Locale


@cache
def countries(language: str) -> dict[str, str]:
    """Return the names of the countries with a known holiday calendar by code, such as DE, sorted by name."""
    names = Locale(language).territories
    known = [
        code for code in holiday_calendars.list_supported_countries() if len(code) == 2 and code in names
    ]
    return dict(sorted(((code, names[code]) for code in known), key=lambda item: item[1].casefold()))


@cache
def subdivisions(country: str) -> dict[str, str]:
    """Return the names of a country's regions by code, such as BY; empty when its holidays are the same everywhere."""
    codes = [
        code for code in holiday_calendars.list_supported_countries().get(country, []) if code == code.upper()
    ]
    if not codes:
        return {}
    names: dict[str, str] = {}
    for name, code in getattr(
        holiday_calendars.country_holidays(country), "subdivisions_aliases", {}
    ).items():
        names.setdefault(code, name)  # the first one is the full name, abbreviations follow
    return dict(
        sorted(((code, names.get(code, code)) for code in codes), key=lambda item: item[1].casefold())
    )


@cache
def time_zones() -> list[str]:
    """Return the IANA time zones that name a place, and UTC."""
    return [
        "UTC",
        *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")),
    ]
