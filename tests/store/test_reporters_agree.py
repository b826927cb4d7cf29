"""App, webhook and backfill together count each contact once, whatever they tell, in whatever order, how often."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.chats import Event, Reporter
from data.integrations import Integration
from services import ingest
from services.fields import read_id
from services.system import System
from tests.conftest import NOW

GROUPS = {"g1": "Verkauf", "g2": "Technik"}
SPACING = timedelta(minutes=10)
START = NOW - timedelta(hours=3)
GUID = "4ec945ec-6717-409d-9549-198d5d121bd1"
CLOCKS_DIFFER = timedelta(seconds=55)
REPORTERS: tuple[Reporter, ...] = ("app", "webhook", "backfill")
_chat_numbers = count()


@dataclass(frozen=True)
class Resolution:
    """What truly happened: the chat was resolved at this time, in this group or in none."""

    at: datetime
    interaction_id: str
    group_id: str | None


@st.composite
def chats(draw: st.DrawFn) -> list[Resolution]:
    groups = draw(st.lists(st.sampled_from([*GROUPS, None]), min_size=1, max_size=3))
    return [
        Resolution(START + number * SPACING, f"1-{number}", group_id)
        for number, group_id in enumerate(groups)
    ]


@st.composite
def reports(draw: st.DrawFn, resolution: Resolution, reporter: Reporter) -> Event:
    """One reporter's view of a resolution: its clock, and as much as that kind of reporter knows."""
    skew = draw(st.integers(0, int(CLOCKS_DIFFER.total_seconds())))
    knows_interaction = draw(st.booleans())
    names_group = reporter != "webhook" and draw(st.booleans())
    group_id = resolution.group_id if reporter != "webhook" or draw(st.booleans()) else None
    return Event(
        "resolved",
        resolution.at + timedelta(seconds=skew),
        resolution.interaction_id if knows_interaction else None,
        resolution.at - timedelta(minutes=3) if reporter == "app" and draw(st.booleans()) else None,
        group_id,
        GROUPS.get(group_id) if names_group and group_id else None,
        reporter,
        NOW + timedelta(seconds=draw(st.integers(0, 600))),
    )


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Resolution], list[list[Event]]]:
    """A chat, and everything that its reporters tell of it: shuffled, repeated, in batches of any size."""
    chat = draw(chats())
    told: list[Event] = []
    for resolution in chat:
        who = draw(st.sets(st.sampled_from(REPORTERS), min_size=1))
        told += [draw(reports(resolution, reporter)) for reporter in sorted(who)]
        if draw(st.booleans()):
            reopened_at = resolution.at + SPACING / 2
            told.append(Event("reopened", reopened_at, None, None, None, None, "webhook", NOW))
    told += draw(st.lists(st.sampled_from(told), max_size=4))
    told = draw(st.permutations(told))
    size = draw(st.integers(1, len(told)))
    return chat, [told[start : start + size] for start in range(0, len(told), size)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(given_deliveries=deliveries())
def test_each_contact_is_counted_once(
    system: System,
    integration: Integration,
    given_deliveries: tuple[list[Resolution], list[list[Event]]],
) -> None:
    chat, batches = given_deliveries
    chat_id = f"chat-{next(_chat_numbers)}"
    receipts = [
        system.writer.submit(
            ingest.record,
            ingest.Delivery(integration.integration_id, [(chat_id, event) for event in batch]),
        ).result()
        for batch in batches
    ]
    contacts = system.database.rows(
        "SELECT resolved_at, group_id FROM contact WHERE chat_id = $chat_id ORDER BY resolved_at",
        chat_id=chat_id,
    )
    assert len(contacts) == len(chat)
    assert sum(receipt.accepted for receipt in receipts) == len(chat)
    told = [event for batch in batches for event in batch]
    for (resolved_at, group_id), truth in zip(contacts, chat, strict=True):
        assert truth.at <= resolved_at <= truth.at + CLOCKS_DIFFER
        knows_group = any(
            event.group_id for event in told if abs(event.occurred_at - truth.at) <= CLOCKS_DIFFER
        )
        assert group_id == (truth.group_id if knows_group else None)
    ((counted,),) = system.database.rows("SELECT sum(contacts)::bigint FROM contact_count")
    ((stored,),) = system.database.rows("SELECT count(*) FROM contact")
    assert counted == stored


def test_two_chat_ids_are_two_contacts_even_when_they_share_an_interaction_id(
    system: System, integration: Integration
) -> None:
    """Freshchat's number of a chat begins its interaction ids; whether a report names chats by it is not known."""
    told: list[tuple[str, datetime, Reporter]] = [
        (GUID, START, "app"),
        (GUID.upper(), START + timedelta(seconds=1), "webhook"),
        ("1019183591791880", START + timedelta(minutes=1), "backfill"),
        ("another", START + timedelta(minutes=1), "app"),
    ]
    for chat_id, at, reporter in told:
        event = Event("resolved", at, "1019183591791880-1752164389742", None, "g1", "Verkauf", reporter, NOW)
        delivery = ingest.Delivery(integration.integration_id, [(read_id(chat_id), event)])
        system.writer.submit(ingest.record, delivery).result()
    counted = system.database.rows("SELECT chat_id FROM contact ORDER BY chat_id")
    assert [chat_id for (chat_id,) in counted] == ["1019183591791880", GUID, "another"]
