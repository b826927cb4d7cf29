"""Settings: environment variables, refused loudly when they are wrong."""

import os
from pathlib import Path
from typing import Any, Self, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.addresses import in_url, is_loopback, origin_of
from services.environment import PREFIX as PREFIX
from services.environment import secret_from_file
from services.oidc_settings import variables_of
from services.sign_in_settings import SignInSettings

PROJECT_ROOT = Path(__file__).resolve().parent.parent


PUBLISHED_TOKENS = frozenset({"choose-a-long-random-token", "an-admin-token-for-tests"})
FEWEST_CHARACTERS = 8
"""A token of fewer different ones, such as a repeated word, is soon guessed."""
FEWEST_DAYS = 60
"""What is looked back at, by pages and verdicts, is of the last eight weeks: it is never forgotten."""
MOST_DAYS = 36_500


class WrongSettings(Exception):
    """A setting is wrong; the message names each and says what would be right."""


class Settings(SignInSettings):
    """What can be set from outside. The README's table describes each; a test keeps the two equal."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database: str = "data/var/stillwatch.duckdb"
    port: int = Field(8501, ge=1, le=65535)
    public_url: str | None = None
    secret_key: SecretStr | None = None
    admin_token: SecretStr | None = None
    freshchat_url: str | None = None
    freshchat_hosts: str = ".freshchat.com,.myfreshworks.com"
    watch_seconds: float = Field(60, gt=0, le=86_400)
    probe_seconds: float = Field(900, ge=1, le=86_400)
    ping_url: str | None = None
    requests_per_minute: int = Field(600_000, ge=1)
    audit_days: int = Field(730, ge=1, le=MOST_DAYS)
    activity_days: int | None = Field(None, ge=FEWEST_DAYS, le=MOST_DAYS)
    probe_days: int | None = Field(None, ge=FEWEST_DAYS, le=MOST_DAYS)
    backfill_days: int | None = Field(None, ge=FEWEST_DAYS, le=MOST_DAYS)
    alert_days: int | None = Field(None, ge=FEWEST_DAYS, le=MOST_DAYS)

    @property
    def database_path(self) -> Path:
        return PROJECT_ROOT / self.database

    @property
    def freshchat_endings(self) -> tuple[str, ...]:
        return tuple(ending.strip().lower() for ending in self.freshchat_hosts.split(","))

    @property
    def own_url(self) -> str:
        """The address under which the app inside Freshchat reaches us."""
        return (self.public_url or f"http://{in_url(self.host)}:{self.port}").rstrip("/")

    @property
    def own_origins(self) -> frozenset[str]:
        """The origins (scheme, host, port) under which a browser may reach the interface, as it writes them."""
        here = (
            f"http://{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]", in_url(self.host))
        )
        return frozenset(origin_of(url) for url in (*here, self.own_url))

    @property
    def own_hosts(self) -> set[str]:
        return {urlsplit(origin).hostname or "" for origin in self.own_origins}

    @classmethod
    def secrets(cls) -> list[str]:
        """Return the fields that hold a secret; NAME_FILE may name a file for each."""
        return [name for name, field in cls.model_fields.items() if SecretStr in get_args(field.annotation)]

    @field_validator("database")
    @classmethod
    def _a_file(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("name a file, e.g. data/var/stillwatch.duckdb")
        if value.startswith(":memory:"):
            raise ValueError("in memory nothing would survive: name a file, e.g. data/var/stillwatch.duckdb")
        if "://" in value:
            raise ValueError("only a path to a DuckDB file works so far; PostgreSQL is not supported yet")
        return value

    @field_validator("public_url", "freshchat_url", "ping_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_web_address(value):
            raise ValueError(f"{value!r} is no web address such as https://stillwatch.example.com")
        return value

    @field_validator("public_url")
    @classmethod
    def _at_the_root(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if parts.path.strip("/"):
            raise ValueError(
                f"{value!r} has a path, and the app inside Freshchat calls addresses at the root of a host: give "
                f"Stillwatch a host name of its own, e.g. https://stillwatch.{parts.hostname}"
            )
        if parts.username or parts.password:
            raise ValueError(
                "leave the user name and password out: a browser does not call them a part of it"
            )
        return value

    @field_validator("freshchat_url")
    @classmethod
    def _only_for_tests(cls, value: str | None) -> str | None:
        if value is not None and not is_loopback(urlsplit(value).hostname or ""):
            raise ValueError(
                "every Freshchat API key would be sent there: only a loopback address is accepted"
            )
        return value

    @field_validator("freshchat_hosts")
    @classmethod
    def _endings(cls, value: str) -> str:
        if not all(ending.strip().startswith(".") and len(ending.strip()) > 3 for ending in value.split(",")):
            raise ValueError("list domain endings, each with its leading dot, e.g. .freshchat.com")
        return value

    @field_validator("admin_token")
    @classmethod
    def _long_enough_and_sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        token = value.get_secret_value().strip()
        if len(token) < 16:
            raise ValueError("too short to be safe: take at least 16 characters")
        if not token.isascii() or not token.isprintable():
            raise ValueError(
                "not every program could send it in a header: take letters, digits and signs of ASCII"
            )
        return SecretStr(token)

    @model_validator(mode="after")
    def _no_published_token(self) -> Self:
        token = self.admin_token.get_secret_value() if self.admin_token else ""
        if self.public_url is None or is_loopback(urlsplit(self.public_url).hostname or ""):
            return self
        if token in PUBLISHED_TOKENS or 0 < len(set(token)) < FEWEST_CHARACTERS:
            raise ValueError(
                f"{PREFIX}ADMIN_TOKEN: everybody can guess this one, and STILLWATCH_PUBLIC_URL lets everybody try: "
                "take a random one, e.g. from python3 -c 'import secrets; print(secrets.token_urlsafe())'"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: Any) -> Any:
        """Read a secret from the file that NAME_FILE names."""
        for name in cls.secrets():
            secret = secret_from_file(f"{PREFIX}{name.upper()}", is_set=name in values)
            if secret is not None:
                values[name] = secret
        return values

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = {f"{PREFIX}{name.upper()}" for name in type(self).model_fields}
        files = {f"{PREFIX}{name.upper()}_FILE" for name in self.secrets()}
        of_providers = {name for provider in self.oidc_providers or () for name in variables_of(provider)}
        unknown = {name for name in os.environ if name.startswith(PREFIX)} - names - files - of_providers
        if unknown:
            known = ", ".join(sorted(names | of_providers))
            hint = _hint_for_providers(unknown)
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}. {hint}Known: {known}")
        return self


def read_settings() -> Settings:
    """Read the settings from the environment. Raises WrongSettings with one line for each mistake."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False):
            names = "".join(f"{PREFIX}{str(part).upper()}: " for part in problem["loc"])
            lines.append(names + problem["msg"].removeprefix("Value error, "))
        raise WrongSettings("\n".join(lines)) from None


def _hint_for_providers(unknown: set[str]) -> str:
    of_provider = any(name.startswith(f"{PREFIX}OIDC_") for name in unknown)
    return f"A provider's own need its name in {PREFIX}OIDC_PROVIDERS. " if of_provider else ""


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # a port out of range is a ValueError
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and not (parts.query or parts.fragment)
    return is_web and bool(host) and " " not in text
