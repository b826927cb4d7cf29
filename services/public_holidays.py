"""Public holidays of a country, or of a region of it."""

from collections.abc import Collection
from datetime import date

import holidays as calendars


class UnknownRegion(Exception):
    """There is no calendar for it; take a country such as DE, or country and region such as DE-BY."""


def public_holidays(region: str | None, years: Collection[int]) -> set[date]:
    """Return the public holidays of a region as ``checked_region`` returns it; none without one."""
    if region is None:
        return set()
    country, _, subdivision = region.partition("-")
    return set(calendars.country_holidays(country, subdiv=subdivision or None, years=list(years)))


def checked_region(text: str | None) -> str | None:
    """Return a country (DE) or country and region (DE-BY) in its usual spelling. Raises UnknownRegion."""
    if text is None or not text.strip():
        return None
    country, _, subdivision = text.strip().partition("-")
    country = country.upper()
    known = {name.upper(): name for name in calendars.list_supported_countries().get(country, ())}
    if country not in calendars.list_supported_countries() or (
        subdivision and subdivision.upper() not in known
    ):
        raise UnknownRegion(text)
    return f"{country}-{known[subdivision.upper()]}" if subdivision else country
