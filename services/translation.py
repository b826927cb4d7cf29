"""The interface's languages: gettext catalogues, and numbers and times as each language writes them."""

import gettext
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_interval,
    format_skeleton,
    format_time,
    format_timedelta,
    get_day_names,
)
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_group_symbol

SOURCE_LANGUAGE = "en"
LANGUAGE_COOKIE = "stillwatch_language"
"""Remembers in the reader's browser which language was chosen there."""
CATALOGUES = Path(__file__).resolve().parent.parent / "locales"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a spreadsheet of one language reads CSV. ``date`` is written by strftime, ``excel_date`` shown by Excel."""

    delimiter: str
    decimal_point: str
    date: str
    excel_date: str


@dataclass(frozen=True, slots=True)
class Language:
    """How one language writes. ``name``: in the language itself. The other texts are CLDR's date patterns.

    ``typed_day`` is the form in which a day is typed into a field, in big letters.
    """

    name: str
    locale: Locale
    day: str
    short_day: str
    moment: str
    exactly: str
    typed_day: str
    dialect: Dialect


LANGUAGES = {
    "de": Language(
        "Deutsch",
        Locale("de"),
        day="EEE dd.MM.yyyy",
        short_day="ccc d.",
        moment="EEE dd.MM., HH:mm",
        exactly="dd.MM.yyyy HH:mm:ss z",
        typed_day="DD.MM.YYYY",
        dialect=Dialect(";", ",", "%d.%m.%Y", "dd.mm.yyyy"),
    ),
    "en": Language(
        "English",
        Locale("en", "GB"),
        day="EEE d MMM yyyy",
        short_day="ccc d",
        moment="EEE d MMM, HH:mm",
        exactly="d MMM yyyy HH:mm:ss z",
        typed_day="DD/MM/YYYY",
        dialect=Dialect(",", ".", "%Y-%m-%d", "yyyy-mm-dd"),
    ),
    "fr": Language(
        "Français",
        Locale("fr"),
        day="EEE d MMM yyyy",
        short_day="ccc d",
        moment="EEE d MMM, HH:mm",
        exactly="d MMM yyyy HH:mm:ss z",
        typed_day="DD/MM/YYYY",
        dialect=Dialect(";", ",", "%d/%m/%Y", "dd/mm/yyyy"),
    ),
}
"""All that Python knows of a language beside its texts, which are in ``locales/<code>.po``."""


def N_(message: str) -> str:  # noqa: N802 - gettext's usual name for it
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return message


def language_of(locale: str | None) -> str:
    """Return our language for a browser's locale such as ``de-AT``; English where we have no better."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else SOURCE_LANGUAGE


TWO_HOURS = (N_("summer time"), N_("winter time"))


@dataclass(frozen=True, slots=True)
class Words:
    """How one reader is spoken to: the language, and the time zone in which times are told.

    ``own_time_zone``: the reader's, where moments are told in both; empty for no second time.
    """

    language: str = SOURCE_LANGUAGE
    time_zone: str = "UTC"
    own_time_zone: str = ""

    def text(self, message: str, /, **values: object) -> str:
        """Return the message in this language, with ``{name}`` replaced by the values."""
        translated = _catalogue(self.language).gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return ``one`` or ``many`` in this language, with ``{n}`` replaced by the number."""
        chosen = _catalogue(self.language).ngettext(one, many, number)
        return chosen.format(n=self.number(number), **values)

    def labelled(self, label: str, value: str) -> str:
        """Return such as "Support: 3"."""
        return self.text(N_("{label}: {value}"), label=label, value=value)

    def number(self, value: float, digits: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self._locale)

    def percent(self, share: float) -> str:
        return format_percent(share, locale=self._locale)

    def one_of(self, options: Sequence[str]) -> str:
        """Return such as "a, b or c"."""
        return format_list(options, style="or", locale=self._locale)

    def day(self, at: date | datetime) -> str:
        """Return such as "Tue 24 Nov 2026"."""
        local = at.astimezone(self._zone).date() if isinstance(at, datetime) else at
        return format_date(local, self._spoken.day, self._locale)

    def span(self, first: date, last: date) -> str:
        """Return such as "23–29 Nov 2026", where there is little room."""
        return str(format_interval(first, last, "yMMMd", locale=self._locale))

    def short_day(self, at: datetime) -> str:
        """Return such as "Tue 24", for an axis."""
        return format_datetime(at, self._spoken.short_day, tzinfo=self._zone, locale=self._locale)

    def local(self, at: datetime) -> datetime:
        """Return the instant in the zone in which times are told."""
        return at.astimezone(self._zone)

    def month(self, at: datetime) -> str:
        """Return such as "November 2026"."""
        return format_skeleton("yMMMM", at.replace(tzinfo=None), locale=self._locale)

    def short_month(self, at: datetime) -> str:
        """Return such as "Nov", for an axis."""
        return format_datetime(at, "LLL", tzinfo=self._zone, locale=self._locale)

    def time(self, at: datetime) -> str:
        """Return such as "09:15"; an hour that the clock shows twice is told apart."""
        shown = format_time(at.astimezone(self._zone), "HH:mm", tzinfo=self._zone, locale=self._locale)
        return shown + self._which_hour(at)

    def day_of_year(self, day: date) -> str:
        """Return such as "24 December"."""
        return format_skeleton("MMMMd", datetime(day.year, day.month, day.day), locale=self._locale)  # noqa: DTZ001

    def short_date(self, day: date) -> str:
        """Return such as "24 Nov", for an axis."""
        return format_skeleton("MMMd", datetime(day.year, day.month, day.day), locale=self._locale)  # noqa: DTZ001

    def weekdays(self, width: Literal["wide", "abbreviated"] = "wide") -> list[str]:
        """Return the names of the days from Monday to Sunday."""
        names = get_day_names(width, locale=self._locale)
        return [names[place] for place in range(7)]

    def moment(self, at: datetime) -> str:
        """Return day and time to the minute, such as "Tue 24 Nov, 09:15"; also the reader's where it is another."""
        shown = format_datetime(at, self._spoken.moment, tzinfo=self._zone, locale=self._locale)
        told = shown + self._which_hour(at)
        own = self.own_time(at)
        return self.text(N_("{moment} ({own} where you are)"), moment=told, own=own) if own else told

    def own_time(self, at: datetime) -> str:
        """Return the reader's time, such as "03:15", with the day where that is another; empty where it is the same."""
        if not self.own_time_zone:
            return ""
        own, here = at.astimezone(ZoneInfo(self.own_time_zone)), at.astimezone(self._zone)
        if own.utcoffset() == here.utcoffset():
            return ""
        reader = replace(self, time_zone=self.own_time_zone, own_time_zone="")
        return reader.time(at) if own.date() == here.date() else reader.moment(at)

    def _which_hour(self, at: datetime) -> str:
        """Return which of two hours it is when the clock shows this time twice, such as " (summer time)"."""
        local = at.astimezone(self._zone)
        first, second = (local.replace(fold=fold) for fold in (0, 1))
        # In the gap of a spring the two differ as well, but no instant lies there.
        if first.utcoffset() == second.utcoffset():
            return ""
        if first.dst() == second.dst():  # the zone itself changed its offset
            return f" (UTC{local.isoformat()[-6:]})"
        return f" ({self.text(TWO_HOURS[local.fold])})"

    def exactly(self, at: datetime) -> str:
        """Return the moment with year, seconds and zone, for evidence that is handed on."""
        return format_datetime(at, self._spoken.exactly, tzinfo=self._zone, locale=self._locale)

    def ago(self, at: datetime, now: datetime) -> str:
        return format_timedelta(at - now, add_direction=True, locale=self._locale)

    def duration(self, span: timedelta) -> str:
        return format_timedelta(span, locale=self._locale)

    @property
    def thousands_mark(self) -> str:
        """What stands between the thousands of a number."""
        return get_group_symbol(self._locale)

    @property
    def typed_day(self) -> str:
        """The form in which a day is typed, such as DD.MM.YYYY."""
        return self._spoken.typed_day

    @property
    def dialect(self) -> Dialect:
        """How a spreadsheet of this language reads CSV."""
        return self._spoken.dialect

    @property
    def _spoken(self) -> Language:
        return LANGUAGES[self.language]

    @property
    def _locale(self) -> Locale:
        return self._spoken.locale

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
