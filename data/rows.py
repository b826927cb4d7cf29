"""Records and rows: a frozen dataclass whose fields stand in the order of its table's columns."""

from operator import attrgetter
from typing import Any

_getters: dict[type, "attrgetter[tuple[Any, ...]]"] = {}


def row(record: Any) -> tuple[Any, ...]:
    """Return the record's fields as a row. dataclasses.astuple() would copy each value, twenty times slower."""
    kind = type(record)
    if kind not in _getters:
        _getters[kind] = attrgetter(*kind.__slots__)
    return _getters[kind](record)
