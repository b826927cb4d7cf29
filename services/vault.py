"""Freshchat API keys and addresses of channels at rest: encrypted, readable only with the secret key."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.settings import Settings, WrongSettings


class Unreadable(Exception):
    """The stored key was encrypted with another secret key; it has to be entered again."""


class Vault:
    """Encrypts with the first secret key, decrypts with any of them (so that they can be rotated)."""

    def __init__(self, secret_keys: list[str]) -> None:
        try:
            self._cipher = MultiFernet([Fernet(key) for key in secret_keys])
        except ValueError as error:
            raise WrongSettings(
                "STILLWATCH_SECRET_KEY: each key (comma-separated, newest first) must be 32 bytes in URL-safe "
                "base64; leave it unset to have one made"
            ) from error

    def lock(self, secret: str) -> str:
        return self._cipher.encrypt(secret.encode()).decode()

    def unlock(self, token: str) -> str:
        try:
            return self._cipher.decrypt(token).decode()
        except InvalidToken as error:
            raise Unreadable from error


def open_vault(settings: Settings) -> Vault:
    """Open the vault with the secret key that is set, or with the one kept beside the database."""
    if settings.secret_key is not None:
        return Vault([key.strip() for key in settings.secret_key.get_secret_value().split(",")])
    path = settings.database_path.with_name("secret.key")
    try:
        return Vault([_kept_key(path)])
    except OSError as error:
        raise WrongSettings(
            f"STILLWATCH_SECRET_KEY is unset, and none can be kept beside the database in {path} "
            f"({error.strerror}): set STILLWATCH_DATABASE to a place that can be written and read"
        ) from error
    except (UnicodeDecodeError, WrongSettings) as error:
        raise WrongSettings(
            f"STILLWATCH_SECRET_KEY is unset, and the secret key kept in {path} cannot be used: bring the file "
            "back from a backup, or move it away and enter the Freshchat API keys again"
        ) from error


def _kept_key(path: Path) -> str:
    """Return the secret key in the file, made and kept mode 0600 on first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Under another name first: a crash in the middle leaves no half key behind.
        new = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(
                new, path
            )  # unlike a renaming, it never replaces the key that another start has just made
        new.unlink()
    return path.read_text(encoding="ascii").strip()
