"""Groups are synchronised; contacts that waited for a name get it; queues without a group become inactive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from data.chats import Event
from data.contacts import queues
from data.groups import FreshchatGroup, freshchat_groups
from data.integrations import Integration
from services import ingest, integrations
from services.asking.groups import compare, inactive_queues, is_due, keep_synchronised, synchronise
from services.freshchat.answers import Group
from services.freshchat.errors import RetryLater
from services.ingest.deliveries import Delivery
from services.system import System
from tests.conftest import Clock
from tests.unit.freshchat.fake import FakeFreshchat, answer

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
Listing = Callable[..., None]


@pytest.fixture
def sync(system: System, integration: Integration, clock: Clock) -> Listing:
    """Synchronise with a Freshchat that lists these groups, as id=name."""

    def run(**listed: str) -> None:
        body = {"groups": [{"id": group_id, "name": name} for group_id, name in listed.items()]}
        synchronise(system, integration, FakeFreshchat([body]).client(), clock())

    return run


def resolve(
    system: System, integration: Integration, chat_id: str, group_id: str, name: str | None = None
) -> None:
    now = system.clock()
    event = Event("resolved", now, None, None, group_id, name, "webhook", now)
    system.writer.submit(ingest.record, Delivery(integration.integration_id, [(chat_id, event)])).result()


def counted(system: System, integration: Integration) -> dict[str, int]:
    return {queue.queue: queue.contacts for queue in queues(system.database, integration.integration_id)}


def test_contacts_that_wait_for_a_name_get_it(
    system: System, integration: Integration, sync: Listing
) -> None:
    resolve(system, integration, "c1", "g1")
    resolve(system, integration, "c2", "g2")
    assert counted(system, integration) == {"Undefined_Queue": 2}
    sync(g1="Support", g3="Vertrieb")
    assert counted(system, integration) == {"Support": 1, "Undefined_Queue": 1}


def test_a_renamed_group_starts_a_new_queue(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    sync(g1="Support")
    resolve(system, integration, "c1", "g1")
    clock.advance(days=1)
    sync(g1="Kundendienst")
    clock.advance(hours=1)
    resolve(system, integration, "c2", "g1")
    assert counted(system, integration) == {"Support": 1, "Kundendienst": 1}
    assert inactive_queues(system.database, integration) == {"Support"}


def test_a_deleted_group_leaves_an_inactive_queue_with_its_history(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    sync(g1="Support", g2="Vertrieb")
    resolve(system, integration, "c1", "g1")
    clock.advance(days=1)
    sync(g2="Vertrieb")
    assert counted(system, integration) == {"Support": 1}
    assert inactive_queues(system.database, integration) == {"Support"}
    assert freshchat_groups(system.database, integration.integration_id) == [
        FreshchatGroup(integration.integration_id, "g1", "Support", NOW, missing_since=clock()),
        FreshchatGroup(integration.integration_id, "g2", "Vertrieb", NOW),
    ]


def test_a_queue_is_not_inactive_because_its_group_is_newer_than_the_list(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    sync(g1="Support")
    clock.advance(hours=1)
    resolve(system, integration, "c1", "g9", "Ganz neu")
    assert inactive_queues(system.database, integration) == frozenset()


def test_nothing_is_inactive_before_the_groups_are_known(system: System, integration: Integration) -> None:
    resolve(system, integration, "c1", "g1", "Support")
    assert inactive_queues(system.database, integration) == frozenset()


def test_the_undefined_queue_is_never_inactive(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    resolve(system, integration, "c1", "g1")
    clock.advance(days=1)
    sync(g2="Support")
    assert inactive_queues(system.database, integration) == frozenset()


def test_all_queues_of_a_deleted_integration_are_inactive(
    system: System, integration: Integration, sync: Listing
) -> None:
    resolve(system, integration, "c1", "g1", "Support")
    sync(g1="Support")
    integrations.delete(system, integration.integration_id)
    deleted = system.integration_with_history(integration.integration_id)
    assert inactive_queues(system.database, deleted) == {"Support"}


def test_groups_are_due_at_first_daily_and_for_a_group_that_was_not_listed(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    def due() -> bool:
        return is_due(system.database, integration.integration_id, clock())

    assert due()
    sync(g1="Support")
    clock.advance(minutes=5)
    resolve(system, integration, "c1", "g1", "Support")
    assert not due()
    resolve(system, integration, "c2", "g2")
    assert due()
    sync(g1="Support")  # g2 is not listed: asking again would not help
    clock.advance(minutes=5)
    assert not due()
    resolve(system, integration, "c3", "g1", "Kundendienst")
    assert due()
    sync(g1="Kundendienst")
    resolve(system, integration, "c4", "g4")
    assert not due()  # not twice in a minute
    clock.advance(days=1)
    assert due()


def test_a_failure_is_remembered_and_tried_again_later(
    system: System, integration: Integration, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeFreshchat(lambda _: answer({}, 503))
    monkeypatch.setattr(system, "freshchat", lambda *_: fake.client(attempts=1))
    assert keep_synchronised(system, integration, clock())
    assert not keep_synchronised(system, integration, clock.advance(minutes=9))
    assert keep_synchronised(system, integration, clock.advance(minutes=1))
    assert len(fake.requests) == 2


def test_a_refused_key_shows_in_the_configuration_status(
    system: System, integration: Integration, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeFreshchat([answer({}, 401), {"groups": []}])
    monkeypatch.setattr(system, "freshchat", lambda *_: fake.client())
    keep_synchronised(system, integration, clock())
    refused = system.integration(integration.integration_id)
    assert refused.configuration == "invalid_credentials"


def test_a_list_that_breaks_off_changes_nothing(
    system: System, integration: Integration, sync: Listing, clock: Clock
) -> None:
    sync(g1="Support", g2="Vertrieb")
    page = {
        "groups": [{"id": "g1", "name": "Support"}],
        "links": {"next_page": {"href": "/v2/groups?page=2"}},
    }
    fake = FakeFreshchat([page, *[httpx.ReadTimeout("slow")] * 3])
    with pytest.raises(RetryLater):
        synchronise(system, integration, fake.client(), clock.advance(days=1))
    assert all(
        group.missing_since is None for group in freshchat_groups(system.database, integration.integration_id)
    )


def test_a_group_that_comes_back_is_listed_anew() -> None:
    gone = FreshchatGroup("i", "g1", "Support", NOW, missing_since=NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    assert compare("i", [gone], [Group("g1", "Support")], later) == [
        FreshchatGroup("i", "g1", "Support", later)
    ]
    assert compare("i", [FreshchatGroup("i", "g1", "Support", NOW)], [Group("g1", "Support")], later) == []
