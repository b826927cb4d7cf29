"""People, their roles, and what a role may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["supervisor", "support", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most: each may what those before it may.

supervisor: contacts and how far they can be trusted. support: data flow, bundles, backfills, false alarms.
admin: everything, of every integration.
"""


class NotAllowed(Exception):
    """Whoever asks has not the role that this needs: ``needed``."""

    def __init__(self, needed: Role) -> None:
        super().__init__(f"this needs the role {needed}")
        self.needed = needed


class SignedOut(Exception):
    """Whoever asks is not signed in any more: the session ended, or the person was removed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``integrations``: the ids of those that they may see, None for all."""

    person_id: str
    name: str
    role: Role
    integrations: frozenset[str] | None = None

    def may(self, role: Role) -> bool:
        """Return whether they may do what needs this role."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, integration_id: str) -> bool:
        return self.integrations is None or integration_id in self.integrations


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, looked up whenever they do so: a role that is taken away is gone from the next call on.

    ``look_up`` raises SignedOut; ``address``: where they ask from.
    """

    look_up: Callable[[], Person]
    address: str = ""


ITSELF = Person("", "Stillwatch", "admin")
"""The watcher, the errands, and everything else that no person asked for."""
LOCAL = Person("local", "interface", "admin")
"""Whoever opens the interface while there is no sign-in."""
SETTING = Person("setting", "admin API", "admin")
"""Whoever has the admin token of the settings."""
