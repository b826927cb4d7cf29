"""Checking the Freshchat credentials gives five different answers, each remembered."""

from dataclasses import replace

import httpx
import pytest

from data.integrations import Configuration, Integration, save_integration
from services import integrations
from services.asking import configuration
from services.freshchat.errors import FreshchatError, Rejected, RetryLater
from services.integrations.draft import draft_of
from services.system import Invalid, System
from services.vault import Vault
from tests.unit.freshchat.fake import answer, sample


@pytest.fixture
def freshchat(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Response | Exception]:
    """The answers that Freshchat will give, at the network's edge."""
    answers: list[httpx.Response | Exception] = []

    def respond(_: httpx.Request) -> httpx.Response:
        given = answers.pop(0) if answers else answer({"data": []})  # no chat was resolved
        if isinstance(given, Exception):
            raise given
        return given

    http = httpx.Client(transport=httpx.MockTransport(respond))
    monkeypatch.setattr("services.system.http_client", lambda *, loopback: http)
    return answers


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (answer(sample("RECONSTRUCTED-accounts-configuration")), "operational"),
        (answer({}, 401), "invalid_credentials"),
        (answer({}, 403), "missing_scope"),
        (answer(raw=b"<html>", headers={"Content-Type": "text/html"}), "not_freshchat"),
        (answer(raw=b"hello"), "not_freshchat"),
        (answer({"configuration": {"account_id": "1019183040122821"}}), "operational"),
        (answer({}), "not_freshchat"),
        (answer({"status": "ok", "account_id": None}), "not_freshchat"),
        (answer({"account_id": {}, "organisation_id": ""}), "not_freshchat"),
        (answer({"configuration": {"theme": "dark"}}), "not_freshchat"),
        (answer(["account_id"]), "not_freshchat"),
        (answer({"error": "no such route"}, 404), "not_freshchat"),
        (answer({"code": 404, "status": "NOT_FOUND", "message": "not found"}, 404), "unreachable"),
        (answer(raw=b'{"account_id": 1, "app'), "unreachable"),
        (answer(raw=b""), "unreachable"),
        (answer({}, 503), "unreachable"),
        (httpx.ConnectError("refused"), "unreachable"),
    ],
)
def test_each_answer_is_told_apart_and_remembered(
    system: System, integration: Integration, freshchat: list[object], given: object, status: str
) -> None:
    freshchat.append(given)
    found = configuration.check(system, integration.integration_id)
    stored = system.integration(integration.integration_id)
    assert found.configuration == status
    assert (stored.configuration, stored.configuration_detail) == (status, found.detail)
    assert stored.configuration_reason == found.reason
    assert stored.configuration_checked_at == system.clock()


def test_a_key_that_may_not_ask_for_figures_lacks_a_scope(
    system: System, integration: Integration, freshchat: list[object]
) -> None:
    freshchat += [answer({"account_id": 1}), answer({"code": 403, "status": "FORBIDDEN"}, 403)]
    assert configuration.check(system, integration.integration_id).configuration == "missing_scope"
    for trouble in (answer({}, 503), answer({}, 429), answer(raw=b""), httpx.ConnectError("refused")):
        freshchat += [
            answer({"account_id": 1}),
            trouble,
        ]  # says nothing against a key that the account was told to
        assert configuration.check(system, integration.integration_id).configuration == "operational"


def test_a_damaged_answer_is_not_laid_to_the_domain(
    system: System, integration: Integration, freshchat: list[object]
) -> None:
    freshchat.append(answer(raw=b'{"account_id": 1, "app'))
    found = configuration.check(system, integration.integration_id)
    assert "says nothing against domain or API key" in found.detail
    assert found.reason == "garbled"
    freshchat.append(answer({"hello": "world"}))
    assert "Your chat URL" in configuration.check(system, integration.integration_id).detail


def test_new_credentials_are_tried_once_without_being_asked_for(
    system: System, integration: Integration, freshchat: list[object]
) -> None:
    def turn() -> str | None:
        configuration.keep_checked(system, system.integration(integration.integration_id), system.clock())
        return system.integration(integration.integration_id).configuration

    freshchat.append(answer(sample("RECONSTRUCTED-accounts-configuration")))
    assert [turn(), turn()] == ["operational", "operational"]  # a second call would find no answer
    wish = replace(draft_of(integration), freshchat_api_key="newer")
    integrations.change(system, integration.integration_id, wish)
    freshchat.append(answer({}, 401))
    assert turn() == "invalid_credentials"


def test_without_a_key_there_is_nothing_to_check(system: System, integration: Integration) -> None:
    bare = integrations.add(system, replace(draft_of(integration), name="Ohne Schlüssel"))
    found = configuration.check(system, bare.integration_id)
    assert found.configuration == "invalid_credentials"
    assert "No Freshchat API key is stored" in found.detail


def test_a_key_of_another_vault_has_to_be_entered_again(system: System, integration: Integration) -> None:
    system.vault = Vault(["A" * 43 + "="])
    found = configuration.check(system, integration.integration_id)
    assert found.configuration == "invalid_credentials"
    assert "another secret key" in found.detail


@pytest.mark.parametrize("key", ["schlüssel", "two words", "line\nbreak"])
def test_what_cannot_be_a_key_is_not_taken_and_not_sent_when_it_is_stored(
    system: System, integration: Integration, freshchat: list[object], key: str
) -> None:
    with pytest.raises(Invalid):
        integrations.change(
            system, integration.integration_id, replace(draft_of(integration), freshchat_api_key=key)
        )
    stored = replace(integration, freshchat_api_key=system.vault.lock(key))  # as an older version took it
    system.change(lambda transaction: save_integration(transaction, stored))
    freshchat.append(AssertionError("it was sent"))
    assert configuration.check(system, integration.integration_id).configuration == "invalid_credentials"
    assert len(freshchat) == 1


@pytest.mark.parametrize(
    ("before", "error", "after"),
    [
        ("operational", Rejected("unauthorised"), "invalid_credentials"),
        ("operational", Rejected("not_freshchat"), "not_freshchat"),
        ("operational", Rejected("forbidden"), "operational"),
        ("operational", RetryLater("busy"), "operational"),
        ("invalid_credentials", None, "operational"),
        ("unreachable", None, "operational"),
        ("missing_scope", None, "missing_scope"),
    ],
)
def test_other_calls_show_whether_the_credentials_work(
    system: System, integration: Integration, before: Configuration, error: FreshchatError | None, after: str
) -> None:
    known = integrations.note_configuration(system, integration.integration_id, before, "")
    configuration.note(system, known, error)
    assert system.integration(integration.integration_id).configuration == after


def test_an_answer_about_an_older_key_says_nothing_of_the_new_one(
    system: System, integration: Integration
) -> None:
    integrations.change(
        system, integration.integration_id, replace(draft_of(integration), freshchat_api_key="newer")
    )
    configuration.note(system, integration, Rejected("unauthorised"))
    assert system.integration(integration.integration_id).configuration is None
