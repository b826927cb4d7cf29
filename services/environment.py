"""Environment variables: how ours begin, and the secrets that a file holds instead."""

import os
from pathlib import Path

PREFIX = "STILLWATCH_"


def secret_from_file(variable: str, *, is_set: bool) -> str | None:
    """Return the secret in the file that ``variable`` with _FILE names, None where none is named.

    Raises ValueError, in words, when the variable is set beside it and when the file cannot be read.
    """
    path = os.environ.get(f"{variable}_FILE")
    if path is None:
        return None
    if is_set:
        raise ValueError(f"{variable} and {variable}_FILE are both set: keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable}_FILE cannot be read: {error}") from error
