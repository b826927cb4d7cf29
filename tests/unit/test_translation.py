"""Every catalogue says everything that the interface says, and nothing else, as its language writes it."""

import re
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from services.translation import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE, Words, language_of

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "N_": None, "text": None, "count": (1, 2)}  # as `make translations` collects them
MONDAY = datetime(2026, 3, 2, 8, 5, 9, tzinfo=UTC)


def forms(message: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return a text in its singular and its plural; one that is not there is empty."""
    return (message or "",) if message is None or isinstance(message, str) else tuple(message)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said() -> set[tuple[str, ...]]:
    """Every text of the interface, found as `make translations` finds it."""
    return {
        forms(message)
        for folder in ("pages", "services")
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, keywords=KEYWORDS)
    }


@pytest.fixture(params=sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}))
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    with (CATALOGUES / f"{request.param}.po").open("rb") as file:
        return read_po(file, locale=request.param)


def entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_text_has_a_translation(catalogue: Catalog) -> None:
    translated = {forms(entry.id) for entry in entries(catalogue) if all(forms(entry.string))}
    assert sorted(said() - translated) == []


def test_no_translation_is_fuzzy(catalogue: Catalog) -> None:
    assert [entry.id for entry in entries(catalogue) if entry.fuzzy] == []


def test_no_translation_is_left_over(catalogue: Catalog) -> None:
    assert sorted({forms(entry.id) for entry in entries(catalogue)} - said()) == []
    assert list(catalogue.obsolete) == []


def test_a_translation_uses_the_same_values(catalogue: Catalog) -> None:
    wrong = [
        entry.id
        for entry in entries(catalogue)
        if any(
            placeholders(text) != placeholders(forms(entry.id)[-1]) for text in forms(entry.string) if text
        )
    ]
    assert wrong == []


def test_a_language_is_one_catalogue_and_one_entry() -> None:
    assert {file.stem for file in CATALOGUES.glob("*.po")} == set(LANGUAGES) - {SOURCE_LANGUAGE}


def test_the_injixo_app_speaks_the_languages_of_the_interface() -> None:
    texts = (ROOT / "injixo_app/config/assets/texts.js").read_text(encoding="utf-8")
    assert set(re.findall(r"^  (\w+): \{$", texts, re.MULTILINE)) == set(LANGUAGES)


def test_one_and_many_are_told_apart_as_the_language_does(catalogue: Catalog) -> None:
    assert catalogue.plural_expr == get_plural(str(catalogue.locale)).plural_expr


def test_french_signs_never_begin_a_line() -> None:
    with (CATALOGUES / "fr.po").open("rb") as file:
        texts = [text for entry in entries(read_po(file, locale="fr")) for text in forms(entry.string)]
    assert [
        text for text in texts if re.search(r" [:;!?»]|[^\xa0][;!?»]|[^\xa0]:(?=\s|$)|«[^\xa0]", text)
    ] == []


def test_the_texts_are_found_at_all() -> None:
    assert ("Add integration",) in said()
    assert ("{n} time", "{n} times") in said()


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("de", "de"), ("en-US", "en"), ("fr-CA", "fr"), ("la-VA", "en"), (None, "en")],
)
def test_a_browsers_locale_gives_our_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_times_are_told_in_the_given_zone_as_each_language_writes_them() -> None:
    assert Words("de", "Europe/Berlin").moment(MONDAY) == "Mo. 02.03., 09:05"
    assert Words("en", "UTC").moment(MONDAY) == "Mon 2 Mar, 08:05"
    assert Words("fr", "Europe/Paris").moment(MONDAY) == "lun. 2 mars, 09:05"
    assert Words("fr", "Europe/Paris").day(MONDAY) == "lun. 2 mars 2026"
    assert Words("fr", "Europe/Paris").ago(MONDAY - timedelta(minutes=3), MONDAY) == "il y a 3 minutes"
    assert Words("de", "Europe/Berlin").ago(MONDAY - timedelta(minutes=3), MONDAY) == "vor 3 Minuten"


@pytest.mark.parametrize(
    ("zone", "at", "first", "second"),
    [
        (
            "Europe/Berlin",
            datetime(2026, 10, 25, 0, 20, tzinfo=UTC),
            "02:20 (summer time)",
            "02:20 (winter time)",
        ),
        (
            "Europe/Dublin",
            datetime(2026, 10, 25, 0, 20, tzinfo=UTC),
            "01:20 (summer time)",
            "01:20 (winter time)",
        ),
        # Almaty moved from UTC+06:00 to UTC+05:00 for good.
        ("Asia/Almaty", datetime(2024, 2, 29, 17, 20, tzinfo=UTC), "23:20 (UTC+06:00)", "23:20 (UTC+05:00)"),
    ],
)
def test_both_hours_that_the_clock_shows_twice_are_told_apart(
    zone: str, at: datetime, first: str, second: str
) -> None:
    words = Words("en", zone)
    hour = timedelta(hours=1)
    assert (words.time(at), words.time(at + hour)) == (first, second)
    assert words.moment(at).endswith(f", {first}")
    assert words.moment(at + hour).endswith(f", {second}")
    assert "(" not in words.time(at - hour) + words.time(at + 2 * hour)


def test_the_hour_that_the_clock_leaves_out_needs_no_telling() -> None:
    around = [datetime(2026, 3, 29, 0, 0, tzinfo=UTC) + timedelta(minutes=15 * count) for count in range(12)]
    assert "(" not in "".join(map(Words("de", "Europe/Berlin").moment, around))


@pytest.mark.parametrize(
    ("language", "week", "turn_of_the_year"),
    [
        ("de", "23.–29. Nov. 2026", "28. Dez. 2026 – 3. Jan. 2027"),
        ("en", "23–29 Nov 2026", "28 Dec 2026 – 3 Jan 2027"),
        ("fr", "23–29 nov. 2026", "28 déc. 2026 – 3 janv. 2027"),
    ],
)
def test_a_span_of_days_repeats_nothing(language: str, week: str, turn_of_the_year: str) -> None:
    words = Words(language)
    told = (
        words.span(date(2026, 11, 23), date(2026, 11, 29)),
        words.span(date(2026, 12, 28), date(2027, 1, 3)),
    )
    assert tuple(" ".join(each.split()) for each in told) == (week, turn_of_the_year)


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert Words("de").count("{n} time", "{n} times", 1234) == "1.234-mal"
    assert Words("en").count("{n} time", "{n} times", 1) == "1 time"
    assert Words("fr").count("{n} time", "{n} times", 1234) == "1\u202f234 fois"
    assert (Words("fr").number(0.5, 1), Words("fr").percent(0.35)) == ("0,5", "35\xa0%")


@pytest.mark.parametrize(("number", "told"), [(0, "0 contact"), (1, "1 contact"), (2, "2 contacts")])
def test_in_french_zero_is_singular(number: int, told: str) -> None:
    assert Words("fr").count("{n} contact", "{n} contacts", number) == told


def test_days_are_typed_and_thousands_marked_as_each_language_does() -> None:
    assert [(Words(code).typed_day, Words(code).thousands_mark) for code in ("de", "en", "fr")] == [
        ("DD.MM.YYYY", "."),
        ("DD/MM/YYYY", ","),
        ("DD/MM/YYYY", "\u202f"),
    ]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("", "Tue 24 Nov, 09:15"),
        ("Europe/Rome", "Tue 24 Nov, 09:15"),  # the same time under another name
        ("America/New_York", "Tue 24 Nov, 09:15 (03:15 where you are)"),
        ("Pacific/Honolulu", "Tue 24 Nov, 09:15 (Mon 23 Nov, 22:15 where you are)"),
    ],
)
def test_a_moment_is_told_in_the_readers_time_too_where_that_is_another(own: str, told: str) -> None:
    at = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
    assert Words("en", "Europe/Berlin", own).moment(at) == told
