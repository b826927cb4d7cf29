"""The simulated account: its world, its token, its switches, and what was called."""

import base64
import json
import secrets
from collections import Counter, deque
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from simulator.cast import GROUPS
from simulator.entities import Happening
from simulator.rhythm import HOLIDAY_SHARE
from simulator.switches import Switches, read_changes
from simulator.times import epoch_ms, iso, to_milliseconds
from simulator.world import World

DOMAIN = "simulated-account.freshchat.com"
SCOPES = (
    "agent:read conversation:create conversation:read conversation:update message:create message:get user:create "
    "user:read user:update reports:fetch reports:extract reports:read reports:extract:read dashboard:read "
    "account:read role:read messaging-channels:read"
)
CALLS_KEPT = 1000


class Listener(Protocol):
    """A sender, which hears of everything that happens."""

    def tell(self, happening: Happening) -> None: ...


class Account:
    """Everything that the parts of the simulator share. ``now`` is read here and nowhere else."""

    def __init__(self, world: World, *, token: str | None = None) -> None:
        self.world = world
        self.domain = DOMAIN
        self.token = token or make_token()
        self.switches = Switches()
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self.calls_by_status: Counter[int] = Counter()
        self.listeners: list[Listener] = []

    @staticmethod
    def now() -> datetime:
        return to_milliseconds(datetime.now(UTC))

    def live(self) -> None:
        """Let the world go on until now and tell the senders."""
        self.tell(self.world.advance(self.now()))

    def tell(self, happenings: list[Happening]) -> None:
        for happening in happenings:
            for listener in self.listeners:
                listener.tell(happening)

    def change(self, changes: dict[str, Any]) -> None:
        """Set switches. Raises ValueError and changes nothing when one is wrong."""
        for name, value in read_changes(changes).items():
            setattr(self.switches, name, value)
        self._follow()

    def reset(self) -> None:
        """Put every switch and every group back as it was at the start."""
        for it in fields(Switches):
            setattr(self.switches, it.name, it.default)
        for group, (name, *_) in zip(self.world.cast.groups, GROUPS, strict=True):
            group.name, group.deleted = name, False
        self._follow()

    def _follow(self) -> None:
        self.world.live_share = 0 if self.switches.quiet else HOLIDAY_SHARE if self.switches.holiday else 1

    def regenerate_token(self) -> str:
        """Make a new token; the old one dies at once, as in Freshchat."""
        self.token = make_token()
        return self.token

    def missing_scopes(self) -> set[str]:
        old = {"account:read", "role:read"} if self.switches.old_scopes else set()
        return old | set(self.switches.missing_scopes.split())

    def note_call(self, method: str, path: str, status: int) -> None:
        self.calls.append({"at": iso(self.now()), "method": method, "path": path, "status": status})
        self.calls_by_status[status] += 1


def make_token() -> str:
    """Return a token in the form of a JWT, as Freshchat's are; nobody checks its signature."""
    issued = datetime.now(UTC)
    claims = {
        "iss": "freshchat",
        "aud": "freshchat",
        "typ": "Bearer",
        "clientId": f"fc-{secrets.token_hex(16)}",
        "scope": SCOPES,
        "iat": epoch_ms(issued) // 1000,
        "exp": epoch_ms(issued + timedelta(days=3650)) // 1000,
    }
    parts = [json.dumps({"alg": "HS256", "typ": "JWT", "kid": "custom-oauth-keyid"}), json.dumps(claims)]
    encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(32)])
