"""People paste anything into the field of the API key; only bearer tokens come out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.freshchat.api_key import ApiKeyProblem, MendedKey, mend_api_key

ENDINGS = (".freshchat.com", ".myfreshworks.com")
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_"


def mend(text: str) -> MendedKey:
    return mend_api_key(text, allowed_endings=ENDINGS)


@pytest.mark.parametrize("text", [JWT, "freshchat-key", "abc/def+ghi==", "a.b.c", "0123456789abcdef"])
def test_a_key_is_taken_as_it_is(text: str) -> None:
    assert mend(text) == MendedKey(text)
    assert mend(f" {text}\n") == MendedKey(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {JWT}",
        f"bearer  {JWT}",
        f"Authorization: Bearer {JWT}",
        f'"{JWT}"',
        f"'{JWT}'",
        f"“{JWT}”",
        f"„{JWT}“",
        f"«{JWT}»",
        f"`{JWT}`",
        f'"Bearer {JWT}",',
        f'Bearer "{JWT}"',
        f"\ufeff{JWT}\u200b",
        f"{JWT[:20]}\n{JWT[20:]}",
        f"{JWT[:20]}\r\n  {JWT[20:]}\r\n",
    ],
)
def test_what_is_unambiguous_is_mended(text: str) -> None:
    assert mend(text) == MendedKey(JWT, mended=True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", None),
        (" \t", None),
        ('""', "not_a_key"),
        ("Bearer ", "not_a_key"),
        ("ijx_0123456789_secret_checksum", "injixo_key"),
        ("Bearer ijx_0123456789_secret_checksum", "injixo_key"),
        ("example.freshchat.com", "domain"),
        ("https://example.freshchat.com/inbox", "domain"),
        ("example.myfreshworks.com", "domain"),
        ("msdk.eu.freshchat.com", "domain"),
        ("www.example.com", "domain"),
        ("https://example.com", "domain"),
        ("d62390fd-87cd-4921-b52a-982245e0656c", "app_id"),
        ("-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END RSA PUBLIC KEY-----", "public_key"),
        ("••••••••", "cut_off"),
        ("eyJhbGciOi…", "cut_off"),
        ("eyJhbGciOi...", "cut_off"),
        ("eyJhbGci********", "cut_off"),
        ("two words", "not_a_key"),
        ("someone@example.com", "not_a_key"),
        ("schlüssel", "not_a_key"),
        ("a\x00b", "not_a_key"),
        ("a" * 10_001, "not_a_key"),
    ],
)
def test_what_is_no_key_is_named(text: str, problem: ApiKeyProblem | None) -> None:
    assert mend(text) == MendedKey(None, problem)


@given(st.text() | st.text(alphabet="Bearer \"'abc.\n\r:ijx_\u200b"))
def test_whatever_is_pasted_only_a_bearer_token_comes_out_and_mending_it_again_changes_nothing(
    text: str,
) -> None:
    key = mend(text).api_key
    if key is not None:
        assert re.fullmatch(r"[!-~]+", key, re.ASCII)
        assert mend(key) == MendedKey(key)
