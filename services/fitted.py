"""A model with what it rests on, and how it outlives the process: only while code and facts are what they were."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import structlog

from data.chats import quarter_hour
from data.fits import StoredFit
from services.detector import Model, Unreadable, packed, unpacked

HISTORY = timedelta(days=57)
ROOT = Path(__file__).resolve().parents[1]
OURS = (
    "data/migrations/*.sql",
    "services/causes.py",
    "services/detector/*.py",
    "services/fitted.py",
    "services/learned.py",
    "services/public_holidays.py",
    "services/recurrence.py",
)
"""The files that say what becomes of counts, closings and incidents in a model, or may have changed the counts."""

LIBRARIES = ("holidays", "numpy", "pandas", "tzdata")
MICROSECOND = timedelta(microseconds=1)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, the lag of pushes measured when it was made, and what it depends on beside the counts.

    ``history``: contacts that it was made from. ``ever``: all contacts when these were last counted.
    """

    model: Model | None
    lag: timedelta | None
    fitted_at: datetime
    history: int
    ever: int
    depends_on: tuple[object, ...]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The quarter hours that the model was made from."""
        return self.fitted_at - HISTORY, quarter_hour(self.fitted_at)


def to_store(integration_id: str, fitted: Fitted, model: Model) -> StoredFit:
    """Return what is stored of a model that was made."""
    return StoredFit(
        integration_id,
        fitted.fitted_at,
        made_by(),
        fingerprint(fitted.depends_on),
        fitted.history,
        fitted.ever,
        None if fitted.lag is None else fitted.lag // MICROSECOND,
        packed(model),
    )


def from_store(stored: StoredFit, zone: ZoneInfo, depends_on: tuple[object, ...]) -> Fitted | None:
    """Return what was stored, None where it was made by other code, of other facts, or cannot be read."""
    if (stored.made_by, stored.depends_on) != (made_by(), fingerprint(depends_on)):
        return None
    try:
        model = unpacked(stored.model, zone)
    except Unreadable as error:
        log.warning("stored_model_unreadable", integration=stored.integration_id, error=str(error))
        return None
    lag = None if stored.lag is None else stored.lag * MICROSECOND
    return Fitted(model, lag, model.fitted_at, stored.history, stored.ever, depends_on)


def fingerprint(depends_on: tuple[object, ...]) -> str:
    """Return what differs as soon as anything differs that a model rests on."""
    return sha256(orjson.dumps(depends_on)).hexdigest()


@cache
def made_by() -> str:
    """Return what differs as soon as the code differs that makes a model, ours or a library's."""
    files = sorted(file for pattern in OURS for file in ROOT.glob(pattern))
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    told = [platform.python_version(), *libraries, *(file.read_text(encoding="utf-8") for file in files)]
    return sha256(orjson.dumps(told)).hexdigest()
