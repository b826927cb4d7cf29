"""The browser's tab tells of an open incident, on whatever page."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from data.database import StoreUnavailable
from data.integrations import Integration
from data.watch import Incident
from pages.parts import brand
from services.brand import MARK
from services.system import System
from services.watch.incidents import save_incidents
from tests.conftest import NOW

Tab = Callable[[], tuple[str, str]]


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Tab:
    """Return title and icon as they were set last."""
    told: dict[str, Any] = {}
    real = st.set_page_config

    def noted(**fields: Any) -> None:
        told.update(fields)
        real(**fields)

    monkeypatch.setattr(st, "set_page_config", noted)
    return lambda: (told["page_title"], told["page_icon"])


def test_while_nothing_is_wrong_the_tab_is_named_after_its_page(
    open_page: Any, integration: Integration, tab: Tab
) -> None:
    open_page("channels.py")
    assert tab() == ("Notifications · Stillwatch", MARK)


def test_an_open_incident_stands_first_in_title_and_icon_until_it_is_over(
    open_page: Any, system: System, integration: Integration, tab: Tab
) -> None:
    open_one = Incident(integration.integration_id, "i", NOW, NOW, None, "silent", "key_revoked")
    save_incidents(system, [open_one])
    open_page("channels.py")
    assert tab() == ("(1) Notifications · Stillwatch", brand.ALARM_MARK)
    save_incidents(
        system, [Incident(integration.integration_id, "i", NOW, NOW, NOW, "silent", "key_revoked")]
    )
    open_page("channels.py")
    assert tab() == ("Notifications · Stillwatch", MARK)


def test_what_cannot_be_looked_up_is_not_shown_as_well(
    open_page: Any, integration: Integration, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: System) -> int:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(brand, "incidents_going_on", gone)
    open_page("channels.py")
    assert tab()[0] == "(?) Notifications · Stillwatch"
