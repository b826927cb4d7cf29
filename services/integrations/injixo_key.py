"""The injixo API key itself: ``ijx_<key id>_<secret>_<checksum>``, base62.

The checksum (CRC-32) tells a mistyped key from an unknown one without a look-up, the fixed prefix lets
secret scanners find it. Only the SHA-256 is stored: a key of 178 random bits needs no slow hash.
"""

import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass

from services.ids import BASE62, new_id

KEY_ID_LENGTH = 10
SECRET_LENGTH = 30
"""These are 178 bits."""

CHECKSUM_LENGTH = 6
"""Enough for 32 bits: 62**6 > 2**32."""

_FORM = re.compile(
    rf"(ijx_([0-9A-Za-z]{{{KEY_ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}})_([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)

_BEGINNING = re.compile(rf"ijx_([0-9A-Za-z]{{{KEY_ID_LENGTH}}})_")


class Malformed(Exception):
    """The text is no injixo API key: mistyped, cut off, or something else.

    ``key_id`` is the id that it names, as far as one can be read: whose key it was meant to be.
    """

    def __init__(self, key_id: str | None) -> None:
        super().__init__("no injixo API key")
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A well-formed key as somebody presents it; whether it is valid is not known yet."""

    key_id: str
    secret_hash: str

    def is_key_with(self, secret_hash: str) -> bool:
        return hmac.compare_digest(self.secret_hash, secret_hash)


def generate() -> tuple[str, PresentedKey]:
    """Return a new key, to be shown once, and what is stored of it."""
    body = f"ijx_{new_id(KEY_ID_LENGTH)}_{new_id(SECRET_LENGTH)}"
    key = f"{body}_{_checksum(body)}"
    return key, parse(key)


def parse(text: str) -> PresentedKey:
    """Read a key; raises Malformed when its form or checksum is wrong."""
    match = _FORM.fullmatch(text)
    if match is None or match[3] != _checksum(match[1]):
        beginning = _BEGINNING.match(text)
        raise Malformed(beginning and beginning[1])
    return PresentedKey(match[2], hashlib.sha256(text.encode("ascii")).hexdigest())


def _checksum(body: str) -> str:
    value = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        value, digit = divmod(value, len(BASE62))
        digits = BASE62[digit] + digits
    return digits
