"""Ids, names and instants from outside: what looks the same is the same, and nothing unseen is kept."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fields import LONGEST_NAME, clean_name, read_id, read_instant, read_name

CHAT = "4ec945ec-6717-409d-9549-198d5d121bd1"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelling",
    [
        "Bu\u0308ro",  # composed of two
        "B\u00adüro",  # a soft hyphen
        "\ufeffBüro\u200b",  # a byte order mark, and a blank of no width
        "\u202eBüro\u202c",  # turned round
        "\u2066Büro\u2069",
        "Büro\x00",
        "B\x1büro\x7f",
        "  Büro\t\r\n",
        "\u00a0Büro\u3000",
        "Büro\ufe0f",
        "Bu\u034f\u0308ro",
        "Büro\u3164",
        "Büro\u2800",
        "Büro\U000e0041",
        "Büro\ud83d",
    ],
)
def test_a_name_is_the_same_however_it_is_spelled(spelling: str) -> None:
    assert clean_name(spelling) == "Büro"


@pytest.mark.parametrize(
    "name",
    [
        "Büro 2 (München)",
        "サポート",
        "دعم العملاء",
        "Кассы №1",
        "עברית",
        "A & B <b>",
        "`x`",
        "☎ Hotline 🔥",
        "=1+1",
    ],
)
def test_what_can_be_seen_of_a_name_stays(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


def test_white_space_of_any_kind_is_one_blank() -> None:
    assert clean_name("Büro\n\n#\u2028Süd\u00a0\u2003West\x85Nord") == "Büro # Süd West Nord"


@pytest.mark.parametrize(
    "nothing", ["", " ", "\x00", "\u200b\u2060", "\u3164", "\u202e \u202c", None, 5, [], {}, True]
)
def test_nothing_to_see_is_no_name(nothing: Any) -> None:
    assert read_name(nothing) is None


def test_a_long_name_is_cut() -> None:
    assert read_name("x" * 300) == "x" * LONGEST_NAME
    assert read_name("x" * (LONGEST_NAME - 1) + " yz") == "x" * (LONGEST_NAME - 1)


@given(st.text())
def test_a_clean_name_stays_as_it_is_and_is_one_line_of_visible_characters(text: str) -> None:
    name = clean_name(text)
    assert clean_name(name) == name
    assert name == " ".join(name.split())
    assert not {"Cc", "Cf", "Cs"} & set(map(unicodedata.category, name))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (CHAT.upper(), CHAT),
        (f" {CHAT.title()} ", CHAT),
        (CHAT.replace("-", "").upper(), CHAT.replace("-", "")),
        (f"{CHAT.upper()}_{CHAT.upper()}_feedback", f"{CHAT}_{CHAT}_feedback"),
        ("Name_Alias", "Name_Alias"),
        (f"x{CHAT.upper()}", f"x{CHAT.upper()}"),
        (7, "7"),
        (7.0, "7"),
        (1019183591791880175, "1019183591791880175"),
        ("nul\x00byte", "nulbyte"),
    ],
)
def test_an_id_is_read_as_text_and_a_uuid_without_its_case(value: Any, read: str) -> None:
    assert read_id(value) == read


@pytest.mark.parametrize("value", [None, "", "  ", "\x00", True, 1.5, 1e300, [], {}, ["c"], "c" * 201])
def test_what_is_no_id_is_named_without_being_repeated(value: Any) -> None:
    with pytest.raises(ValueError, match="an id"):
        read_id(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02T08:00:00Z",
        "2026-03-02T09:00:00+01:00",
        1772438400000,
        1772438400000.0,
        1772438400,
        "1772438400000",
        " 1772438400 ",
        "1772438400.000",
    ],
)
def test_an_instant_is_written_out_or_counted_in_seconds_or_milliseconds(value: Any) -> None:
    assert read_instant(value) == AT
    assert read_instant(value).tzinfo is UTC


def test_milliseconds_are_kept_exactly_however_they_are_told() -> None:
    told = ("2026-03-02T08:00:00.123Z", 1772438400123, "1772438400123", 1772438400.123, "1772438400.123")
    assert {read_instant(value) for value in told} == {AT.replace(microsecond=123_000)}


def test_an_instant_without_an_offset_is_one_only_where_its_zone_is_known() -> None:
    assert read_instant("2026-03-02 08:00:00.0", without_offset=UTC) == AT
    with pytest.raises(ValueError, match="offset"):
        read_instant("2026-03-02 08:00:00.0")


@pytest.mark.parametrize(
    "value", [0, -4, 5, 1e300, -1e300, float("inf"), float("nan"), 1772438400000000, "1772438400000000"]
)
def test_a_count_that_is_neither_seconds_nor_milliseconds_is_named(value: Any) -> None:
    with pytest.raises(ValueError, match="milliseconds or seconds since 1970"):
        read_instant(value)


@pytest.mark.parametrize(
    "value",
    [None, "", "yesterday", "2026-03-02", "2026-02-30T08:00:00Z", True, [], {}, "0001-01-01T00:00:00+14:00"],
)
def test_what_is_no_instant_is_named(value: Any) -> None:
    with pytest.raises(ValueError, match="write an instant"):
        read_instant(value)
