"""The page of notification channels: added, tested, changed and deleted; what was told is listed."""

from datetime import time
from typing import Any

import pytest

from data.integrations import Integration
from services import integrations
from services.notifications import channels
from services.notifications.channels import Channel, ChannelDraft
from services.system import System
from tests.pages.conftest import Disturb
from tests.pages.reading import click, labels, shown
from tests.receivers import Hook


@pytest.fixture
def channel(system: System, hook: Hook) -> Channel:
    return channels.add(system, ChannelDraft("On call *now*", hook.url))


def saved(system: System) -> list[Channel]:
    return channels.all_channels(system)


def test_without_a_channel_the_page_says_that_nobody_is_told(open_page: Any) -> None:
    text = shown(open_page("channels.py"))
    assert "Nobody is told yet" in text
    assert "Nothing was sent yet" in text


def test_a_channel_is_added(open_page: Any, system: System, hook: Hook, integration: Integration) -> None:
    page = open_page("channels.py", language="de")
    page.text_input(key="new_channel_0_name").set_value("Bereitschaft")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    page.multiselect(key="new_channel_0_states").set_value(["silent"])
    page.multiselect(key="new_channel_0_integrations").set_value([integration.integration_id])
    page.checkbox(key="new_channel_0_quiet").check()
    click(page, "Speichern")
    (made,) = saved(system)
    assert (made.name, made.language, made.states) == ("Bereitschaft", "de", ("silent",))
    assert made.integrations == (integration.integration_id,)
    assert made.quiet is not None
    assert made.quiet.starts == "22:00"
    assert system.vault.unlock(made.url) == hook.url


def test_an_address_that_is_none_is_refused_in_words_and_nothing_is_lost(
    open_page: Any, system: System
) -> None:
    page = open_page("channels.py")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value("nonsense")
    click(page, "Save")
    assert "no address that messages can be sent to" in shown(page)
    assert page.text_input(key="new_channel_0_name").value == "On call"
    assert saved(system) == []


def test_a_click_that_comes_twice_adds_one_channel(open_page: Any, system: System, hook: Hook) -> None:
    page = open_page("channels.py")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    click(page, "Save")
    assert page.text_input(key="new_channel_1_name").value == ""
    assert len(saved(system)) == 1


def test_a_second_click_that_breaks_off_the_first_adds_no_second_channel(
    open_page: Any, system: System, hook: Hook, disturb: Disturb
) -> None:
    disturb("services.notifications.channels.add", by="click")
    page = open_page("channels.py")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    click(page, "Save")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    click(page, "Save")
    assert page.text_input(key="new_channel_1_name").value == ""
    assert len(saved(system)) == 1


def test_a_channel_is_changed_and_keeps_its_address(
    open_page: Any, system: System, channel: Channel, hook: Hook
) -> None:
    page = open_page("channels.py")
    page.number_input(key=f"channel_{channel.channel_id}_after").set_value(30)
    click(page, "Save")
    (changed,) = saved(system)
    assert changed.after_minutes == 30
    assert system.vault.unlock(changed.url) == hook.url


def test_a_test_is_sent_and_listed(open_page: Any, channel: Channel, hook: Hook) -> None:
    page = click(open_page("channels.py"), "Send a test")
    assert hook.titles() == ["Test: Stillwatch reaches you"]
    (told,) = page.dataframe[0].value.to_dict("records")
    assert (told["channel"], told["what"], told["state"]) == ("On call *now*", "Test", "Sent")


def test_a_channel_that_fails_says_so_and_why(
    open_page: Any, system: System, channel: Channel, hook: Hook
) -> None:
    hook.status = 403
    page = click(open_page("channels.py"), "Send a test")
    assert "it answered with HTTP status 403" in page.error[0].value
    assert page.dataframe[0].value["state"].tolist() == ["Given up"]


def test_the_weekly_report_is_one_click_on(open_page: Any, system: System, channel: Channel) -> None:
    page = open_page("channels.py")
    page.toggle(key=f"weekly_{channel.channel_id}").set_value(True).run()
    assert [known.weekly for known in saved(system)] == [True]


@pytest.mark.parametrize("what", ["test", "weekly", "change"])
def test_a_channel_that_somebody_else_deleted_is_gone_without_a_fault(
    open_page: Any, system: System, channel: Channel, hook: Hook, what: str
) -> None:
    page = open_page("channels.py")
    channels.remove(system, channel.channel_id)
    if what == "test":
        page.button(key=f"test_{channel.channel_id}").click().run()
    elif what == "weekly":
        page.toggle(key=f"weekly_{channel.channel_id}").set_value(True).run()
    else:
        page.number_input(key=f"channel_{channel.channel_id}_after").set_value(30)
        click(page, "Save")
    assert not page.exception
    assert channel.name not in shown(page)
    assert hook.received == []
    assert saved(system) == []


def test_quiet_hours_that_are_filled_in_and_not_ticked_are_asked_about(
    open_page: Any, system: System, hook: Hook
) -> None:
    page = open_page("channels.py")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    page.time_input(key="new_channel_0_starts").set_value(time(20))
    click(page, "Save")
    assert "filled in but not ticked" in shown(page)
    assert saved(system) == []
    assert page.time_input(key="new_channel_0_starts").value == time(20)
    page.checkbox(key="new_channel_0_quiet").check()
    click(page, "Save")
    (made,) = saved(system)
    assert made.quiet is not None
    assert made.quiet.starts == "20:00"


def test_quiet_hours_that_never_end_are_refused_in_words(open_page: Any, system: System, hook: Hook) -> None:
    page = open_page("channels.py")
    page.text_input(key="new_channel_0_name").set_value("On call")
    page.text_input(key="new_channel_0_url").set_value(hook.url)
    page.checkbox(key="new_channel_0_quiet").check()
    page.time_input(key="new_channel_0_starts").set_value(time(8))
    page.time_input(key="new_channel_0_ends").set_value(time(8))
    click(page, "Save")
    assert "never end" in shown(page)
    assert saved(system) == []
    page.multiselect(key="new_channel_0_days").set_value([6, 7])
    click(page, "Save")
    assert len(saved(system)) == 1


def test_a_channel_that_is_left_without_integrations_says_so(
    open_page: Any, system: System, hook: Hook, integration: Integration
) -> None:
    channels.add(system, ChannelDraft("On call", hook.url, integrations=[integration.integration_id]))
    assert "tells of nothing" not in shown(open_page("channels.py"))
    integrations.delete(system, integration.integration_id)
    assert "tells of nothing but Stillwatch itself" in shown(open_page("channels.py"))


def test_a_channel_is_deleted_after_a_question(open_page: Any, system: System, channel: Channel) -> None:
    page = click(open_page("channels.py"), "Delete")
    assert "Yes, really delete" in labels(page)
    assert len(saved(system)) == 1
    click(page, "Yes, really delete")
    assert saved(system) == []


def test_a_name_is_shown_as_it_is(open_page: Any, channel: Channel) -> None:
    assert "On call \\*now\\*" in shown(open_page("channels.py"))
