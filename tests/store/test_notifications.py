"""Notifications in the real store: written with their incident, sent once, whatever is restarted or fails."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.alerts import Notification, alert, notifications, save_notifications, unfinished_notifications
from data.integrations import Integration
from data.watch import WATCHER, Cause, DataFlow, Incident, StoredVerdict, incidents, save_verdicts
from services import integrations
from services.alerting import sender as sender_module
from services.alerting.message import Message
from services.alerting.sender import Sender, send_test
from services.alerting.sending import send
from services.notifications import answers, channels, outbox
from services.notifications.channels import Channel, ChannelDraft
from services.notifications.due import MOST_TRIES, Due
from services.people.person import Asker, Person
from services.system import Invalid, NotFound, System
from services.watch import incidents as incident_keeping
from services.watch.incidents import save_incidents
from tests.conftest import NOW, Clock
from tests.patience import PATIENCE
from tests.receivers import Hook, Mailbox
from tests.store.failing import refusing

MINUTE = timedelta(minutes=1)
Break = Callable[..., Incident]


@pytest.fixture
def channel(system: System, hook: Hook) -> Channel:
    return channels.add(system, ChannelDraft("Hook", hook.url))


@pytest.fixture
def breaks(system: System, integration: Integration) -> Break:
    """Have an incident begin, or change: ``breaks(cause="key_revoked")``."""

    def keep(**more: Any) -> Incident:
        now = system.clock()
        fields: dict[str, Any] = {
            "opened_at": NOW - 10 * MINUTE,
            "detected_at": now,
            "closed_at": None,
            "data_flow": "silent",
            "cause": "key_valid_contact_support",
        }
        incident = Incident(integration.integration_id, "outage", **fields | more)
        save_incidents(system, [incident])
        return incident

    return keep


def asked_by(name: str, system: System) -> System:
    person = Person(name.lower(), name, "support")
    return system.asked_by(Asker(lambda: person))


def rows(system: System, incident: Incident) -> list[Notification]:
    return notifications(system.database, incident.integration_id, incident.incident_id)


def minutes(sender: Sender, clock: Clock, count: int, *, watched: bool = True) -> None:
    """Let minutes pass in which the watcher has looked, unless nobody ``watched``."""
    for _ in range(count):
        now = clock.advance(minutes=1)
        if watched:
            seen = StoredVerdict(WATCHER, now, "unknown", "none", now)
            with sender._system.database.transaction() as transaction:
                save_verdicts(transaction, [seen])
        sender.turn()


def test_an_incident_and_its_notifications_are_written_together_or_not_at_all(
    system: System, channel: Channel, breaks: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise OSError("no room for the notification")

    with monkeypatch.context() as patched:
        patched.setattr(incident_keeping, "keep_alert", failing)
        with pytest.raises(OSError, match="no room"):
            breaks()
    assert not any(incidents(system.database, one.integration_id) for one in system.directory.active())
    incident = breaks()
    (row,) = rows(system, incident)
    assert (row.kind, row.state, row.next_try_at) == ("opened", "waiting", NOW + 2 * MINUTE)


def test_a_message_tells_sentence_figures_step_and_the_way_to_exactly_this_incident(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook
) -> None:
    incident = breaks(cause="key_revoked", missed=12, missed_low=9, missed_high=15)
    minutes(Sender(system), clock, 3)
    (message,) = hook.received
    assert message["title"] == "Kundenservice: Silent – The app uses an injixo API key that was revoked"
    assert message["type"] == "failure"
    text = message["message"]
    assert "Contacts missed: 12 (9–15)" in text
    assert "Generate a new injixo API key here and paste it" in text
    assert f"/freshness?integration={incident.integration_id}&incident=outage" in text
    assert "/alerts/" in text


def test_a_restart_sends_nothing_twice_and_forgets_nothing(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook
) -> None:
    breaks()
    heard = []
    for _ in range(6):
        minutes(Sender(system), clock, 1)
        heard.append(len(hook.received))
    assert heard == [0, 1, 1, 1, 1, 1]


def test_what_was_being_sent_when_the_process_ended_is_sent_again_and_says_so(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook
) -> None:
    incident = breaks()
    clock.advance(minutes=3)
    (waiting,) = rows(system, incident)
    assert outbox.claim(system, Due(waiting)) is not None
    Sender(system).turn()
    assert hook.received == []  # this process is sending it, as far as anybody knows
    clock.advance(minutes=1)
    system.started_at = clock.now
    Sender(system).turn()
    assert "may have reached you before" in hook.received[0]["message"]
    assert [row.state for row in rows(system, incident)] == ["sent", "waiting"]  # and a reminder is to come
    minutes(Sender(system), clock, 5)
    assert len(hook.received) == 1


def test_two_senders_send_it_once(system: System, clock: Clock, channel: Channel, breaks: Break) -> None:
    incident = breaks()
    (waiting,) = rows(system, incident)
    assert outbox.claim(system, Due(waiting)) is not None
    assert outbox.claim(system, Due(waiting)) is None


def test_a_store_that_does_not_take_the_outcome_has_nothing_sent_twice(
    system: System,
    clock: Clock,
    channel: Channel,
    breaks: Break,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    incident = breaks()
    sender = Sender(system)
    sender.turn()
    clock.advance(minutes=3)
    real = sender_module._tell

    def told_while_the_disk_fills(*arguments: Any) -> str | None:
        outcome = real(*arguments)
        patched = pytest.MonkeyPatch()
        patched.setattr(sender_module, "record", _no_store)
        undo.append(patched)
        return outcome

    undo: list[pytest.MonkeyPatch] = []
    monkeypatch.setattr(sender_module, "_tell", told_while_the_disk_fills)
    sender.turn()
    assert len(hook.received) == 1
    assert rows(system, incident)[0].state == "sending"
    for patched in undo:
        patched.undo()
    sender.turn()
    assert len(hook.received) == 1
    assert rows(system, incident)[0].state == "sent"


def _no_store(*_: Any) -> None:
    from services.system import StoreUnavailable

    raise StoreUnavailable("No space left on device")


def test_a_mail_server_that_is_down_for_an_hour_gets_the_message_once_afterwards(
    system: System, clock: Clock, breaks: Break, mailbox: Mailbox, hook: Hook
) -> None:
    mail = channels.add(system, ChannelDraft("Mail", mailbox.url, remind_minutes=0))
    channels.add(system, ChannelDraft("Hook", hook.url, states=("confirmed_loss",)))
    mailbox.takes_mail = False
    incident = breaks()
    sender = Sender(system)
    minutes(sender, clock, 62)
    assert mailbox.received == []
    (row,) = rows(system, incident)
    assert (row.state, row.tries >= 5) == ("failed", True)
    assert channels.channel(system, mail.channel_id).failing_since == NOW + 2 * MINUTE
    assert hook.titles() == ["The channel Mail fails"]
    mailbox.takes_mail = True
    minutes(sender, clock, 16)
    assert len(mailbox.received) == 1
    assert channels.channel(system, mail.channel_id).failing_since is None
    assert hook.titles() == ["The channel Mail fails", "The channel Mail works again"]


def test_a_message_that_fails_for_a_day_is_given_up(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook
) -> None:
    hook.status = 503
    incident = breaks()
    sender = Sender(system)
    minutes(sender, clock, 4)
    (first,) = rows(system, incident)
    late_in_the_day = replace(first, tries=MOST_TRIES - 2)
    system.writer.write(lambda transaction: save_notifications(transaction, [late_in_the_day]))
    states = []
    for _ in range(2):
        clock.advance(minutes=14)
        minutes(sender, clock, 1)
        first = next(row for row in rows(system, incident) if row.kind == "opened")
        states.append((first.state, first.failure))
    assert states == [("failed", "http_503"), ("given_up", "http_503")]


@pytest.mark.parametrize(("answer", "failure"), [(403, "http_403"), (500, "http_500"), (None, "unreachable")])
def test_why_a_channel_fails_is_kept_without_its_address(
    system: System, hook: Hook, answer: int | None, failure: str
) -> None:
    hook.status = answer or 200
    address = hook.url if answer else "json://127.0.0.1:9/secret"
    channel = channels.add(system, ChannelDraft("Hook", address))
    tried = send_test(system, channel.channel_id)
    assert (tried.state, tried.failure) == ("given_up", failure)


def test_an_e_mail_is_readable_as_text_and_html_and_has_the_picture_in_it(
    system: System, clock: Clock, breaks: Break, mailbox: Mailbox
) -> None:
    channels.add(system, ChannelDraft("Post", mailbox.url, language="de"))
    breaks(queues=("Süd & Nord",))
    minutes(Sender(system), clock, 3)
    (mail,) = mailbox.received
    assert str(mail["Subject"]).startswith("Kundenservice: ")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Süd &amp; Nord" in html.get_content()
    assert "Süd & Nord" in text.get_content()
    for address in ("/freshness?integration=", "/alerts/"):
        assert address in text.get_content().replace("=\r\n", "")
    assert "cid:timeline.png" in html.get_content()
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<timeline.png>"]


def test_nothing_is_sent_of_a_paused_or_a_deleted_integration(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook, integration: Integration
) -> None:
    from services.pausing import pause

    incident = breaks()
    pause(system, integration.integration_id, paused=True)
    sender = Sender(system)
    minutes(sender, clock, 5)
    integrations.delete(system, integration.integration_id)
    minutes(sender, clock, 5)
    assert hook.received == []
    ended = alert(system.database, incident.integration_id, incident.incident_id)
    assert ended is not None
    assert ended.closed_at is not None
    assert unfinished_notifications(system.database) == []


def test_refused_credentials_are_told_once_and_that_they_work_again(
    system: System, clock: Clock, channel: Channel, hook: Hook, integration: Integration
) -> None:
    def configured(configuration: Any) -> None:
        known = system.directory.integrations[integration.integration_id]
        changed = replace(known, configuration=configuration, configuration_checked_at=system.clock())
        from data.integrations import save_integration

        system.change(lambda transaction: save_integration(transaction, changed))

    sender = Sender(system)
    configured("invalid_credentials")
    minutes(sender, clock, 10)
    configured("operational")
    minutes(sender, clock, 10)
    names = [title for title in hook.titles() if "Freshchat" in title]
    assert names == [
        "Kundenservice: Freshchat refuses the Freshchat API key",
        "Kundenservice: Freshchat accepts the Freshchat API key again",
    ]


def test_a_watcher_that_does_not_run_is_told(
    system: System, clock: Clock, channel: Channel, hook: Hook, integration: Integration
) -> None:
    minutes(Sender(system), clock, 12, watched=False)
    assert hook.titles() == ["Stillwatch: the monitor itself is late or has failed"]
    assert "The watcher has not run lately" in hook.received[0]["message"]


def test_our_own_outage_is_told_as_what_it_was_and_that_it_is_over(
    system: System, clock: Clock, channel: Channel, hook: Hook, integration: Integration
) -> None:
    def judged(data_flow: DataFlow, cause: Cause, since: datetime) -> None:
        found = StoredVerdict(integration.integration_id, system.clock(), data_flow, cause, since)
        with system.database.transaction() as transaction:
            save_verdicts(transaction, [found])

    sender = Sender(system)
    judged("unknown", "own_outage", NOW - 40 * MINUTE)
    minutes(sender, clock, 5)
    judged("receiving", "none", NOW)
    minutes(sender, clock, 5)
    assert hook.titles() == ["Stillwatch itself was not running or not reachable", "Stillwatch watches again"]
    told = hook.received[0]["message"]
    assert "nobody received what was sent in that time" in told
    assert "cannot be judged" not in told
    assert "restart" not in told.lower()


def test_an_acknowledgement_outlives_what_becomes_known_later(
    system: System, channel: Channel, breaks: Break
) -> None:
    incident = breaks()
    answers.acknowledge(
        asked_by("Kim", system), incident.integration_id, incident.incident_id, reason="on it"
    )
    breaks(cause="key_revoked", data_flow="confirmed_loss")
    kept = alert(system.database, incident.integration_id, incident.incident_id)
    assert kept is not None
    assert (kept.acknowledged_by, kept.reason, kept.about) == ("Kim", "on it", "confirmed_loss/key_revoked")


def test_silence_wants_a_reason_and_an_end(system: System, channel: Channel, breaks: Break) -> None:
    incident = breaks()
    place = (system, incident.integration_id, incident.incident_id)
    for hours, reason, code in ((4, " ", "no_reason"), (0, "x", "bad_silence"), (1000, "x", "bad_silence")):
        with pytest.raises(Invalid) as refused:
            answers.silence(*place, hours=hours, reason=reason)
        assert refused.value.code == code
    silenced = answers.silence(*place, hours=4, reason="maintenance")
    assert silenced.silenced_until == NOW + timedelta(hours=4)
    with pytest.raises(NotFound):
        answers.acknowledge(system, incident.integration_id, "other")


def test_a_reason_is_one_line_of_500_characters_and_never_cut_off(
    system: System, channel: Channel, breaks: Break
) -> None:
    incident = breaks()
    place = (system, incident.integration_id, incident.incident_id)
    with pytest.raises(Invalid, match="500 characters"):
        answers.acknowledge(*place, reason="x" * 501)
    assert answers.acknowledge(*place, reason="x" * 500).reason == "x" * 500
    assert (
        answers.acknowledge(*place, reason="on it\r\nBcc: a@b.c \u202egnp").reason == "on it Bcc: a@b.c gnp"
    )


def test_who_answers_last_is_named_with_their_own_time_and_reason(
    system: System, clock: Clock, channel: Channel, breaks: Break
) -> None:
    incident = breaks()
    place = (incident.integration_id, incident.incident_id)
    answers.acknowledge(asked_by("Kim", system), *place, reason="it is the proxy")
    at = clock.advance(minutes=5)
    both = answers.acknowledge(asked_by("Lee", system), *place)
    assert (both.acknowledged_by, both.acknowledged_at, both.reason) == ("Lee", at, None)
    at = clock.advance(minutes=5)
    silenced = answers.silence(asked_by("Pat", system), *place, hours=1, reason="repair")
    assert (silenced.acknowledged_by, silenced.acknowledged_at, silenced.reason) == ("Pat", at, "repair")


def test_silence_is_no_acknowledgement(system: System, channel: Channel, breaks: Break) -> None:
    incident = breaks()
    place = (asked_by("Kim", system), incident.integration_id, incident.incident_id)
    silenced = answers.silence(*place, hours=1, reason="repair")
    assert (silenced.acknowledged_by, silenced.acknowledged_at) == ("Kim", None)


def test_a_removed_channel_gets_nothing_more(
    system: System, clock: Clock, channel: Channel, breaks: Break, hook: Hook
) -> None:
    breaks()
    channels.remove(system, channel.channel_id)
    minutes(Sender(system), clock, 5)
    assert hook.received == []
    assert unfinished_notifications(system.database) == []


def test_what_was_being_sent_through_a_channel_that_is_removed_is_not_tried_for_ever(
    system: System, clock: Clock, channel: Channel, breaks: Break
) -> None:
    incident = breaks()
    clock.advance(minutes=3)
    (waiting,) = rows(system, incident)
    assert outbox.claim(system, Due(waiting)) is not None
    channels.remove(system, channel.channel_id)
    clock.advance(minutes=1)
    system.started_at = clock.now
    Sender(system).turn()
    assert [row.state for row in rows(system, incident)] == ["superseded"]


def test_a_change_brings_no_removed_channel_back_and_keeps_how_it_does(
    system: System, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both happen while somebody saves: after the channel was read, and before it is written."""
    seen = channels.channel(system, channel.channel_id)
    monkeypatch.setattr(channels, "channel", lambda *_: seen)
    send_test(system, channel.channel_id)
    changed = replace(channels.draft_of(seen), weekly=True)
    channels.change(system, channel.channel_id, changed)
    (kept,) = channels.all_channels(system)
    assert kept.weekly
    assert kept.last_sent_at == NOW
    channels.remove(system, channel.channel_id)
    with pytest.raises(NotFound):
        channels.change(system, channel.channel_id, changed)
    assert channels.all_channels(system) == []


def test_a_redirect_is_a_message_that_did_not_arrive(
    system: System, channel: Channel, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.leads_to = f"http://127.0.0.1:{hook.port}/sign-in"
    tested = send_test(system, channel.channel_id)
    assert (tested.state, tested.failure) == ("given_up", "http_302")
    assert [path for _, path, _ in hook.asked] == ["/hook"]


def test_a_message_that_waited_for_days_is_tried_as_long_as_any_other(
    system: System, clock: Clock, breaks: Break, hook: Hook
) -> None:
    """An escalation after two days, whose receiver is down when its turn comes."""
    channels.add(system, ChannelDraft("Hook", hook.url, after_minutes=2 * 24 * 60))
    incident = breaks()
    clock.advance(days=2, minutes=3)
    hook.status = 503
    minutes(Sender(system), clock, 10)
    (row,) = rows(system, incident)
    assert (row.state, row.failure) == ("failed", "http_503")
    hook.status = 200
    minutes(Sender(system), clock, 20)
    assert len(hook.received) == 1


def test_a_full_disk_stops_no_sender_for_good(
    system: System,
    clock: Clock,
    channel: Channel,
    breaks: Break,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from services.system import StoreUnavailable

    breaks()
    sender = Sender(system)
    clock.advance(minutes=3)
    with refusing(monkeypatch), pytest.raises(StoreUnavailable):
        sender.turn()
    assert hook.received == []
    sender.turn()
    assert len(hook.received) == 1


def test_an_address_is_stored_encrypted(system: System, channel: Channel, hook: Hook) -> None:
    ((stored,),) = system.database.rows("SELECT url FROM channel")
    assert hook.url not in stored
    assert system.vault.unlock(stored) == hook.url


def test_a_service_that_does_not_answer_is_left_after_a_while() -> None:
    message = Message("en", "info", "Test", ("Test",))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"json://127.0.0.1:{silent.getsockname()[1]}"
        assert send(address, message, within_seconds=0.01) == "timeout"


def test_a_channel_that_hangs_holds_up_no_other(
    system: System, clock: Clock, breaks: Break, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    real = send

    def hangs(url: str, message: Message) -> str | None:
        if "hangs" in url:
            goes_on.wait(PATIENCE)
        elif (sent := real(url, message)) is None:
            goes_on.set()  # the other one got through while this one hung
            return sent
        return None

    monkeypatch.setattr(sender_module, "send", hangs)
    channels.add(system, ChannelDraft("A", "json://127.0.0.1:9/hangs"))
    channels.add(system, ChannelDraft("B", hook.url))
    breaks()
    minutes(Sender(system), clock, 3)
    assert goes_on.is_set()
    assert len(hook.received) == 1


def test_channels_that_hang_do_not_add_up_and_are_given_nothing_more_meanwhile(
    system: System, clock: Clock, breaks: Break, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = threading.Event()
    began: list[str] = []
    real = send

    def hangs(url: str, message: Message) -> str | None:
        if "hangs" not in url:
            return real(url, message)
        began.append(url)
        ends.wait(PATIENCE)
        return "timeout"

    monkeypatch.setattr(sender_module, "send", hangs)
    monkeypatch.setattr(sender_module, "SECONDS_OF_A_TURN", 0.3)
    for name in "ABCD":
        channels.add(system, ChannelDraft(name, f"json://127.0.0.1:9/hangs/{name}", remind_minutes=1))
    channels.add(system, ChannelDraft("Z", hook.url))
    incident = breaks()
    sender = Sender(system)
    deadline = time.monotonic() + PATIENCE
    while len(began) < 4 or not hook.received:
        assert time.monotonic() < deadline
        minutes(sender, clock, 1, watched=False)
    save_incidents(system, [replace(incident, incident_id="second", detected_at=clock.now)])
    minutes(sender, clock, 4, watched=False)
    assert len(began) == 4  # one for each, while its first try is under way
    hanging = list(sender._busy.values())
    assert len(hanging) == 4
    ends.set()
    for thread in hanging:
        thread.join(PATIENCE)
