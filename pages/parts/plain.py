"""Names from outside, shown as they are: Markdown in them is not obeyed."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$])")


def plain(text: str) -> str:
    """Return Markdown that shows exactly ``text``."""
    return _SPECIAL.sub(r"\\\1", text)
