"""JSON as others send it, JavaScript above all: half a character must not cost the rest of a delivery."""

import re
from typing import Any

import orjson

JSONDecodeError = orjson.JSONDecodeError
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPED = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def loads(text: bytes) -> Any:
    """Decode JSON. Raises JSONDecodeError.

    A text that was cut in the middle of an emoji ends in half a surrogate pair, which is JSON but no Unicode:
    it is read as the replacement character. A byte order mark before the text is left out.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        mended = _ESCAPED.sub(lambda found: found[1] or rb"\ufffd", text)
        if mended == text:
            raise
        return orjson.loads(mended)
