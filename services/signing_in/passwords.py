"""Passwords: argon2id, and rules by length only."""

import os
from threading import Lock

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from services.system import Invalid

SHORTEST, LONGEST = 12, 200
MEMORY_KIB, ITERATIONS, LANES = 64 * 1024, 3, 4
"""As RFC 9106 recommends where memory is scarce: about a tenth of a second, and 64 MiB, for each try."""

_one_at_a_time = Lock()
"""Two at once hang for ever, or are refused memory: OpenSSL shares its threads out among the lanes (measured with
OpenSSL 4.0.3). Each takes 64 MiB, too: who tries many passwords waits, and takes no memory while they do."""


def checked_password(text: str) -> str:
    """Return the password. Raises Invalid when it is too short or too long; what it is made of is theirs."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid("bad_password", "password", f"take {SHORTEST} to {LONGEST} characters")
    return text


def hash_password(text: str) -> str:
    """Return the password's argon2id hash, with its salt and costs in one text."""
    with _one_at_a_time:
        return _hashed(text.encode())


def is_password(text: str, stored: str | None) -> bool:
    """Return whether the password is the stored one. Takes as long for who has none: it tells nothing of who is
    known."""
    with _one_at_a_time:
        try:
            Argon2id.verify_phc_encoded(text[: LONGEST + 1].encode(), stored or _nobodys())
        except InvalidKey:
            return False
    return stored is not None


_nobody: str | None = None


def _nobodys() -> str:
    global _nobody
    if _nobody is None:
        _nobody = _hashed(os.urandom(16))
    return _nobody


def _hashed(secret: bytes) -> str:
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive_phc_encoded(secret)
