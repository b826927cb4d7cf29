"""Freshchat API keys at rest: encrypted, bound to nothing else, readable only with the secret key."""

import os
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
    return Vault([_kept_key(settings.database_path.with_name("secret.key"))])


def _kept_key(path: Path) -> str:
    """Return the secret key in the file, made and kept mode 0600 on first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(Fernet.generate_key().decode())
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
