"""The Freshchat API key as people paste it: mend what is unambiguous, explain what is not.

A key is sent as ``Authorization: Bearer <key>``, so what comes out is a bearer token (RFC 6750), whatever goes in.
Freshchat's are JSON web tokens, but nothing promises that they stay so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.freshchat.domain import mend_domain

ApiKeyProblem = Literal[
    "injixo_key",  # the key that the app holds, in the wrong field
    "domain",  # the Freshchat domain, or another address
    "app_id",  # the mobile SDK's app id, a bare UUID
    "public_key",  # the one that Freshchat shows for its webhook
    "cut_off",  # what is shown instead of the whole key: dots or stars
    "not_a_key",  # anything else
]

LONGEST_KEY = 10_000
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
_AROUND = re.compile(
    rf"^[\s{_INVISIBLE}\"'“”„«»‘’‚`;,]+|[\s{_INVISIBLE}\"'“”„«»‘’‚`;,]+$|^(?:authorization\s*[:=]|bearer[\s:])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|www\.", re.IGNORECASE)
_DOMAIN_PROBLEMS = ("portal", "not_an_api_host")


@dataclass(frozen=True, slots=True)
class MendedKey:
    """A key to ask with, or the reason why there is none; neither when nothing was typed.

    ``mended`` is true when the key differs from what was typed by more than the blanks around it.
    """

    api_key: str | None
    problem: ApiKeyProblem | None = None
    mended: bool = False


def mend_api_key(text: str, *, allowed_endings: Sequence[str]) -> MendedKey:
    """Return the key that ``text`` means; ``allowed_endings`` tell a Freshchat domain in the wrong field."""
    key = _unwrapped(text)
    if not key:
        return MendedKey(None, "not_a_key" if text.strip() else None)
    problem = _problem(key, allowed_endings)
    if problem is not None:
        return MendedKey(None, problem)
    return MendedKey(key, None, key != text.strip())


def _unwrapped(text: str) -> str:
    """Return what is left without quotes, ``Authorization:``, ``Bearer`` and the line breaks of a wrapped key."""
    while (less := _AROUND.sub("", text, count=1)) != text:
        text = less
    pieces = text.split()
    # Only a JSON web token is known to go on behind a line break.
    return "".join(pieces) if pieces and pieces[0].startswith("eyJ") else text


def _problem(key: str, allowed_endings: Sequence[str]) -> ApiKeyProblem | None:
    if "PUBLIC KEY" in key:
        return "public_key"
    if key.startswith("ijx_"):
        return "injixo_key"
    if _UUID.fullmatch(key):
        return "app_id"
    found = mend_domain(key, allowed_endings=allowed_endings)
    if _ADDRESS.match(key) or found.domain is not None or found.problem in _DOMAIN_PROBLEMS:
        return "domain"
    if any(mark in key for mark in "•●*…") or "..." in key:
        return "cut_off"
    return None if len(key) <= LONGEST_KEY and _TOKEN.fullmatch(key) else "not_a_key"
