"""A name from outside is written in one way on every page: never as Markdown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from data.watch import Incident, save_incident
from pages.parts.charts.hover import told_apart
from pages.parts.plain import plain
from services import integrations
from services.integrations import draft_of
from services.system import System
from tests.conftest import NOW
from tests.pages.reading import shown

Open = Callable[..., AppTest]
QUEUE = "`Q` [x](https://evil.example/q) :red[y]"
NAME = "`N` # www.evil.example *z*"


@pytest.fixture
def named(system: System, integration: Integration, resolve: Callable[..., None]) -> Integration:
    """An integration and a queue with names that would be Markdown, and an incident of that queue."""
    draft = replace(draft_of(integration), name=NAME)
    changed = integrations.change(system, integration.integration_id, draft)
    resolve(QUEUE, NOW - timedelta(hours=5), 3)
    began = NOW - timedelta(hours=4)
    incident = Incident(
        changed.integration_id, "i", began, began, None, "partial_loss", "queue_gone", queues=(QUEUE,)
    )
    system.writer.write(lambda transaction: save_incident(transaction, incident))
    return changed


@pytest.mark.parametrize("script", ["contacts.py", "data_flow.py", "integrations.py", "integration.py"])
def test_no_page_obeys_a_name(script: str, named: Integration, open_page: Open) -> None:
    text = shown(open_page(script, integration=named.integration_id))
    for name in (QUEUE, NAME):
        assert name not in text
    assert "](https://evil.example" not in text
    assert "`Q`" not in text
    assert "`N`" not in text
    assert " www.evil" not in text


def test_an_incident_names_its_queues_as_they_are(named: Integration, open_page: Open) -> None:
    assert plain(QUEUE) in shown(open_page("data_flow.py", integration=named.integration_id))


def test_the_heading_of_an_integration_is_its_name(named: Integration, open_page: Open) -> None:
    assert plain(NAME) in shown(open_page("integrations.py"))
    assert open_page("integration.py", integration=named.integration_id).title[0].value == plain(NAME)


def test_a_taken_name_is_repeated_as_it_is(named: Integration, open_page: Open) -> None:
    app = open_page("add_integration.py", vendor="freshworks", model="freshchat")
    app.text_input(key="new_name").input(f"{NAME}\n").run()
    app.text_input(key="new_domain").input("example.freshchat.com").run()
    next(button for button in app.button if button.label == "Save integration").click().run()
    assert plain(NAME) in app.error[0].value


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Büro 2", "Büro 2"),
        ("a\n\n# b", r"a \# b"),
        ("\u202eevil\u202c", "evil"),
        ("`x`", r"\`x\`"),
        ("&lt;", r"\&lt;"),
        ("https://a.example", "https\\:\u2060//a\\.example"),
        ("WWW.a.example", "WWW\u2060\\.a\\.example"),
        ("a@b.example", "a\\@\u2060b\\.example"),
        (":smile:", "\\:\u2060smile\\:"),
        ("10:30", r"10\:30"),
    ],
)
def test_a_name_is_written_so_that_it_is_read_as_it_is(name: str, written: str) -> None:
    assert plain(name) == written


def test_a_queue_may_be_called_like_anything_else_in_a_tooltip() -> None:
    names = told_apart(["Interval", "Total", "title", "Total", "image", "Support"])
    assert len(set(names)) == 6
    assert not {"title", "image"} & set(names)
    assert [name.rstrip("\u2060") for name in names] == [
        "Interval",
        "Total",
        "title",
        "Total",
        "image",
        "Support",
    ]
