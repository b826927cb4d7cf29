"""The words for the state of the data flow and for its cause, as the HTTP contract spells them."""

from typing import Literal

DataFlow = Literal[
    "waiting",
    "learning",
    "receiving",
    "nothing_expected",
    "quieter_than_usual",
    "silent",
    "partial_loss",
    "confirmed_loss",
    "paused",
    "unknown",
]
Cause = Literal[
    "key_revoked",
    "key_expired",
    "key_unknown",
    "key_not_installed",
    "heartbeat_missing",
    "app_not_installed",
    "freshchat_credentials",
    "freshchat_unreachable",
    "queue_gone",
    "key_valid_contact_support",
    "none",
]

STRENGTH: dict[str, int] = {"partial_loss": 1, "silent": 2, "confirmed_loss": 3}
BROKEN = frozenset(STRENGTH)
"""States in which contacts are lost, the better proven the higher."""
MENDED_BY_EVENTS: frozenset[str] = frozenset(
    {
        "key_revoked",
        "key_expired",
        "key_unknown",
        "key_not_installed",
        "heartbeat_missing",
        "app_not_installed",
    }
)
"""Causes that are over when events come again; of others only the figures can tell."""
