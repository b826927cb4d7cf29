"""The tabs of an integration's page: which are there, which is open, and what each says of the set-up and the keys."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from pages.parts import reader
from pages.parts.charts.colours import LIGHT
from pages.parts.integration.overlap import lines
from services import integrations
from services.integrations import listed_keys
from services.people.person import Person, Role
from services.system import System
from tests.conftest import Clock
from tests.pages.reading import click, shown

Open = Callable[..., AppTest]


def opened(app: AppTest) -> str:
    return str(app.session_state["tab_en"])


@pytest.fixture
def connected(key: str, push: Callable[..., Any], system: System) -> None:
    """The app has told of a contact."""
    push("/events", json={"chat_id": "c", "resolved_at": system.clock().isoformat()})
    system.activity.flush()


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        ("support", ["Status", "History"]),
        ("admin", ["Status", "App and keys", "Settings", "History"]),
    ],
)
def test_each_role_sees_its_tabs(
    integration: Integration, open_page: Open, monkeypatch: pytest.MonkeyPatch, role: Role, tabs: list[str]
) -> None:
    monkeypatch.setattr(reader, "LOCAL", Person("p", "Kim", role))
    app = open_page("integration.py", integration=integration.integration_id)
    own = [tab.label for tab in app.tabs if tab.label in ("Status", "App and keys", "Settings", "History")]
    assert own == tabs
    assert opened(app) == tabs[1 if role == "admin" else 0]


def test_the_set_up_is_open_until_it_is_complete_and_ticks_its_steps_off(
    integration: Integration, open_page: Open
) -> None:
    app = open_page("integration.py", integration=integration.integration_id)
    assert opened(app) == "App and keys"
    assert "1. Generate and copy the injixo API key" in [heading.value for heading in app.subheader]
    app = click(app, "Generate injixo API key")
    ticked = [heading.value for heading in app.subheader if "check_circle" in heading.value]
    assert ticked == [":green[:material/check_circle:] 1. Generate and copy the injixo API key"]
    assert "Set-up: 2 of 4 steps done" in app.get("progress")[0].proto.text


@pytest.mark.usefixtures("connected")
def test_who_has_finished_is_shown_no_set_up_again(integration: Integration, open_page: Open) -> None:
    app = open_page("integration.py", integration=integration.integration_id)
    assert opened(app) == "Status"
    assert not app.get("progress")
    (folded,) = [each for each in app.expander if each.label.startswith("The other steps")]
    assert not folded.proto.expanded
    assert "3. Enter address and key in the app" in "".join(heading.value for heading in folded.subheader)
    assert "Connected: the injixo app last reported" in app.success[0].value


def test_the_address_opens_a_tab_and_an_unknown_one_the_usual(
    integration: Integration, open_page: Open
) -> None:
    app = open_page("integration.py", integration=integration.integration_id, tab="settings")
    assert opened(app) == "Settings"
    app = open_page("integration.py", integration=integration.integration_id, tab="nonsense")
    assert opened(app) == "App and keys"


@pytest.mark.usefixtures("refused")
def test_the_data_flow_leads_to_the_tab_on_which_it_is_mended(open_page: Open) -> None:
    app = open_page("data_flow.py")
    app.button(key="step_now").click().run()
    assert opened(app) == "App and keys"


@pytest.mark.usefixtures("connected")
def test_an_overlap_is_a_line_for_each_key_and_says_when_it_ends(
    integration: Integration, system: System, clock: Clock, open_page: Open
) -> None:
    app = open_page("integration.py", integration=integration.integration_id)
    assert "paste the newest key in the app before" not in shown(app)
    clock.advance(minutes=1)
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(hours=24))
    old = listed_keys(system, integration.integration_id)[-1].key
    app = open_page("integration.py", integration=integration.integration_id)
    assert f"`{old.prefix}…` ends on Wed 4 Mar, 10:01: paste the newest key in the app before." in shown(app)
    clock.advance(hours=25)
    app = open_page("integration.py", integration=integration.integration_id)
    assert "paste the newest key in the app before" not in shown(app)


@pytest.mark.usefixtures("connected")
def test_a_line_goes_from_a_keys_beginning_to_its_end(
    integration: Integration, system: System, clock: Clock
) -> None:
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(hours=10))
    valid = listed_keys(system, integration.integration_id)
    now = clock.advance(hours=5)
    start, end = now - timedelta(hours=7), now + timedelta(hours=7)
    drawn = lines(valid, start, end, now, LIGHT)
    assert drawn.count("left:50.0%") == 2  # now, in both lines
    assert f"left:14.3%;width:85.7%;height:100%;background:{LIGHT.contacts}" in drawn
    assert f"left:14.3%;width:71.4%;height:100%;background:{LIGHT.doubtful}" in drawn
