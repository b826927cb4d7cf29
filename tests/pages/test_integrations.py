"""Account > Integrations, and the way to a new integration."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services import integrations
from services.integrations.catalogue import CATALOGUE, supported_products
from services.system import System
from tests.conftest import Clock
from tests.pages.conftest import Disturb
from tests.pages.reading import click, labels, shown, stored_key

FORM = {"vendor": "freshworks", "model": "freshchat"}


def test_an_empty_start_has_one_next_step(open_page: Any) -> None:
    app = open_page()
    assert "Connect your Freshchat account" in shown(app)
    assert labels(app) == ["Add integration"]
    assert "Choose the system" in shown(click(app, "Add integration"))


def test_the_empty_list_leads_to_the_first_integration(open_page: Any) -> None:
    app = open_page("integrations.py")
    assert "There is no integration yet" in shown(app)
    assert labels(app) == ["Add integration"]


def test_the_list_shows_both_statuses_side_by_side(open_page: Any, integration: Integration) -> None:
    text = shown(open_page("integrations.py"))
    assert "Kundenservice" in text
    assert "Status" in text
    assert "Not checked yet" in text
    assert "Data flow" in text
    assert "Waiting for the first event" in text
    assert "No event yet" in text


def test_operational_stays_english_in_german(
    open_page: Any, system: System, integration: Integration
) -> None:
    integrations.note_configuration(system, integration.integration_id, "operational", "fine")
    text = shown(open_page("integrations.py", language="de"))
    assert "Operational" in text
    assert "Datenfluss" in text


def test_a_name_is_shown_as_it_is(open_page: Any, system: System) -> None:
    integrations.add(system, integrations.Draft("*Sales* [EU](x)", "example.freshchat.com"))
    assert "\\*Sales\\* \\[EU\\]\\(x\\)" in shown(open_page("integrations.py"))


def test_the_last_event_is_told_in_the_integrations_time_zone(
    open_page: Any, integration: Integration, clock: Clock, push: Any
) -> None:
    push("/events", json={"chat_id": "c1", "resolved_at": "2026-03-03T08:59:00Z"})
    clock.advance(minutes=3)
    assert "Last event: Tue 3 Mar, 10:00 (3 minutes ago)" in shown(open_page("integrations.py"))


def test_pausing_explains_itself_and_resuming_ends_it(
    open_page: Any, system: System, integration: Integration
) -> None:
    app = click(open_page("integrations.py"), "Pause")
    assert system.integration(integration.integration_id).paused_at is not None
    assert "events are kept, and nothing new is shown until it is resumed" in shown(app)
    click(app, "Resume")
    assert system.integration(integration.integration_id).paused_at is None


def test_deleting_asks_first_and_says_that_counts_are_kept(
    open_page: Any, system: System, integration: Integration
) -> None:
    app = click(open_page("integrations.py"), "Delete")
    assert "The contacts counted so far are kept" in shown(app)
    assert system.integration(integration.integration_id).deleted_at is None
    click(app, "Yes, really delete")
    assert system.directory.active() == []
    app = open_page("integrations.py")
    assert "Open" not in labels(app)
    assert [expander.label for expander in app.expander] == ["Deleted integrations"]
    assert "deleted on Tue 3 Mar, 10:00" in shown(app)
    assert "Kundenservice" in "\n".join(element.value for element in app.expander[0].markdown)


def test_every_vendor_is_shown_and_only_supported_products_can_be_added(open_page: Any) -> None:
    app = open_page("add_integration.py")
    for vendor in CATALOGUE:
        assert vendor.name in shown(app)
    assert labels(app) == ["Select model"]
    click(app, "Select model")
    assert "Freshdesk Contact Center" in shown(app)
    assert labels(app) == ["All systems", "Add integration"]


@pytest.mark.parametrize("product", list(supported_products()), ids=lambda product: product.slug)
def test_each_supported_product_has_a_form(open_page: Any, product: Any) -> None:
    app = open_page("add_integration.py", vendor="freshworks", model=product.slug)
    assert "Save integration" in labels(app)


def test_an_unknown_product_in_the_address_leads_back_to_the_catalogue(open_page: Any) -> None:
    assert "Freshdesk" in shown(open_page("add_integration.py", vendor="freshworks", model="../main"))


NO_NAME = "Enter a unique name of up to 100 characters that identifies the data source."
NO_DOMAIN = "Enter your full Freshchat domain name including the subdomain, e.g. example.freshchat.com."
INJIXO_KEY = (
    "This is an injixo API key: it belongs in the app inside Freshchat. Enter the API key of Freshchat here."
)


def errors(app: AppTest) -> list[str]:
    """The errors in the order of the fields at which they stand."""
    return [error.value for error in app.error]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "The full domain name including the subdomain"),
        ("https://Example.freshchat.com/inbox", "Stillwatch will use example.freshchat.com."),
        ("example.freshchat.com", "This is a Freshchat domain."),
        ("acme.myfreshworks.com", "Portals often do not answer"),
        ("msdk.freshchat.com", "serves chat windows or manuals"),
        ("acme.wchat.freshchat.com", "serves chat windows or manuals"),
        ("example", "Something is missing"),
        ("example.com", "A Freshchat domain ends in .freshchat.com or .myfreshworks.com."),
        ("a domain", "This is no domain name"),
        ("6f1c2b1e-1111-2222-3333-444455556666", "This is an app ID"),
    ],
)
def test_the_domain_is_answered_while_it_is_typed(open_page: Any, typed: str, answer: str) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_domain").set_value(typed).run()
    assert answer in shown(app)


def test_saving_opens_the_integration_and_says_so_even_though_freshchat_is_out_of_reach(
    open_page: Any, system: System
) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("https://example.freshchat.com/")
    app.text_input(key="new_api_key").set_value("freshchat-key")
    app.selectbox(key="new_time_zone").set_value("Europe/Vienna")
    app.selectbox(key="new_country").set_value("AT").run()
    app.selectbox(key="new_region_AT").set_value("9")
    app.radio(key="new_counting").set_value("once_per_chat")
    click(app, "Save integration")
    text = shown(app)
    assert "The integration is saved, although its credentials do not work yet." in text
    assert "Freshchat not reachable" in text
    assert "Freshchat cannot be reached at this domain." in text
    assert "Install the injixo app" in text
    (saved,) = system.directory.active()
    assert (saved.name, saved.domain, saved.time_zone) == ("Sales", "example.freshchat.com", "Europe/Vienna")
    assert (saved.holidays, saved.counting) == ("AT-9", "once_per_chat")


def test_saving_without_a_freshchat_key_blames_no_credentials(open_page: Any) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("example.freshchat.com")
    click(app, "Save integration")
    text = shown(app)
    assert "The integration is saved without a Freshchat API key: contacts are counted" in text
    assert "do not work" not in text


@pytest.mark.parametrize(
    ("name", "domain", "answer"),
    [
        (" ", "example.freshchat.com", "Enter a unique name"),
        ("kundenservice", "example.freshchat.com", "Another integration is called “kundenservice”."),
        ("Sales", "example.com", "A Freshchat domain ends in"),
        ("Sales", "", "Enter your full Freshchat domain name"),
    ],
)
def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    open_page: Any, system: System, integration: Integration, name: str, domain: str, answer: str
) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value(name)
    app.text_input(key="new_domain").set_value(domain)
    app.text_input(key="new_api_key").set_value("freshchat-key")
    click(app, "Save integration")
    assert answer in "\n".join(error.value for error in app.error)
    assert app.text_input(key="new_name").value == name
    assert app.text_input(key="new_domain").value == domain
    assert app.text_input(key="new_api_key").value == "freshchat-key"
    assert system.directory.active() == [integration]


def test_everything_that_is_wrong_stands_at_its_field_until_it_is_right(
    open_page: Any, system: System, integration: Integration
) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_api_key").set_value("ijx_0123456789_secret_checksum").run()
    assert errors(app) == [INJIXO_KEY]  # while it is typed, as for the domain
    click(app, "Save integration")
    assert errors(app) == [NO_NAME, NO_DOMAIN, INJIXO_KEY]
    app.text_input(key="new_name").set_value("KUNDENSERVICE").run()
    assert errors(app) == [
        "Another integration is called “KUNDENSERVICE”. Enter a unique name.",
        *errors(app)[1:],
    ]
    assert errors(app)[1:] == [NO_DOMAIN, INJIXO_KEY]
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("sales.freshchat.com")
    app.text_input(key="new_api_key").set_value("freshchat-key").run()
    assert errors(app) == []
    assert system.directory.active() == [integration]  # nothing is saved but by the button


def test_a_form_that_is_opened_again_holds_no_mistakes_of_before(open_page: Any) -> None:
    app = open_page("add_integration.py", **FORM)
    click(app, "Save integration")
    assert errors(app) == [NO_NAME, NO_DOMAIN]
    app.switch_page("integrations.py").run()
    app.query_params |= FORM
    app.switch_page("add_integration.py").run()
    assert errors(app) == []


def test_a_second_click_that_breaks_off_the_first_finds_what_that_one_has_added(
    open_page: Any, system: System, disturb: Disturb
) -> None:
    disturb("services.integrations.add", by="click")
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Clicked twice")
    app.text_input(key="new_domain").set_value("clicked-twice.freshchat.com")
    click(app, "Save integration")
    click(app, "Save integration")
    assert (errors(app), "Install the injixo app" in shown(app)) == ([], True)
    assert [known.name for known in system.directory.active()] == ["Clicked twice"]


def test_what_was_typed_of_a_new_integration_is_kept_for_the_visit_until_it_is_added(
    open_page: Any, system: System
) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Half filled")
    app.text_input(key="new_api_key").set_value("freshchat-key")
    app.selectbox(key="new_country").set_value("DE")
    app.radio(key="new_counting").set_value("once_per_chat").run()
    app.selectbox(key="new_region_DE").set_value("BY").run()

    def again() -> None:
        app.switch_page("integrations.py").run()
        app.query_params.update(FORM)
        app.switch_page("add_integration.py").run()

    again()
    assert app.text_input(key="new_name").value == "Half filled"
    app.text_input(key="new_domain").set_value("half.freshchat.com").run()
    click(app, "Save integration")
    (saved,) = system.directory.active()
    assert (saved.name, saved.holidays, saved.counting) == ("Half filled", "DE-BY", "once_per_chat")
    assert stored_key(system, saved) == "freshchat-key"
    again()
    fields = [app.text_input(key=f"new_{name}").value for name in ("name", "domain", "api_key")]
    assert (fields, app.radio(key="new_counting").value) == (["", "", ""], "every_resolution")


def test_a_key_is_mended_where_it_is_unambiguous(open_page: Any, system: System) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("example.freshchat.com")
    app.text_input(key="new_api_key").set_value("Bearer “freshchat-key”").run()
    assert "Stillwatch will use the key alone" in shown(app)
    click(app, "Save integration")
    (saved,) = system.directory.active()
    assert stored_key(system, saved) == "freshchat-key"


def test_a_domain_that_is_connected_already_is_connected_again_only_when_that_is_meant(
    open_page: Any, system: System, integration: Integration
) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("https://EXAMPLE.freshchat.com/inbox").run()
    assert "This domain is already connected as “Kundenservice”." in shown(app)
    click(app, "Save integration")
    assert errors(app) == ["Enter another domain, or say below that it shall be connected once more."]
    assert system.directory.active() == [integration]
    app.checkbox[0].check().run()
    click(app, "Save integration")
    assert sorted(entry.name for entry in system.directory.active()) == ["Kundenservice", "Sales"]


def test_what_is_typed_outlives_a_change_of_language(open_page: Any) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales").run()
    app.segmented_control(key="language").set_value("de").run()
    assert "Zugangsdaten" in shown(app)
    assert app.text_input(key="new_name").value == "Sales"


def test_the_interface_and_the_admin_api_see_the_same(open_page: Any, admin: Any, api: TestClient) -> None:
    app = open_page("add_integration.py", **FORM)
    app.text_input(key="new_name").set_value("Sales")
    app.text_input(key="new_domain").set_value("example.freshchat.com")
    click(app, "Save integration")
    (listed,) = admin("GET", "/integrations").json()["integrations"]
    assert (listed["name"], listed["domain"]) == ("Sales", "example.freshchat.com")
