"""Help on each page: what a new reader asks."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from tests.pages.reading import click, shown

Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("page", "first"),
    [
        (None, "What can I do when data stops?"),
        ("contacts.py", "What counts as a contact?"),
        ("data_flow.py", "What can I do when data stops?"),
        ("integrations.py", "Why is the status Operational although no data comes?"),
        ("integration.py", "Why is the status Operational although no data comes?"),
        ("add_integration.py", "What can I do when data stops?"),
    ],
)
def test_every_page_answers_what_is_asked_most_there_first(
    integration: Integration, open_page: Open, page: str | None, first: str
) -> None:
    app = click(open_page(page, integration=integration.integration_id), "Help")
    questions = [each for each in app.expander if each.label.endswith("?")]
    assert questions[0].label == first
    assert [each.proto.expanded for each in questions] == [True, *[False] * 5]
    assert "whose chat had no group when it was resolved" in shown(app)


def test_it_speaks_german_and_the_sidebar_names_the_version(open_page: Open) -> None:
    app = open_page(language="de")
    assert "Stillwatch 0." in [caption.value for caption in app.sidebar.caption][-1]
    app = click(app, "Hilfe")
    assert "Jeder Chat, der gelöst wird, ist ein Kontakt" in shown(app)
