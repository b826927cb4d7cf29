"""The settings of signing in: in which ways, and for how long."""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from services.addresses import is_loopback, lowered
from services.environment import PREFIX
from services.oidc_settings import (
    OidcProvider,
    checked_claim,
    checked_issuer,
    checked_label,
    named_providers,
    told_apart,
)

SignIn = Literal["accounts", "oidc", "proxy"]
SIGN_INS: tuple[SignIn, ...] = get_args(SignIn)
NEEDED: dict[SignIn, tuple[str, ...]] = {
    "accounts": ("first_admin",),
    "oidc": ("oidc_issuer", "oidc_client_id", "oidc_client_secret"),
    "proxy": ("trusted_proxies",),
}
"""What each way cannot do without."""
NO_SIGN_IN = (
    "{host} would be reachable from outside, and nobody would have to sign in: set STILLWATCH_SIGN_IN=accounts and "
    "STILLWATCH_FIRST_ADMIN to your e-mail address (or oidc, or proxy: see README, 'Letting others in'), or keep "
    "127.0.0.1"
)


class SignInSettings(BaseSettings):
    """A part of ``services.settings.Settings``."""

    sign_in: str = "none"
    first_admin: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_roles_claim: str = "roles"
    oidc_label: str | None = None
    oidc_providers: Annotated[tuple[OidcProvider, ...] | None, NoDecode] = None
    trusted_proxies: str | None = None
    session_idle_minutes: float = Field(720, ge=1, le=1_000_000)
    session_hours: float = Field(168, gt=0, le=100_000)
    host: str = "127.0.0.1"

    @property
    def sign_ins(self) -> tuple[SignIn, ...]:
        """In which ways people sign in; none of them on loopback only."""
        named = {way.strip() for way in self.sign_in.split(",")}
        return tuple(way for way in SIGN_INS if way in named)

    @property
    def first_admins_name(self) -> str | None:
        return None if self.first_admin is None else lowered(self.first_admin)

    @property
    def providers(self) -> tuple[OidcProvider, ...]:
        """The providers that people may sign in with, in the order in which they are offered."""
        if "oidc" not in self.sign_ins:
            return ()
        if not self.oidc_issuer:
            return self.oidc_providers or ()
        unnamed = OidcProvider(
            "",
            self.oidc_issuer,
            self.oidc_client_id or "",
            self.oidc_client_secret or SecretStr(""),
            self.oidc_roles_claim,
            self.oidc_label,
        )
        return (unnamed, *(self.oidc_providers or ()))

    @property
    def session_ways(self) -> set[str]:
        """How browsers may sign in: the sessions of a way that is set no more are over."""
        return {way for way in self.sign_ins if way == "accounts"} | {each.way for each in self.providers}

    @property
    def proxies(self) -> tuple[str, ...]:
        """The addresses and networks whose forwarded headers are believed."""
        return tuple(part.strip() for part in (self.trusted_proxies or "").split(",") if part.strip())

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_whole(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @field_validator("sign_in")
    @classmethod
    def _ways(cls, value: str) -> str:
        named = [way.strip() for way in value.split(",")]
        if named != ["none"] and (not all(way in SIGN_INS for way in named) or len(set(named)) < len(named)):
            raise ValueError(f"none, or one or several of {', '.join(SIGN_INS)}, separated by commas")
        return value

    @field_validator("first_admin")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not is_person_name(value):
            raise ValueError("no e-mail address such as kim@example.com")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _an_issuer(cls, value: str | None) -> str | None:
        return None if value is None else checked_issuer(value)

    @field_validator("oidc_roles_claim")
    @classmethod
    def _a_claim(cls, value: str) -> str:
        return checked_claim(value)

    @field_validator("oidc_label")
    @classmethod
    def _a_label(cls, value: str | None) -> str | None:
        return None if value is None else checked_label(value)

    @field_validator("oidc_providers", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return named_providers(value) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str | None) -> str | None:
        for part in (value or "").split(",") if value is not None else ():
            try:
                network = ip_network(part.strip())
            except ValueError:
                raise ValueError(f"{part.strip()!r} is no address or network such as 10.0.0.5") from None
            if network.prefixlen == 0:
                raise ValueError(f"{part.strip()} is everybody: name the addresses of your proxies")
        return value

    @field_validator("host")
    @classmethod
    def _closed_to_others(cls, value: str, info: ValidationInfo) -> str:
        if is_loopback(value):
            return value
        try:
            ip_address(value)
        except ValueError:
            raise ValueError(f"{value!r} is no address to listen on, such as 127.0.0.1 or 0.0.0.0") from None
        if info.data.get("sign_in", "none") == "none":
            raise ValueError(NO_SIGN_IN.format(host=value))
        return value

    @model_validator(mode="after")
    def _nothing_is_missing(self) -> Self:
        for way in self.sign_ins:
            missing = [f"{PREFIX}{name.upper()}" for name in NEEDED[way] if not getattr(self, name)]
            named_suffice = way == "oidc" and self.oidc_providers and len(missing) == len(NEEDED[way])
            if missing and not named_suffice:
                raise ValueError(f"{PREFIX}SIGN_IN: {way} needs {' and '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _providers_differ(self) -> Self:
        alike = told_apart(self.providers)
        if alike:
            raise ValueError(f"{PREFIX}OIDC_PROVIDERS: {alike}")
        return self


def is_person_name(text: str) -> bool:
    """Return whether somebody may be called so: an e-mail address."""
    called = text.strip()
    user, at, host = called.partition("@")
    whole = bool(user and at and host) and not any(sign in host for sign in "@ ") and " " not in user
    return whole and len(called) <= 254 and called.isprintable()
