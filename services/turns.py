"""How the process's regular work does: when each kind last finished a turn, how long it took, how often it failed."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """``finished_at`` and ``seconds``: of the last turn that went well; ``failed``: how many did not."""

    finished_at: datetime | None = None
    seconds: float = 0.0
    failed: int = 0


class Turns:
    """Counted in memory since the start, by the name of the work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Turn] = {}

    def finished(self, name: str, at: datetime, seconds: float) -> None:
        with self._lock:
            self._known[name] = replace(self._known.get(name, Turn()), finished_at=at, seconds=seconds)

    def failed(self, name: str) -> None:
        with self._lock:
            known = self._known.get(name, Turn())
            self._known[name] = replace(known, failed=known.failed + 1)

    def all(self) -> Mapping[str, Turn]:
        with self._lock:
            return dict(self._known)
