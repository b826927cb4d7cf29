"""Ids, names and instants that come from outside, read in one way whoever sends them.

What looks the same becomes the same here, before anything is stored. No error repeats what was read: payloads
hold personal data.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, TypeVar

LONGEST_ID = 200
LONGEST_NAME = 255
WHOLE_FLOATS = 2**53
"""Up to here a number with a point, such as 7.0, tells exactly which whole number is meant."""
SECONDS = (1e9, 1e11)
MILLISECONDS = (1e11, 1e14)
"""Counts since 1970 tell their unit by their size: seconds have 10 digits from 2001 to 2286, milliseconds 13."""

Value = TypeVar("Value")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(-?)(?:[0-9A-Fa-f]{4}\1){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_PLAIN_ID = re.compile(rf"[a-z0-9_-]{{1,{LONGEST_ID}}}")
"""An id that is what it looks like, as nearly all are, and three of them are read of every event."""
_COUNT = re.compile(r"\d{9,17}(\.\d{1,9})?", re.ASCII)
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Letters and marks that are drawn as nothing although Unicode does not call them format characters: the
grapheme joiner, fillers, vowels of no sound, and the selectors between two drawings of one sign."""

_BLANK_LETTER = "\u2800"
"""The empty pattern of Braille: a blank that is no white space."""


def clean_name(text: str) -> str:
    """Return the name as it is stored and compared; empty when nothing can be seen of it.

    Control characters, halves of characters, invisible characters and those that turn the direction of writing
    are gone; white space is one blank; letters are composed (NFC).
    """
    words = text.replace(_BLANK_LETTER, " ").split()
    visible = (_INVISIBLE.sub("", "".join(filter(_is_visible, word))) for word in words)
    return unicodedata.normalize("NFC", " ".join(filter(None, visible)))


_clean_short_name = lru_cache(maxsize=1024)(clean_name)
"""An account has some tens of groups, and every event names one."""


def read_name(value: Any) -> str | None:
    """Return the name of a group, None for what is none."""
    if not isinstance(value, str):
        return None
    clean = _clean_short_name if len(value) <= LONGEST_NAME else clean_name
    return clean(value)[:LONGEST_NAME].rstrip() or None


def read_id(value: Any) -> str:
    """Return an id as text. Raises ValueError, which says what would be right.

    Some of Freshchat's ids are numbers. A UUID is the same in capitals, wherever in an id it stands.
    """
    if isinstance(value, str) and _PLAIN_ID.fullmatch(value):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= WHOLE_FLOATS:
        value = int(value)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ValueError("give an id, as text or as a whole number")
    text = _UUID.sub(lambda found: found[0].lower(), _CONTROL.sub("", text).strip())
    if not 1 <= len(text) <= LONGEST_ID:
        raise ValueError(f"an id has 1 to {LONGEST_ID} characters")
    return text


def read_instant(value: Any, *, without_offset: tzinfo | None = None) -> datetime:
    """Return an instant in UTC. Raises ValueError, which says what would be right.

    It is written out, or counted since 1970 in milliseconds or seconds, as a number or as text.
    ``without_offset``: the zone of an instant that is written without one; such an instant is none otherwise.
    """
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(value)
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None and without_offset is not None:
            at = at.replace(tzinfo=without_offset)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("write an instant with its offset from UTC, such as 2026-03-02T08:00:00.000Z")


def if_readable(read: Callable[[Any], Value | None]) -> Callable[[Any], Value | None]:
    """Return ``read`` for an optional field: what cannot be read is not there."""

    def read_or_none(value: Any) -> Value | None:
        try:
            return read(value)
        except ValueError:
            return None

    return read_or_none


def _counted(value: float) -> datetime:
    if SECONDS[0] <= value < SECONDS[1]:
        return _EPOCH + timedelta(seconds=value)
    if MILLISECONDS[0] <= value < MILLISECONDS[1]:
        return _EPOCH + timedelta(milliseconds=value)
    raise ValueError("count milliseconds or seconds since 1970, or write 2026-03-02T08:00:00.000Z")


def _is_visible(character: str) -> bool:
    """Tell whether a character is no control or format character, and no half of one."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs")
