"""Records and rows: a frozen dataclass whose fields stand in the order of its table's columns."""

from functools import cache
from operator import attrgetter
from typing import Any


def row(record: Any) -> tuple[Any, ...]:
    """Return the record's fields as a row. dataclasses.astuple() would copy each value, twenty times slower."""
    values: tuple[Any, ...] = _getter(type(record))(record)
    return values


@cache
def _getter(kind: type) -> attrgetter:  # type: ignore[type-arg]
    return attrgetter(*kind.__slots__)  # type: ignore[attr-defined]
