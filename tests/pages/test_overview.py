"""The landing page: every integration at a glance, and what to do next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from pages.parts import reader
from services import integrations
from services.integrations import Draft
from services.pausing import pause
from services.people.person import Person, Role
from services.system import System
from tests.conftest import Clock
from tests.pages.reading import labels, shown

Open = Callable[..., AppTest]
Resolve = Callable[..., None]


def names(app: AppTest) -> list[str]:
    return [heading.value for heading in app.header]


def links(app: AppTest) -> list[str]:
    """The labels of the links in the order in which they stand there."""
    return [link.proto.label for link in app.get("page_link")]


@pytest.mark.usefixtures("refused")
def test_the_worst_integration_stands_first_with_its_open_incident_over_all(
    system: System, open_page: Open
) -> None:
    integrations.add(system, Draft("Another", "another.freshchat.com"))
    app = open_page()
    assert app.title[0].value == "Overview"
    assert names(app) == ["Kundenservice", "Another"]
    text = shown(app)
    assert "2 integrations · 2 need a look" in text
    assert "50 ms" not in text
    assert "**1 open incident**" in text
    assert "The app uses an injixo API key that was revoked · since" in text
    assert links(app) == ["Kundenservice", "Generate a new key", "Install the injixo app"]


def test_todays_contacts_stand_beside_the_usual_and_the_seals(
    integration: Integration, clock: Clock, resolve: Resolve, open_page: Open
) -> None:
    for weeks in (1, 2, 3):
        resolve("Support", clock.now - timedelta(weeks=weeks, hours=1), 4)
    resolve("Support", clock.now - timedelta(hours=2), 3)
    resolve(None, clock.now - timedelta(hours=2), 2)
    told = "\n".join(drawn.proto.body for drawn in open_page().get("html"))
    assert "<strong>3 contacts today</strong> · usually 4 by now" in told
    assert 'alt="Contacts of today, added up, against the usual"' in told
    assert "0 of the last 21 days sealed" in shown(open_page())


def test_an_integration_that_is_being_set_up_shows_how_far_it_is(
    integration: Integration, open_page: Open, system: System
) -> None:
    assert "Set-up: 1 of 4 steps done" in open_page().get("progress")[0].proto.text
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    app = open_page()
    assert "Set-up: 2 of 4 steps done" in app.get("progress")[0].proto.text
    assert "**Install the injixo app in Freshchat and give it the key.**" in shown(app)


def test_a_set_up_that_is_complete_says_no_more_of_it(
    integration: Integration, key: str, push: Callable[..., Any], system: System, open_page: Open
) -> None:
    push("/events", json={"chat_id": "c", "resolved_at": system.clock().isoformat()})
    system.activity.flush()
    app = open_page()
    assert not app.get("progress")


def test_a_paused_integration_is_resumed_next(
    system: System, integration: Integration, open_page: Open
) -> None:
    pause(system, integration.integration_id, paused=True)
    assert links(open_page()) == ["Resume"]


def test_wrong_credentials_are_named_although_contacts_come(
    system: System, integration: Integration, resolve: Resolve, open_page: Open, clock: Clock
) -> None:
    resolve("Support", clock.now - timedelta(hours=2), 3)
    integrations.note_configuration(system, integration.integration_id, "invalid_credentials", "no")
    app = open_page()
    assert "1 integration · 1 needs a look" in shown(app)
    assert "Save a new Freshchat API key" in links(app) or "To the credentials" in links(app)


def rows(app: AppTest) -> list[str]:
    """The names of the integrations in rows, in the order in which they stand there: the link without an arrow."""
    return [link.proto.label for link in app.get("page_link") if not link.proto.icon]


@pytest.fixture
def many(system: System, integration: Integration) -> None:
    for number in range(9):
        integrations.add(system, Draft(f"Branch {number}", f"branch{number}.freshchat.com"))


@pytest.mark.usefixtures("many")
def test_many_integrations_take_a_row_each_and_are_searched_and_sorted(open_page: Open) -> None:
    app = open_page()
    assert rows(app) == [*(f"Branch {number}" for number in range(9)), "Kundenservice"]
    assert links(app)[:2] == ["Branch 0", "Install the injixo app"]
    app.text_input(key="search").set_value("branch 3").run()
    assert rows(app) == ["Branch 3"]
    app.text_input(key="search").set_value("example").run()
    assert rows(app) == ["Kundenservice"]
    app.text_input(key="search").set_value("nothing like it").run()
    assert "No integration has this name or domain." in shown(app)


@pytest.mark.usefixtures("refused", "many")
def test_a_row_says_the_cause_in_short_and_unfolds_to_what_was_found(open_page: Open) -> None:
    app = open_page()
    assert "**1 open incident**" in shown(app)
    told = next(drawn.proto.body for drawn in app.get("html") if "revoked" in drawn.proto.body)
    short, whole = (
        told.removeprefix("<details><summary><span>").removesuffix("</details>").split("</span></summary>")
    )
    assert short == "The app uses an injixo API key that was revoked."
    assert "refused" in whole
    assert len(whole) > len(short)
    badges = ":red-badge[:material/error: Silent] :gray-badge[:material/help: Not checked yet]"
    assert badges in [element.value for element in app.markdown]


@pytest.mark.usefixtures("many")
def test_a_row_shows_today_its_seals_and_how_far_the_set_up_is(
    clock: Clock, resolve: Resolve, open_page: Open
) -> None:
    for days in (1, 2, 3):
        resolve("Support", clock.now - timedelta(days=days, hours=1), 4)
    resolve("Support", clock.now - timedelta(hours=2), 3)
    drawn = [element.proto.body for element in open_page().get("html") if "figures" in element.proto.body]
    (today,) = [figures for figures in drawn if "contacts today" in figures]
    assert "<strong>3 contacts today</strong>" in today
    assert "0 of 3 days sealed" in today
    assert sum("Set-up: 1 of 4 steps done" in figures for figures in drawn) == 9


@pytest.mark.usefixtures("many")
def test_the_list_of_many_integrations_takes_a_row_each_and_is_searched_too(
    integration: Integration, open_page: Open
) -> None:
    app = open_page("integrations.py")
    assert len(rows(app)) == 10
    assert not {"Open", "Pause", "Delete"} & set(labels(app))  # all that is on the page of the one
    ways = [link.proto for link in app.get("page_link") if link.proto.label in ("Kundenservice", "Open")]
    assert [way.page for way in ways] == ["integration"] * 11
    assert {way.query_string for way in ways} >= {f"integration={integration.integration_id}"}
    assert sum("No event yet" in each.proto.body for each in app.get("html")) == 10
    app.text_input(key="search").set_value("BRANCH7.fresh").run()
    assert rows(app) == ["Branch 7"]
    app.text_input(key="search").set_value("nothing like it").run()
    assert "No integration has this name or domain." in shown(app)


def test_the_list_of_few_integrations_is_not_searched(integration: Integration, open_page: Open) -> None:
    app = open_page("integrations.py")
    assert not app.text_input
    assert names(app) == [integration.name]
    assert labels(app)[-3:] == ["Open", "Pause", "Delete"]


def test_it_speaks_german(integration: Integration, open_page: Open) -> None:
    app = open_page(language="de")
    assert app.title[0].value == "Übersicht"
    assert "1 Integration · 1 braucht einen Blick" in shown(app)
    assert labels(app) == []


def test_the_former_list_of_the_data_flow_page_is_the_overview(
    system: System, integration: Integration, open_page: Open
) -> None:
    integrations.add(system, Draft("Another", "another.freshchat.com"))
    assert open_page("data_flow.py", integration="all").title[0].value == "Overview"


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(
    ("role", "incident_leads_to", "next_step"),
    [
        ("supervisor", "contacts", "To the contacts"),
        ("support", "freshness", "See why and what to do"),
        ("admin", "freshness", "Generate a new key"),
    ],
)
def test_each_role_is_led_where_it_may_go(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, role: Role, incident_leads_to: str, next_step: str
) -> None:
    monkeypatch.setattr(reader, "LOCAL", Person("p", "Kim", role))
    app = open_page()
    assert links(app) == ["Kundenservice", next_step]
    assert app.get("page_link")[0].proto.page == incident_leads_to
