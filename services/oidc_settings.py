"""The OpenID Connect providers that are set: the one without a name, and those that OIDC_PROVIDERS names."""

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from services.addresses import is_loopback
from services.environment import PREFIX, secret_from_file

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}")
NEEDED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
POSSIBLE = (*NEEDED, "ROLES_CLAIM", "LABEL")
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """How a provider is asked. ``name``: empty for the one without; ``label``: what people know it by, if set."""

    name: str
    issuer: str
    client_id: str
    client_secret: SecretStr
    roles_claim: str = "roles"
    label: str | None = None

    @property
    def way(self) -> str:
        """What a session keeps of it: how its browser signed in."""
        return f"oidc:{self.name}" if self.name else "oidc"


def named_providers(names: str) -> tuple[OidcProvider, ...]:
    """Read the providers of these names, separated by commas, from their variables.

    Raises ValueError that names every mistake, with the variable and what would be right.
    """
    given = [name.strip() for name in names.split(",")]
    if not all(NAME.fullmatch(name) for name in given):
        raise ValueError("short names of letters and digits, separated by commas, such as entra,okta")
    if len({name.lower() for name in given}) < len(given):
        raise ValueError("a name stands there twice")
    wrong: list[str] = []
    found = [_read(name, wrong) for name in given]
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found)


def variables_of(provider: OidcProvider) -> set[str]:
    """Return the variables that may set a named provider."""
    own = {_variable(provider.name, field) for field in POSSIBLE}
    return own | {f"{_variable(provider.name, 'CLIENT_SECRET')}_FILE"}


def checked_issuer(value: str) -> str:
    """Return the issuer. Raises ValueError when it is none, or would be asked in the clear."""
    parts = urlsplit(value)
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is no issuer such as https://login.example.com/realms/staff")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("the provider is asked over https only (http on this computer)")
    return value


def checked_claim(value: str) -> str:
    """Return the name of a claim. Raises ValueError."""
    if not value.strip():
        raise ValueError("name the claim that holds the roles, e.g. roles or groups")
    return value.strip()


def checked_label(value: str) -> str:
    """Return the label. Raises ValueError."""
    if not 1 <= len(value.strip()) <= LONGEST_LABEL or not value.isprintable():
        raise ValueError(f"what people call the provider, in at most {LONGEST_LABEL} characters")
    return value.strip()


def told_apart(providers: Iterable[OidcProvider]) -> str | None:
    """Return why people, or we, could take one provider for another; None when nobody can."""
    known = tuple(providers)
    issuers = Counter(_same(provider.issuer) for provider in known)
    for provider in known:
        if issuers[_same(provider.issuer)] > 1:
            return f"two providers have the issuer {provider.issuer}"
    labels = Counter((provider.label or "").lower() for provider in known)
    for provider in known:
        if labels[(provider.label or "").lower()] > 1:
            return f"two providers have the label {provider.label}"
    return None


def _read(name: str, wrong: list[str]) -> OidcProvider:
    """Read one; what is wrong with it is added to ``wrong``."""
    usual = {"ROLES_CLAIM": "roles", "LABEL": name}
    values = {field: os.environ.get(_variable(name, field), usual.get(field, "")) for field in POSSIBLE}
    secret = _variable(name, "CLIENT_SECRET")
    try:
        values["CLIENT_SECRET"] = (
            secret_from_file(secret, is_set=secret in os.environ) or values["CLIENT_SECRET"]
        )
    except ValueError as error:
        wrong.append(str(error))
    else:
        missing = [_variable(name, field) for field in NEEDED if not values[field].strip()]
        wrong += [f"{name} needs {' and '.join(missing)}"] if missing else []
    checks = {"ISSUER": checked_issuer, "ROLES_CLAIM": checked_claim, "LABEL": checked_label}
    for field, check in checks.items():
        try:
            values[field] = check(values[field]) if field != "ISSUER" or values[field].strip() else ""
        except ValueError as error:
            wrong.append(f"{_variable(name, field)}: {error}")
    return OidcProvider(
        name.lower(),
        values["ISSUER"],
        values["CLIENT_ID"].strip(),
        SecretStr(values["CLIENT_SECRET"]),
        values["ROLES_CLAIM"],
        values["LABEL"],
    )


def _variable(name: str, field: str) -> str:
    return f"{PREFIX}OIDC_{name.upper()}_{field}"


def _same(issuer: str) -> tuple[str, str]:
    """Return what two ways of writing one issuer have in common."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc.lower()}", parts.path.rstrip("/")
