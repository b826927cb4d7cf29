"""What a change changed, to be told to others: no secrets."""

from collections.abc import Collection, Sequence
from typing import Any


def differences(
    before: Any, after: Any, fields: Sequence[str], secret: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return of two records what differs, before and after; of a ``secret`` field only that it does."""
    was, became = {}, {}
    for field in fields:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            was[field], became[field] = (_hidden(old), _hidden(new)) if field in secret else (old, new)
    return was, became


def _hidden(value: Any) -> str | None:
    return None if value is None else "(hidden)"
