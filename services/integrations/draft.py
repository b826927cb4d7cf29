"""What somebody gives for an integration, and what keeps a field of it from being saved."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

from data.integrations import Counting, Integration
from services.fields import clean_name
from services.freshchat.api_key import mend_api_key
from services.freshchat.domain import mend_domain
from services.ingest.webhook import InvalidPublicKey, key_blocks, read_public_keys
from services.public_holidays import UnknownRegion, checked_region
from services.system import Invalid

COUNTINGS: tuple[Counting, ...] = get_args(Counting)
LONGEST_NAME = 100
_NO_TEXT = {"Cc", "Cs"}
"""Control characters, and halves of a character, which no database takes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person or program gives for an integration.

    ``freshchat_api_key`` None keeps the stored one, blank forgets it.
    """

    name: str
    domain: str
    freshchat_api_key: str | None = None
    time_zone: str = "UTC"
    holidays: str | None = None
    counting: str = "every_resolution"
    webhook_public_key: str | None = None


def draft_of(integration: Integration) -> Draft:
    """Return the draft that would change nothing."""
    return Draft(
        integration.name,
        integration.domain,
        None,
        integration.time_zone,
        integration.holidays,
        integration.counting,
        integration.webhook_public_key,
    )


def examined(draft: Draft, endings: Sequence[str]) -> tuple[Draft, list[Invalid]]:
    """Return the draft with every right field as it is stored, and what is wrong with the others.

    ``endings``: of the domains that may be asked (settings' ``freshchat_endings``).
    """
    checks: dict[str, Callable[[Any], Any]] = {
        "name": _name,
        "domain": lambda domain: _domain(domain, endings),
        "freshchat_api_key": lambda api_key: _api_key(api_key, endings),
        "time_zone": _time_zone,
        "holidays": _holiday_region,
        "counting": read_counting,
        "webhook_public_key": _public_key,
    }
    values: dict[str, Any] = {}
    found: list[Invalid] = []
    for field, check in checks.items():
        try:
            values[field] = check(getattr(draft, field))
        except Invalid as problem:
            found.append(problem)
    return replace(draft, **values), found


def _name(text: str) -> str:
    name = clean_name(text)
    typed = set(map(unicodedata.category, "".join(text.split())))
    if not 1 <= len(name) <= LONGEST_NAME or _NO_TEXT & typed:
        raise Invalid("bad_name", "name", f"give a name of 1 to {LONGEST_NAME} characters")
    return name


def _domain(text: str, endings: Sequence[str]) -> str:
    found = mend_domain(text, allowed_endings=endings)
    if found.domain is None:
        raise Invalid(
            "bad_domain", "domain", f"no Freshchat domain such as example.freshchat.com ({found.problem})"
        )
    return found.domain


def _api_key(text: str | None, endings: Sequence[str]) -> str | None:
    if text is None:
        return None
    if not text.strip():
        return ""
    found = mend_api_key(text, allowed_endings=endings)
    if found.problem is not None:
        raise Invalid("bad_api_key", "freshchat_api_key", f"no Freshchat API key ({found.problem})")
    return found.api_key


def read_counting(text: str) -> Counting:
    """Return what counts as a contact. Raises Invalid."""
    for counting in COUNTINGS:
        if counting == text:
            return counting
    raise Invalid("bad_counting", "counting", f"one of {', '.join(COUNTINGS)}")


def _public_key(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        read_public_keys(text)
    except InvalidPublicKey as error:
        raise Invalid("bad_public_key", "webhook_public_key", str(error)) from None
    return "\n".join(key_blocks(text))


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid("bad_time_zone", "time_zone", "no IANA time zone such as Europe/Berlin")
    return ZoneInfo(name).key


def _holiday_region(text: str | None) -> str | None:
    try:
        return checked_region(text)
    except UnknownRegion:
        message = "no country such as DE, or country and region such as DE-BY"
        raise Invalid("bad_holidays", "holidays", message) from None
