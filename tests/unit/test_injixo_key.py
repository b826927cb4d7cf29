"""The injixo API key: well formed, found by its prefix, and never mistaken."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ids import BASE62
from services.integrations.injixo_key import SECRET_LENGTH, Malformed, generate, parse

KEY, STORED = generate()


def test_a_key_has_the_form_that_scanners_look_for_and_enough_secret() -> None:
    assert re.fullmatch(r"ijx_[0-9A-Za-z]{10}_[0-9A-Za-z]{30}_[0-9A-Za-z]{6}", KEY)
    assert len(BASE62) ** SECRET_LENGTH > 2**160
    assert len({generate()[0] for _ in range(50)}) == 50


def test_what_is_stored_holds_nothing_of_the_secret() -> None:
    secret = KEY.split("_")[2]
    assert secret not in repr(STORED)
    assert (STORED.key_id, len(STORED.secret_hash)) == (KEY.split("_")[1], 64)


def test_a_key_is_read_back_as_what_was_stored() -> None:
    for _ in range(20):
        key, stored = generate()
        assert parse(key) == stored
        assert parse(key).is_key_with(stored.secret_hash)
        assert not parse(key).is_key_with(STORED.secret_hash)


@given(st.integers(0, len(KEY) - 1), st.characters(codec="utf-8"))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    mistyped = KEY[:place] + character + KEY[place + 1 :]
    if mistyped != KEY:
        with pytest.raises(Malformed):
            parse(mistyped)


@given(st.integers(0, len(KEY) - 2))
def test_two_exchanged_characters_are_noticed(place: int) -> None:
    mistyped = KEY[:place] + KEY[place + 1] + KEY[place] + KEY[place + 2 :]
    if mistyped != KEY:
        with pytest.raises(Malformed):
            parse(mistyped)


@given(st.integers(0, len(KEY) - 1))
def test_a_key_that_was_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(Malformed):
        parse(KEY[:length])


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


def test_a_mistyped_key_still_names_itself_while_its_id_can_be_read() -> None:
    for mistyped in (KEY[:-1], KEY[:20], KEY.swapcase()[:3] + KEY[3:], KEY + "x"):
        with pytest.raises(Malformed) as raised:
            parse(mistyped)
        expected = STORED.key_id if mistyped.startswith("ijx_") else None
        assert raised.value.key_id == expected


def test_hashes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)))
    parse(KEY).is_key_with("x")
    assert compared == [(STORED.secret_hash, "x")]
