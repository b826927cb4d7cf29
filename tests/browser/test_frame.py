"""What surrounds the pages: the language of the document, Streamlit's own words, the drawer, the scheme."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AT_REST, Stillwatch
from tests.browser.test_forms import added

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_the_document_and_streamlits_own_words_follow_the_language(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    added(stillwatch, "Language")
    page = visit(f"{stillwatch.url}/integrations", locale="en-GB")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "en")
    expect(page.get_by_text("Skip to main content")).to_have_count(1)
    page.get_by_test_id("stSidebar").get_by_text("Deutsch").click()
    expect(html).to_have_attribute("lang", "de")
    expect(page.get_by_text("Zum Inhalt springen")).to_have_count(1)
    page.get_by_role("button", name="Integration hinzufügen").click()
    page.get_by_role("button", name="Modell wählen").click()
    page.get_by_role("button", name="Integration hinzufügen").click()
    expect(page.get_by_role("button", name="Passwort anzeigen")).to_be_visible()
    expect(page.get_by_role("button", name="Hilfe zu Name", exact=True)).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_text("English").click()
    expect(page.get_by_role("button", name="Show password")).to_be_visible()
    expect(page.get_by_role("button", name="Help for Name", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("menu", re.IGNORECASE))).to_have_count(0)


def test_the_date_picker_speaks_the_chosen_language(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    integration_id = added(stillwatch, "Dates")
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}", locale="en-GB")
    page.get_by_test_id("stSidebar").get_by_text("Deutsch").click()
    page.get_by_role("tab", name="Einstellungen").click()
    page.get_by_text("Schließtage und geplante Ausfallzeiten").click()
    page.evaluate(AT_REST)
    page.get_by_role("button", name="Datum auswählen").first.click()
    picker = page.get_by_test_id("stDateInputCalendar")
    months = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    expect(picker.get_by_role("button", name="Nächster Monat")).to_be_visible()
    expect(picker).to_contain_text(re.compile(months))
    expect(picker).not_to_contain_text(re.compile("Past|None|week", re.IGNORECASE))
    expect(picker).to_contain_text(re.compile(r"D\s*M\s*D"))


@pytest.mark.parametrize(
    ("locale", "title", "home"),
    [("en-GB", "Page not found", "To the overview"), ("de-AT", "Seite nicht gefunden", "Zur Übersicht")],
)
def test_an_unknown_page_is_said_to_be_none_and_leads_home(
    stillwatch: Stillwatch, visit: Callable[..., Page], locale: str, title: str, home: str
) -> None:
    page = visit(stillwatch.url, locale=locale).context.new_page()  # the browser logs a 404 of a page
    page.goto(f"{stillwatch.url}/nonsense")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("link", name=home).click()
    expect(page.get_by_test_id("stApp")).to_be_visible()


def test_the_chosen_language_is_that_of_the_next_visit(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    page = visit(f"{stillwatch.url}/integrations", locale="en-GB")
    page.get_by_test_id("stSidebar").get_by_text("Deutsch").click()
    expect(page.get_by_role("heading", name="Integrationen")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.wait_for_function("document.cookie.includes('stillwatch_language=de')")
    again = page.context.new_page()
    again.goto(f"{stillwatch.url}/integrations")
    expect(again.get_by_role("heading", name="Integrationen")).to_be_visible()
    assert "language" not in again.url


def test_the_drawer_closes_after_a_page_was_chosen(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    added(stillwatch, "Drawer")
    page = visit(f"{stillwatch.url}/integrations", **PHONE)
    while not page.evaluate("Object.hasOwn(navigator, 'language')"):  # our script is there, and knows of taps
        page.wait_for_timeout(50)
    sidebar = page.get_by_test_id("stSidebar")
    page.get_by_role("button", name=re.compile("(Open|Expand) sidebar")).tap()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    sidebar.get_by_role("link", name="Contacts").tap()
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    expect(sidebar).to_have_attribute("data-collapsed", "true")


def test_a_change_of_the_scheme_is_followed_at_once(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    added(stillwatch, "Scheme")
    page = visit(f"{stillwatch.url}/integrations", color_scheme="light")
    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
    chosen = page.get_by_role("radio", name="English")
    expect(chosen).to_have_css("color", "rgb(11, 107, 116)")
    logo = page.get_by_role("img", name="Logo").first
    light = logo.get_attribute("src")
    page.emulate_media(color_scheme="dark")
    expect(chosen).to_have_css("color", "rgb(108, 199, 207)")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(8, 13, 16)")
    expect(logo).not_to_have_attribute("src", light or "")
