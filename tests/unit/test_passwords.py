"""Passwords are kept as argon2id with its costs, and only their length is ruled."""

from threading import Thread

import pytest

from services.signing_in import passwords
from services.signing_in.passwords import checked_password, hash_password, is_password
from services.system import Invalid
from tests.patience import PATIENCE


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = hash_password("a long sentence is fine"), hash_password("a long sentence is fine")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert is_password("a long sentence is fine", first)
    assert not is_password("a long sentence is fine.", first)
    assert not is_password("", first)


def test_who_has_no_password_has_none_that_fits() -> None:
    assert not is_password("", None)
    assert not is_password("a long sentence is fine", None)


@pytest.mark.parametrize("text", ["", "short", "11character", "x" * 201])
def test_too_short_and_too_long_ones_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checked_password(text)


@pytest.mark.parametrize("text", ["aaaaaaaaaaaa", "密码密码密码密码密码密码", "  with blanks  ", "x" * 200])
def test_what_it_is_made_of_is_theirs(text: str) -> None:
    assert is_password(checked_password(text), hash_password(text))


def test_many_who_sign_in_at_once_are_all_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hashes at once hung for ever, and with them everybody who signed in later."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 1024)
    stored, heard = hash_password("a long sentence is fine"), []
    threads = [
        Thread(target=lambda: heard.append(is_password("a long sentence is fine", stored)), daemon=True)
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert heard == [True] * 8
