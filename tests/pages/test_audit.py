"""The audit log, in the reader's words."""

from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services import integrations, pausing
from services.system import System

Open = Callable[..., AppTest]


def test_a_change_is_told_in_the_readers_words_as_it_was_and_as_it_became(
    kim: System, integration: Integration, open_page: Open
) -> None:
    draft = replace(integrations.draft_of(integration), time_zone="Europe/Vienna", holidays="AT")
    integrations.change(kim, integration.integration_id, draft)
    table = open_page("audit.py", language="de").dataframe[0].value
    assert table["change"].iloc[0] == "Zeitzone: Europe/Berlin → Europe/Vienna · Feiertage: – → AT"


def test_what_a_pause_set_is_a_moment_and_no_code(
    kim: System, integration: Integration, open_page: Open
) -> None:
    pausing.pause(kim, integration.integration_id, paused=True)
    table = open_page("audit.py", language="de").dataframe[0].value
    assert table["change"].iloc[0] == "Pausiert: – → Di. 03.03., 09:00"
