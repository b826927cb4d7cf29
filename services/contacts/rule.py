"""The counting rule of an integration: which resolutions of a chat are contacts, wherever they are counted."""

from typing import Literal

from data.integrations import Counting
from services.translation import N_

COUNTING_RULES: dict[Counting, str] = {
    "every_resolution": N_("1 contact = 1 resolved chat, counted when it was resolved"),
    "once_per_chat": N_("1 contact = 1 chat, counted once, when it was resolved for the first time"),
}


def counted(counting: Counting) -> Literal["contacts", "first_contacts"]:
    """Return the column of the counts that holds what the rule counts."""
    return "first_contacts" if counting == "once_per_chat" else "contacts"
