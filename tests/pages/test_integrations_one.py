"""One integration: settings, the installation of the app, keys and the webhook."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Configuration, Integration
from pages.parts import reader
from services import integrations
from services.asking.configuration import DETAILS
from services.people.person import Person
from services.system import System
from tests.conftest import Clock
from tests.pages.conftest import Disturb
from tests.pages.reading import click, labels, shown, stored_key


@pytest.fixture
def open_integration(open_page: Any, integration: Integration) -> Any:
    return lambda **query: open_page("integration.py", integration=integration.integration_id, **query)


def keys(system: System, integration: Integration) -> list[integrations.ListedKey]:
    return integrations.listed_keys(system, integration.integration_id)


def new_key(app: AppTest) -> str:
    return next(code.value for code in app.code if code.value.startswith("ijx_"))


def test_an_unknown_integration_is_said_to_be_gone(open_page: Any) -> None:
    assert "There is no such integration" in shown(open_page("integration.py", integration="nobody"))
    assert "There is no such integration" in shown(open_page("integration.py"))


@pytest.mark.parametrize(
    ("configuration", "name", "advice"),
    [
        ("invalid_credentials", "Invalid credentials", "Copy the key of an Account Administrator"),
        ("missing_scope", "Permission missing", "generates a new one and saves it in the settings"),
        ("unreachable", "Freshchat not reachable", "Check the domain"),
        ("not_freshchat", "Not Freshchat's API", "Your chat URL"),
    ],
)
def test_each_answer_of_freshchat_says_what_to_do(
    open_integration: Any,
    system: System,
    integration: Integration,
    configuration: Configuration,
    name: str,
    advice: str,
) -> None:
    integrations.note_configuration(system, integration.integration_id, configuration, "detail")
    text = shown(open_integration())
    assert name in text
    assert advice in text


@pytest.mark.parametrize(
    "configuration", ["invalid_credentials", "missing_scope", "unreachable", "not_freshchat"]
)
def test_what_is_wrong_with_the_credentials_leads_to_where_they_are(
    open_integration: Any, system: System, integration: Integration, configuration: Configuration
) -> None:
    integrations.note_configuration(system, integration.integration_id, configuration, "detail")
    app = click(open_integration(tab="status"), "To the credentials")
    assert app.query_params["tab"] == "settings"


@pytest.mark.usefixtures("refused")
def test_an_outage_leads_to_the_tab_that_mends_it(open_integration: Any) -> None:
    app = click(open_integration(), "Generate a new key")
    assert app.query_params["tab"] == "keys"


@pytest.mark.usefixtures("refused")
def test_who_may_not_mend_an_outage_is_led_to_what_is_known_of_it(
    open_integration: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LOCAL", Person("p", "Kim", "support"))
    app = open_integration()
    assert "Generate a new key" not in labels(app)
    assert "See why and what to do" in [link.proto.label for link in app.get("page_link")]


def test_while_it_is_set_up_the_steps_lead_on_and_no_button_over_them(open_integration: Any) -> None:
    assert "Install the injixo app" not in labels(open_integration())


def test_credentials_that_work_lead_nowhere_else(
    open_integration: Any, system: System, integration: Integration
) -> None:
    integrations.note_configuration(system, integration.integration_id, "operational", "detail")
    assert "To the credentials" not in labels(open_integration(tab="status"))


def test_a_key_that_cannot_be_read_any_more_is_not_called_wrong(
    open_integration: Any, system: System, integration: Integration
) -> None:
    integrations.note_configuration(
        system, integration.integration_id, *DETAILS["unreadable_key"], "unreadable_key"
    )
    assert "cannot be read" in shown(open_integration())


def test_checking_the_credentials_tries_them_now(
    open_integration: Any, system: System, integration: Integration
) -> None:
    assert "Freshchat not reachable" in shown(click(open_integration(), "Check credentials"))
    assert system.integration(integration.integration_id).configuration == "unreachable"


@pytest.mark.parametrize("typed", ["", " "])
def test_a_changed_domain_is_tried_and_an_empty_key_field_keeps_the_key(
    open_integration: Any, system: System, integration: Integration, typed: str
) -> None:
    integrations.note_configuration(system, integration.integration_id, "operational", "fine")
    app = open_integration()
    app.text_input(key=f"{integration.integration_id}_domain").set_value("other.freshchat.com")
    app.text_input(key=f"{integration.integration_id}_api_key").set_value(typed)
    click(app, "Save integration")
    saved = system.integration(integration.integration_id)
    assert (saved.domain, saved.configuration) == ("other.freshchat.com", "unreachable")
    assert saved.freshchat_api_key == integration.freshchat_api_key


def test_a_changed_name_leaves_the_credentials_untried(
    open_integration: Any, system: System, integration: Integration
) -> None:
    integrations.note_configuration(system, integration.integration_id, "operational", "fine")
    app = open_integration()
    app.text_input(key=f"{integration.integration_id}_name").set_value("Support")
    click(app, "Save integration")
    saved = system.integration(integration.integration_id)
    assert (saved.name, saved.configuration) == ("Support", "operational")


def test_the_freshchat_key_is_never_shown_again(open_integration: Any, integration: Integration) -> None:
    app = open_integration()
    assert app.text_input(key=f"{integration.integration_id}_api_key").value == ""


def test_a_key_that_was_saved_is_in_the_field_no_more(
    open_integration: Any, system: System, integration: Integration
) -> None:
    app = open_integration()
    field = f"{integration.integration_id}_api_key"
    app.text_input(key=field).set_value("another-key")
    click(app, "Save integration")
    assert stored_key(system, system.integration(integration.integration_id)) == "another-key"
    assert app.text_input(key=field).value == ""


def test_settings_do_not_ask_about_a_domain_that_is_not_changed(
    open_integration: Any, system: System, integration: Integration
) -> None:
    integrations.add(system, integrations.Draft("Again", integration.domain))
    app = open_integration()
    app.text_input(key=f"{integration.integration_id}_name").set_value("Support")
    click(app, "Save integration")
    assert system.integration(integration.integration_id).name == "Support"


@pytest.mark.usefixtures("told_by_a_proxy")
def test_the_first_key_is_made_at_once_and_shown_once(
    open_integration: Any, system: System, integration: Integration
) -> None:
    app = click(open_integration(), "Generate injixo API key")
    key = new_key(app)
    (listed,) = keys(system, integration)
    assert key.startswith(listed.key.prefix)
    assert listed.key.created_by == app.user["email"]
    assert key not in str(app.query_params)
    click(app, "I have copied it")
    assert [code.value for code in app.code if code.value == key] == []


def test_a_key_that_was_not_copied_is_asked_about_before_it_is_gone(
    open_integration: Any, integration: Integration
) -> None:
    app = click(open_integration(), "Generate injixo API key")
    key = new_key(app)
    app.switch_page("integrations.py").run()
    assert "it cannot be shown again once you leave" in shown(app)
    assert [code.value for code in app.code if code.value == key] == []
    click(app, "Leave without it")
    app.query_params["integration"] = integration.integration_id
    app.switch_page("integration.py").run()
    assert [code.value for code in app.code if code.value == key] == []


def test_from_the_question_one_comes_back_to_the_key(open_integration: Any, integration: Integration) -> None:
    app = click(open_integration(), "Generate injixo API key")
    key = new_key(app)
    app.switch_page("contacts.py").run()
    app.query_params["integration"] = integration.integration_id
    app.switch_page("integration.py").run()
    assert new_key(app) == key


def test_a_copied_key_is_gone_after_another_page_without_a_question(
    open_integration: Any, integration: Integration
) -> None:
    app = click(open_integration(), "Generate injixo API key")
    key = new_key(app)
    made = app.session_state["drawer"]
    made["new_injixo_key"] = replace(made["new_injixo_key"], copied=True)
    app.switch_page("integrations.py").run()
    assert "it cannot be shown again" not in shown(app)
    app.query_params["integration"] = integration.integration_id
    app.switch_page("integration.py").run()
    assert [code.value for code in app.code if code.value == key] == []


def test_a_second_key_asks_how_long_the_first_lives_on(
    open_integration: Any, system: System, integration: Integration, key: str, push: Any, clock: Clock
) -> None:
    push("/heartbeat")
    clock.advance(minutes=1)
    app = click(open_integration(), "Generate new injixo API key")
    sentence = "is installed in the app (last used Tue 3 Mar, 10:00). It would end on Wed 4 Mar, 10:01."
    assert sentence in shown(app)
    click(app, "Generate")
    newest, previous = keys(system, integration)
    assert newest.key.expires_at is None
    assert previous.key.expires_at == clock.now + timedelta(hours=24)


def test_a_key_during_an_overlap_says_which_installed_key_would_die(
    open_integration: Any, system: System, integration: Integration, key: str, push: Any, clock: Clock
) -> None:
    push("/heartbeat")
    clock.advance(minutes=1)
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(days=7))
    app = open_integration()
    app.session_state["overlap"] = timedelta(0)
    click(app, "Generate new injixo API key")
    assert "An overlap is still running" in shown(app)
    unused, installed = keys(system, integration)
    assert f"`{installed.key.prefix}` is installed in the app" in shown(app)
    assert f"`{unused.key.prefix}` has never been used. It would end at once." in shown(app)
    click(app, "Cancel")
    assert len(keys(system, integration)) == 2


def test_a_key_is_revoked_only_after_a_second_click(
    open_integration: Any, system: System, integration: Integration, key: str, push: Any
) -> None:
    push("/heartbeat")
    app = click(open_integration(), "Revoke")
    assert "Contacts stop coming until another key is pasted" in shown(app)
    assert keys(system, integration)[0].ended is None
    click(app, "Yes, revoke")
    assert keys(system, integration)[0].ended == "revoked_key"


def test_a_refused_key_says_how_often_and_when(
    open_integration: Any, system: System, integration: Integration, key: str, push: Any
) -> None:
    (listed,) = keys(system, integration)
    integrations.revoke_key(system, integration.integration_id, listed.key.key_id)
    push("/heartbeat")
    push("/heartbeat")
    text = shown(open_integration())
    assert "Revoked, refused 2 times" in text
    assert "Last refused" in text


def test_the_look_out_waits_for_the_first_sign_of_life_and_sees_it(
    open_integration: Any, key: str, push: Any
) -> None:
    app = open_integration()
    assert "Waiting for the first sign of life of the injixo app …" in [info.value for info in app.info]
    push("/heartbeat")
    app.run()
    assert len(app.status) == 0
    assert "Connected: the injixo app last reported on Tue 3 Mar, 10:00" in app.success[0].value


def test_the_look_out_names_the_old_key_that_the_app_still_has(
    open_integration: Any, system: System, integration: Integration, key: str, push: Any, clock: Clock
) -> None:
    push("/heartbeat")
    clock.advance(minutes=1)
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(hours=1))
    assert "Waiting for the new key. The app still uses the previous" in shown(open_integration())
    clock.advance(hours=2)
    push("/heartbeat")
    assert f"The app still has `{key.rsplit('_', 2)[0]}…`, which is refused." in shown(open_integration())


def test_the_address_that_freshchat_cannot_reach_is_said_to_be_so(
    open_integration: Any, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Freshchat cannot reach this address" in shown(open_integration())
    public = system.settings.model_copy(update={"public_url": "https://stillwatch.example.com"})
    monkeypatch.setattr(system, "settings", public)
    app = open_integration()
    assert "stillwatch.example.com" in [code.value for code in app.code]
    assert "Freshchat cannot reach this address" not in shown(app)


def test_the_webhooks_address_names_the_integration(open_integration: Any, integration: Integration) -> None:
    address = f"/api/v1/freshchat/webhooks/{integration.integration_id}"
    assert any(code.value.endswith(address) for code in open_integration().code)


def test_only_a_public_key_is_saved_for_the_webhook(
    open_integration: Any, system: System, integration: Integration, public_key: str
) -> None:
    app = open_integration()
    app.text_area[0].set_value("no key")
    click(app, "Save public key")
    assert "This is no RSA public key" in shown(app)
    assert app.text_area[0].value == "no key"
    app.text_area[0].set_value(public_key)
    click(app, "Save public key")
    assert system.integration(integration.integration_id).webhook_public_key is not None
    assert "Waiting for the first delivery …" in [info.value for info in app.info]


def test_bad_signatures_are_counted_and_explained(
    open_integration: Any, system: System, integration: Integration, public_key: str, clock: Clock
) -> None:
    draft = replace(integrations.draft_of(integration), webhook_public_key=public_key)
    integrations.change(system, integration.integration_id, draft)
    system.activity.note(integration.integration_id, "", "webhook", clock.now, 3)
    system.activity.note(integration.integration_id, "", "bad_signature", clock.advance(minutes=1), 2)
    app = open_integration()
    assert "3 deliveries accepted, last on Tue 3 Mar, 10:00." in app.success[0].value
    assert "2 deliveries refused" in app.error[0].value
    assert "Copy it from Freshchat's webhook settings again" in app.error[0].value


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_speaks_the_chosen_language(open_integration: Any, language: str) -> None:
    app = open_integration(language=language)
    button = {"de": "injixo API-Key generieren", "en": "Generate injixo API key"}[language]
    assert button in labels(app)


def test_a_missing_freshchat_key_is_not_called_a_wrong_one(system: System, open_page: Any) -> None:
    without = integrations.add(system, integrations.Draft("Ohne", "example.freshchat.com"))
    text = shown(open_page("integration.py", integration=without.integration_id))
    assert "No API key" in text
    assert "Invalid credentials" not in text


@pytest.mark.parametrize("function", ["current", "generate_key"])
def test_a_key_is_made_once_and_shown_though_another_request_comes(
    open_page: Any, system: System, integration: Integration, disturb: Disturb, function: str
) -> None:
    app = open_page("integration.py", integration=integration.integration_id)
    disturb(f"pages.parts.integration.key_rotation.{function}")
    click(app, "Generate injixo API key")
    (key,) = system.directory.keys_of(integration.integration_id)
    assert [code.value for code in app.code if code.value.startswith(key.prefix)]
    assert not app.toast
