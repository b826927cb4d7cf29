"""A click is done in full, though the page refreshes itself or is clicked again in that very moment."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services.people.person import Person
from services.settings import Settings
from services.signing_in.people import add_person
from services.system import System
from tests.pages.reading import click

Disturb = Callable[[str], None]


def another_request_comes() -> None:
    context = get_script_run_ctx()
    assert context is not None
    assert context.script_requests is not None
    same = RerunData(query_string=context.query_string, page_script_hash=context.page_script_hash)
    context.script_requests.request_rerun(same)


@pytest.fixture
def disturb(monkeypatch: pytest.MonkeyPatch) -> Disturb:
    """Have another request of the window come once, while the named function runs."""

    def disturb(name: str) -> None:
        module, _, function = name.rpartition(".")
        called = getattr(import_module(module), function)
        requests = [another_request_comes]

        def disturbed(*arguments: Any, **named: Any) -> Any:
            result = called(*arguments, **named)
            if requests:
                requests.pop()()
            return result

        monkeypatch.setattr(name, disturbed)

    return disturb


@pytest.mark.parametrize("function", ["current", "generate_key"])
def test_a_key_is_made_once_and_shown(
    open_page: Any, system: System, integration: Integration, disturb: Disturb, function: str
) -> None:
    app = open_page("integration.py", integration=integration.integration_id)
    disturb(f"pages.parts.integration.key_rotation.{function}")
    click(app, "Generate injixo API key")
    (key,) = system.directory.keys_of(integration.integration_id)
    assert [code.value for code in app.code if code.value.startswith(key.prefix)]
    assert not app.toast


class TestWithSignIn:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"sign_in": "accounts", "first_admin": "kim@example.com"})

    @pytest.fixture
    def people(self, open_page: Any, system: System, monkeypatch: pytest.MonkeyPatch) -> AppTest:
        """The page as the admin Kim sees it."""
        kim = add_person(system, "kim@example.com", "admin")
        monkeypatch.setattr(
            "pages.parts.reader.visitor", lambda system, named: Person(kim.person_id, kim.name, "admin")
        )
        page: AppTest = open_page("people.py")
        return page

    def test_a_token_is_made_once_and_shown(self, people: AppTest, system: System, disturb: Disturb) -> None:
        people.text_input(key="token_name").set_value("scraper")
        disturb("pages.parts.people.tokens.make_token")
        click(people, "Make")
        assert len(system.known.tokens) == 1
        assert [code for code in people.code if code.value.startswith("swt_")]
        assert people.text_input(key="token_name").value == ""

    @pytest.mark.parametrize("function", ["add_person", "invite"])
    def test_somebody_is_added_once_and_the_invitation_is_shown(
        self, people: AppTest, system: System, disturb: Disturb, function: str
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
