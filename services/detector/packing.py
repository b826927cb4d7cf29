"""A model as bytes and back, equal to the bit: compressed JSON, which runs no code when it is read."""

import zlib
from base64 import b64decode, b64encode
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from services.detector.model import Model
from services.detector.records import Excluded
from services.detector.statistics import State

LEVEL = 1
"""Of the compression: the highest saves no twentieth more, and takes a third longer."""


class Unreadable(Exception):
    """These bytes are no model, or not one that this code has packed."""


def packed(model: Model) -> bytes:
    """Return the model without its time zone."""
    parts = {part.name: getattr(model, part.name) for part in fields(model) if part.name != "zone"}
    parts["moves"] = list(model.moves.items())
    return zlib.compress(orjson.dumps(parts, default=_plain), LEVEL)


def unpacked(data: bytes, zone: ZoneInfo) -> Model:
    """Return the model that was packed. Raises Unreadable."""
    try:
        parts = orjson.loads(zlib.decompress(data))
        state = State(**{name: _array(known) for name, known in parts.pop("state").items()})
        arrays = {name: _array(known) for name, known in parts.items() if isinstance(known, dict)}
        others = {
            "fitted_at": datetime.fromisoformat(parts["fitted_at"]),
            "queues": tuple(parts["queues"]),
            "holidays": frozenset(parts["holidays"]),
            "excluded": tuple(_excluded(**span) for span in parts["excluded"]),
            "moves": {queue: datetime.fromisoformat(since) for queue, since in parts["moves"]},
        }
        return Model(**{**parts, **arrays, **others, "zone": zone, "state": state})
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"type": value.dtype.str, "shape": value.shape, "bytes": b64encode(value.tobytes()).decode()}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"a model holds nothing like {value!r}")


def _array(known: dict[str, Any]) -> np.ndarray:
    """Return an array that nobody can change."""
    return np.frombuffer(b64decode(known["bytes"]), dtype=known["type"]).reshape(known["shape"])


def _excluded(start: str, end: str, queues: list[str], **marks: bool) -> Excluded:
    return Excluded(datetime.fromisoformat(start), datetime.fromisoformat(end), tuple(queues), **marks)
