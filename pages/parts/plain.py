"""Names from outside, shown as they are: the one way of writing one into Markdown."""

import re

from services.fields import clean_name

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&=^@])")
JOINER = "\u2060"
_ALONE = re.compile(r" (?=[:;!?»](?:\s|$))|(?<=«) ")
"""The blank at a sign that stands alone, as French writes it: no line begins with such a sign."""

# What Streamlit looks for in the text once its Markdown is read, where no backslash helps any more: addresses,
# shortcodes of emojis and icons, and arrows. A joiner of no width in their middle keeps them what they are.
_FOUND_LATER = re.compile(
    r"(?<=:)(?=//|[\w+/-]+:)|(?<=@)(?=[\w-])|(?<=www)(?=\.)|(?<=[<>~-])(?=[->=])", re.IGNORECASE
)


def plain(text: str) -> str:
    """Return Markdown that shows exactly ``text``, on one line and without what cannot be seen of it."""
    parts = _FOUND_LATER.split(_ALONE.sub("\u00a0", clean_name(text)))
    return JOINER.join(_SPECIAL.sub(r"\\\1", part) for part in parts)
