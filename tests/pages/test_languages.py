"""Every page, in every language: nothing on it is left in English."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services.system import System
from services.translation import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE
from tests.pages.test_roles import PAGES

SAID = {"body", "label", "help", "placeholder", "content", "options", "captions", "alt", "title"}
"""Fields of Streamlit's elements, and of the charts' descriptions, that a reader sees."""

ENGLISH = re.compile(r"\b(the|of|and|is|are|with|from|this|that|have|been)\b", re.IGNORECASE)
"""Words without which no English sentence gets by, and which no other language of ours has."""


def texts_of(app: AppTest) -> Iterator[str]:
    """Yield whatever a reader of the page sees, hears or finds by pointing at it."""
    blocks: list[Any] = [app._tree]
    while blocks:
        for child in blocks.pop().children.values():
            if hasattr(child, "children"):
                blocks.append(child)
            if getattr(child, "proto", None) is not None:
                yield from texts_in(child.proto)


def texts_in(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if hasattr(each, "ListFields"):
                yield from texts_in(each)
            elif not isinstance(each, str):
                continue
            elif field.name in ("columns", "spec"):
                yield from named_in(json.loads(each))
            elif field.name in SAID:
                yield re.sub(r"<style>.*?</style>|<[^>]*>", " ", each, flags=re.DOTALL).strip()


def named_in(described: Any) -> Iterator[str]:
    """Yield the titles of axes and tooltips, and the labels of columns."""
    if isinstance(described, dict):
        for name, value in described.items():
            if name in SAID and isinstance(value, str):
                yield value
            else:
                yield from named_in(value)
    elif isinstance(described, list):
        for each in described:
            yield from named_in(each)


def left_in_english(texts: set[str], language: str) -> list[str]:
    """Return what the source says otherwise than the catalogue, and whole sentences that no catalogue knows."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        known = [(entry.id, entry.string) for entry in read_po(file, locale=language)]
    ours = {"", *(told for _, told in known)} | set(Locale(language).territories.values())
    source = {text for text, told in known if told != text}
    return sorted(text for text in texts - ours if text in source or ENGLISH.search(text))


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}))
def test_no_page_leaves_a_word_in_english(
    open_page: Callable[..., AppTest],
    system: System,
    integration: Integration,
    resolve: Callable[..., None],
    outage: Callable[..., None],
    language: str,
) -> None:
    resolve("Support", system.clock() - timedelta(weeks=1), 3)
    outage(timedelta(hours=2), timedelta(hours=1))
    here = {"integration": integration.integration_id}
    views = [
        *((file, here) for file in PAGES),
        *(("contacts.py", here | {"as": shown}) for shown in ("multiples", "hours", "queues", "table")),
        ("contacts.py", here | {"view": "year"}),
        ("add_integration.py", {"vendor": "freshworks", "model": "freshchat"}),
    ]
    left = {}
    for file, query in views:
        texts = set(texts_of(open_page(file, language=language, **query)))
        assert len(texts) > 10
        left[f"{file} {query}"] = left_in_english(texts, language)
    assert {view: texts for view, texts in left.items() if texts} == {}


def test_english_would_be_found(open_page: Callable[..., AppTest], integration: Integration) -> None:
    texts = set(texts_of(open_page("data_flow.py", integration=integration.integration_id)))
    assert {"Data flow", "When Stillwatch last judged the data flow."} <= set(left_in_english(texts, "fr"))


def test_a_french_chart_has_french_days_and_french_numbers(
    open_page: Callable[..., AppTest], system: System, integration: Integration, resolve: Callable[..., None]
) -> None:
    resolve("Support", system.clock() - timedelta(days=1), 3)
    page = open_page("contacts.py", language="fr", integration=integration.integration_id, view="week")
    (chart,) = page.get("vega_lite_chart")
    labels = json.dumps(json.loads(chart.proto.spec), ensure_ascii=False)
    assert "lun. 2" in labels
    assert "replace(format(datum.value, ','), /,/g, '\u202f')" in labels
    assert "Contacts par file source, lun. 2 mars 2026 – dim. 8 mars 2026\xa0: 3 au total." in chart.proto.alt
