"""JSON as JavaScript writes it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest import json_text

HALVES = ("\\ud83d", "\\uDE00", "\\uD83Dx", "\\ude00\\ud83d", "\\ud83d\\u0041")


@pytest.mark.parametrize("half", HALVES)
def test_half_a_character_costs_only_itself(half: str) -> None:
    told = json_text.loads(f'{{"name": "Anna {half}", "id": "7", "path": "C:\\\\ud83d", "😀": 1}}'.encode())
    assert told["name"].startswith("Anna \ufffd")
    assert (told["id"], told["path"], told["😀"]) == ("7", "C:\\ud83d", 1)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_a_text_holds_its_whole_characters_are_kept(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    told = json_text.loads(json.dumps(text).encode())
    assert told.replace("\ufffd", "") == whole.replace("\ufffd", "")


@pytest.mark.parametrize("text", [b"", b"{", b'"\\ud83d', b'"\\ud83"', b'"\xed\xa0\xbd"', b"NaN"])
def test_what_is_no_json_stays_none(text: bytes) -> None:
    with pytest.raises(json_text.JSONDecodeError):
        json_text.loads(text)
