"""An integration whose time zone cannot be read: the pages name it, show the others, and let it be chosen anew."""

from typing import Any

import pytest

from data.integrations import Integration
from services import integrations
from services.integrations import Draft
from services.system import System
from tests.pages.reading import click, shown


@pytest.fixture
def damaged(system: System, integration: Integration) -> Integration:
    integrations.add(system, Draft("Vertrieb", "example.freshchat.com", None))
    with system.database.transaction() as transaction:
        transaction.run("UPDATE integration SET time_zone = 'Nowhere' WHERE name = 'Kundenservice'")
    system.change(lambda _: None)  # reads it anew
    return integration


@pytest.mark.parametrize("file", ["integrations.py", "data_flow.py"])
def test_a_list_names_it_and_shows_the_others(open_page: Any, damaged: Integration, file: str) -> None:
    text = shown(open_page(file, integration="all"))
    assert "What is stored of this integration cannot be read" in text
    assert "Kundenservice" in text
    assert "Waiting for the first event" in text  # the other one


def test_the_contacts_page_says_it_in_words(open_page: Any, damaged: Integration) -> None:
    app = open_page("contacts.py", integration=damaged.integration_id)
    assert "What is stored of this integration cannot be read" in shown(app)


def test_its_time_zone_can_be_chosen_anew(open_page: Any, system: System, damaged: Integration) -> None:
    app = open_page("integration.py", integration=damaged.integration_id)
    assert "What is stored of this integration cannot be read" in shown(app)
    (zone,) = [box for box in app.selectbox if "zone" in box.label.lower()]
    zone.set_value("Europe/Berlin").run()
    app = click(app, "Save integration")
    assert not app.exception
    assert system.integration(damaged.integration_id).time_zone == "Europe/Berlin"
