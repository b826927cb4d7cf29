"""The Freshchat domain as people type it: mend what is unambiguous, explain what is not.

Requests go to ``https://<domain>`` with a secret, so what comes out is a plain ASCII host name under one of
the allowed endings, whatever goes in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DomainProblem = Literal[
    "empty",  # nothing was typed
    "portal",  # <org>.myfreshworks.com where that is not allowed: it answers REST calls with a web page
    "not_an_api_host",  # a Freshchat host that serves widgets, mobile SDKs or manuals
    "app_id",  # the mobile SDK's app id, a bare UUID
    "api_key",  # a Freshchat API key in the wrong field
    "other_domain",  # a host, but not under an allowed ending
    "incomplete",  # "example" or "example.freshchat"
    "not_a_host",  # anything else
]
DomainNote = Literal["portal"]

PORTAL_ENDING = ".myfreshworks.com"
NOT_API_LABELS = frozenset({"msdk", "wchat", "assetscdn-wchat", "webpush", "www", "support", "developers"})
LONGEST_TEXT = 2000
LONGEST_HOST = 253

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JWT = re.compile(r"(?:bearer\s+)?eyj[\w-]{10,}(?:\.[\w-]*){0,2}", re.ASCII)
_IPV4 = re.compile(r"[0-9.]*\.[0-9.]*|0x[0-9a-f.x]+")
_SCHEME = re.compile(r"\A(?:https?:|/)+", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BLANKS_AT_A_DOT = re.compile(r"\s*\.\s*")


@dataclass(frozen=True, slots=True)
class MendedDomain:
    """A host name to ask, or the reason why there is none.

    ``mended`` is true when the domain differs from what was typed. ``note`` warns of a domain that is
    accepted but often wrong: a portal host may answer with a web page.
    """

    domain: str | None
    problem: DomainProblem | None = None
    mended: bool = False
    note: DomainNote | None = None


def mend_domain(text: str, *, allowed_endings: Sequence[str]) -> MendedDomain:
    """Return the host name that ``text`` means.

    ``allowed_endings`` are lower-case and begin with a dot, e.g. ``.freshchat.com``.
    """
    if len(text) > LONGEST_TEXT:
        return MendedDomain(None, "not_a_host")
    typed = text.strip().strip(_INVISIBLE).strip()
    host = _host_in(typed)
    if not host.isascii():  # before it is lowered: the Kelvin sign's lower case is a plain k
        return MendedDomain(None, "not_a_host")
    host = host.lower()
    problem = _problem(host, allowed_endings)
    if problem is not None:
        return MendedDomain(None, problem)
    return MendedDomain(host, None, host != text, "portal" if host.endswith(PORTAL_ENDING) else None)


def _host_in(text: str) -> str:
    """Return what is left without scheme, user, port, path and trailing dots; it need not be a host name."""
    address = _SCHEME.sub("", text)
    if _OTHER_SCHEME.match(address):
        return address
    authority = re.split(r"[/\\?#]", address, maxsplit=1)[0]
    host = re.sub(r":[0-9]{0,5}$", "", authority.rpartition("@")[2])
    return _BLANKS_AT_A_DOT.sub(".", host).strip().rstrip(".")


def _problem(host: str, allowed_endings: Sequence[str]) -> DomainProblem | None:
    if not host:
        return "empty"
    if _UUID.fullmatch(host):
        return "app_id"
    if _JWT.fullmatch(host):
        return "api_key"
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host) or _IPV4.fullmatch(host):
        return "not_a_host"
    ending = next((ending for ending in allowed_endings if host.endswith(ending)), None)
    if ending is not None:
        below = host.removesuffix(ending).split(".")
        return "not_an_api_host" if NOT_API_LABELS.intersection(below) else None
    if f".{host}".endswith(PORTAL_ENDING):
        return "portal"
    return "incomplete" if _is_cut_off(host, allowed_endings) else "other_domain"


def _is_cut_off(host: str, allowed_endings: Sequence[str]) -> bool:
    """Tell whether the host misses its ending or a part of it: example, example.freshchat, freshchat.com."""
    if "." not in host:
        return True
    for ending in allowed_endings:
        labels = ending.removeprefix(".").split(".")
        beginnings = [".".join(labels[:count]) for count in range(1, len(labels))]
        if f".{host}" == ending or any(host.endswith(f".{beginning}") for beginning in beginnings):
            return True
    return False
