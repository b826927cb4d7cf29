"""Freshchat API keys at rest: encrypted with a key that can be rotated, and made when none is given."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from services.settings import Settings, WrongSettings
from services.vault import Unreadable, Vault, open_vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def settings(tmp_path: Path, secret_key: str | None = None) -> Settings:
    return Settings(database=str(tmp_path / "folder" / "x.duckdb"), secret_key=secret_key)


def test_what_is_locked_is_not_readable_and_never_the_same_twice() -> None:
    vault = Vault([NEW])
    first, second = vault.lock("freshchat key"), vault.lock("freshchat key")
    assert "freshchat" not in first
    assert first != second
    assert vault.unlock(first) == vault.unlock(second) == "freshchat key"


def test_a_rotated_secret_key_still_opens_what_the_old_one_locked() -> None:
    locked = Vault([OLD]).lock("freshchat key")
    assert Vault([NEW, OLD]).unlock(locked) == "freshchat key"
    with pytest.raises(Unreadable):
        Vault([NEW]).unlock(locked)
    with pytest.raises(Unreadable):
        Vault([OLD]).unlock(Vault([NEW, OLD]).lock("freshchat key"))


def test_a_secret_key_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    locked = open_vault(settings(tmp_path)).lock("freshchat key")
    file = tmp_path / "folder" / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
    assert open_vault(settings(tmp_path)).unlock(locked) == "freshchat key"


def test_the_secret_key_that_is_set_is_used_and_none_is_made(tmp_path: Path) -> None:
    locked = open_vault(settings(tmp_path, f" {NEW} , {OLD} ")).lock("freshchat key")
    assert Vault([NEW]).unlock(locked) == "freshchat key"
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize(
    "secret_key",
    ["", "short", "ключ", NEW[:-1], f"{NEW},"],
    ids=["empty", "short", "not ascii", "cut off", "one of them empty"],
)
def test_a_secret_key_that_is_none_is_refused_without_repeating_it(secret_key: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="STILLWATCH_SECRET_KEY") as raised:
        open_vault(settings(tmp_path, secret_key))
    assert not secret_key or secret_key not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\xff\xfe"])
def test_a_kept_secret_key_that_is_damaged_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret.key").write_bytes(content)
    with pytest.raises(WrongSettings, match=r"secret\.key"):
        open_vault(settings(tmp_path))


def test_a_place_where_no_secret_key_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()
    with pytest.raises(WrongSettings, match=r"secret\.key .* STILLWATCH_DATABASE"):
        open_vault(settings(tmp_path))
