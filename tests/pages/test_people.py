"""The page of people and programs: what was chosen is what is done."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from services.people.person import Asker, Person
from services.settings import Settings
from services.signing_in.arrivals import Claims, arrived_by
from services.signing_in.people import add_person
from services.signing_in.tokens import make_token
from services.system import System
from tests.pages.conftest import Disturb
from tests.pages.reading import click, shown


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts", "first_admin": "kim@example.com"})


@pytest.fixture
def people(open_page: Any, system: System, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page as the admin Kim sees it."""
    kim = add_person(system, "kim@example.com", "admin")
    person = Person(kim.person_id, kim.name, "admin")
    monkeypatch.setattr("pages.parts.reader.visitor", lambda system, named: person)
    page: AppTest = open_page("people.py")
    return page


def test_somebody_is_added_with_the_role_that_is_chosen_and_gets_a_link(
    people: AppTest, system: System
) -> None:
    people.text_input(key="new_person").set_value("Lee@example.com")
    people.radio(key="role_new").set_value("support")
    click(people, "Add")
    lee = system.known.named("lee@example.com")
    assert lee is not None
    assert lee.role == "support"
    assert any("/invitation/" in code.value for code in people.code)
    assert people.text_input(key="new_person").value == ""


def test_what_is_no_address_or_known_already_is_said(people: AppTest, system: System) -> None:
    for typed, said in {"lee": "Give an e-mail address", "KIM@example.com": "on the list already"}.items():
        people.text_input(key="new_person").set_value(typed)
        click(people, "Add")
        assert said in shown(people)
    assert len(system.known.people) == 1


def test_the_last_admin_has_no_button_to_leave(people: AppTest) -> None:
    assert "This is you" in shown(people)
    assert not [button for button in people.button if button.label in ("Remove", "Change")]


def test_a_token_is_shown_once_and_listed_with_its_role(people: AppTest, system: System) -> None:
    click(people, "Make")
    assert "Say what the token is for." in shown(people)
    people.text_input(key="token_name").set_value("scraper")
    click(people, "Make")
    (token,) = system.known.tokens.values()
    assert (token.name, token.role, token.created_by) == ("scraper", "supervisor", "kim@example.com")
    assert any(code.value.startswith("swt_") for code in people.code)
    click(people, "I have copied it")
    assert not any(code.value.startswith("swt_") for code in people.code)
    click(people, "Revoke")
    assert system.known.tokens == {}


def test_who_removes_somebody_is_told_which_tokens_they_may_still_know(
    people: AppTest, system: System
) -> None:
    lee = add_person(system, "lee@example.com", "admin")
    person = Person(lee.person_id, lee.name, "admin")
    make_token(system.asked_by(Asker(lambda: person)), "nightly export", "support", None)
    people.run()
    people.button(key=f"remove_{lee.person_id}").click().run()
    assert "nightly export" in people.warning[0].value
    click(people, "Yes, remove")
    assert system.known.named("lee@example.com") is None
    assert len(system.known.tokens) == 1


def test_a_token_is_made_once_and_shown_though_another_request_comes(
    people: AppTest, system: System, disturb: Disturb
) -> None:
    people.text_input(key="token_name").set_value("scraper")
    disturb("pages.parts.people.tokens.make_token")
    click(people, "Make")
    assert len(system.known.tokens) == 1
    assert [code for code in people.code if code.value.startswith("swt_")]
    assert people.text_input(key="token_name").value == ""


def test_a_second_click_that_breaks_off_the_first_makes_no_second_token(
    people: AppTest, system: System, disturb: Disturb
) -> None:
    people.text_input(key="token_name").set_value("scraper")
    disturb("pages.parts.people.tokens.make_token", by="click")
    click(people, "Make")
    click(people.run(), "Make")
    assert len(system.known.tokens) == 1
    assert [code for code in people.code if code.value.startswith("swt_")]
    assert people.text_input(key="token_name").value == ""


@pytest.mark.parametrize("function", ["add_person", "invite"])
def test_a_second_click_that_breaks_off_the_first_finds_whom_that_one_has_added(
    people: AppTest, system: System, disturb: Disturb, function: str
) -> None:
    people.text_input(key="new_person").set_value("lee@example.com")
    disturb(f"pages.parts.people.people.{function}", by="click")
    click(people, "Add")
    click(people.run(), "Add")
    assert (people.error.values, len(system.known.people)) == ([], 2)
    assert [code for code in people.code if "/invitation/" in code.value]
    assert people.text_input(key="new_person").value == ""


@pytest.mark.parametrize("function", ["add_person", "invite"])
def test_somebody_is_added_once_and_invited_though_another_request_comes(
    people: AppTest, system: System, disturb: Disturb, function: str
) -> None:
    people.text_input(key="new_person").set_value("lee@example.com")
    disturb(f"pages.parts.people.people.{function}")
    click(people, "Add")
    assert sorted(person.name for person in system.known.people.values()) == [
        "kim@example.com",
        "lee@example.com",
    ]
    assert [code for code in people.code if "/invitation/" in code.value]
    assert people.text_input(key="new_person").value == ""


def test_who_comes_by_one_provider_alone_is_told_apart_and_not_invited(
    people: AppTest, system: System
) -> None:
    name = "lee@example.com"
    lee = arrived_by(system, Claims(name, ("support",), "okta"))
    (kim,) = (one for one in system.known.people.values() if one.name != name)
    people.run()
    assert "comes by okta alone" in shown(people)
    keys = {button.key for button in people.button}
    assert f"change_{lee.person_id}" in keys
    assert f"invite_{lee.person_id}" not in keys
    assert lee.name == "lee@example.com (okta)"
    assert kim.provider is None
