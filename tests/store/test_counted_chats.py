"""One row for each chat that was counted: exactly those that a figure counts."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.integrations import Integration
from services import integrations
from services.contacts.chats import chats_csv, counted_chats
from services.contacts.periods import Period
from services.contacts.view import contact_view, earlier_periods
from services.integrations.draft import Draft
from services.system import System
from services.translation import Words

TODAY = Period.around("day", date(2026, 3, 3))
Resolve = Callable[..., None]


@pytest.fixture(autouse=True)
def _contacts(system: System, resolve: Resolve) -> None:
    now = system.clock()
    resolve("Support", now - timedelta(hours=2), 3)
    resolve("Sales", now - timedelta(hours=1), 2)
    resolve("Sales", now - timedelta(hours=1), 1, reporter="backfill", received_at=now)
    resolve("Support", now - timedelta(days=1), 4)


@pytest.mark.parametrize("queues", [["Support"], ["Sales"], ["Support", "Sales"]])
def test_there_is_a_row_for_every_contact_of_the_figure(
    system: System, integration: Integration, queues: list[str]
) -> None:
    arguments = (system, integration.integration_id, TODAY, "60m", queues, system.clock())
    figure = contact_view(*arguments, earlier=earlier_periods(*arguments)).until_now
    chats = counted_chats(system, integration.integration_id, TODAY, queues, system.clock())
    assert len(chats) == figure
    assert {chat.queue for chat in chats} == set(queues)
    assert chats == sorted(chats, key=lambda chat: (chat.resolved_at, chat.chat_id))


def test_with_each_chat_counted_once_a_second_resolution_has_no_row(
    system: System, integration: Integration, push: Callable[..., object]
) -> None:
    now = system.clock()
    for minutes in (50, 20):
        at = (now - timedelta(minutes=minutes)).isoformat()
        push("/events", json={"chat_id": "twice", "resolved_at": at, "group": {"id": "9", "name": "Twice"}})

    def rows() -> int:
        return len(counted_chats(system, integration.integration_id, TODAY, ["Twice"], now))

    assert rows() == 2
    draft = Draft(integration.name, integration.domain, time_zone="Europe/Berlin", counting="once_per_chat")
    integrations.change(system, integration.integration_id, draft)
    assert rows() == 1


def test_the_rows_are_what_a_spreadsheet_reads_and_run_nothing(
    system: System, integration: Integration
) -> None:
    (chat, *_) = counted_chats(system, integration.integration_id, TODAY, ["Support"], system.clock())
    evil = replace(chat, chat_id="=1+1", resolved_at=datetime(2026, 3, 3, 7, 0, 5, tzinfo=UTC))
    text = chats_csv([evil], Words("de", "Europe/Berlin")).decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text), delimiter=";")
    assert header[:3] == ["Chat", "Interaktion", "Quell-Queue"]
    assert row[0] == "'=1+1"
    assert row[3:7] == ["03.03.2026", "08:00:05", "UTC+01:00", "ja"]
    assert row[7] == "injixo-App"
