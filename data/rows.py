"""Records and rows: a frozen dataclass whose fields stand in the order of its table's columns."""

from operator import attrgetter
from typing import Any

import orjson


class Damaged(Exception):
    """A stored row cannot be understood; the message says which and what to do. Nothing is claimed of it."""


def stored_json(text: str, what: str) -> Any:
    """Return what a column of JSON holds. Raises Damaged, which names ``what`` it belongs to."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Damaged(f"what is stored of {what} is damaged: restore a backup of the database") from None


_getters: dict[type, "attrgetter[tuple[Any, ...]]"] = {}


def row(record: Any) -> tuple[Any, ...]:
    """Return the record's fields as a row. dataclasses.astuple() would copy each value, twenty times slower."""
    kind = type(record)
    if kind not in _getters:
        _getters[kind] = attrgetter(*kind.__slots__)
    return _getters[kind](record)
