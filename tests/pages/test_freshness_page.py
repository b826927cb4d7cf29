"""The data flow page as support reads it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from data.probes import Comparison, Probe, save_probe
from data.watch import incidents
from services import integrations
from services.backfill import jobs
from services.integrations.draft import Draft
from services.pausing import pause
from services.system import System
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.pages.reading import click, labels, shown

Open = Callable[..., AppTest]


@pytest.mark.usefixtures("refused")
def test_a_refused_key_is_named_with_what_to_do(open_page: Open) -> None:
    app = open_page("data_flow.py")
    assert "has been refused since" in app.error[0].value
    assert "2 requests" in app.error[0].value
    assert "Generate a new injixo API key here" in shown(app)
    assert "2. Is the injixo API key that the app uses still valid?** :blue-badge[No]" in shown(app)
    assert "Generate a new key" in labels(app)


@pytest.mark.usefixtures("refused")
def test_refused_requests_are_listed_with_code_and_prefix(system: System, open_page: Open) -> None:
    frames = [element.value for element in open_page("data_flow.py").dataframe]
    (row,) = next(frame for frame in frames if "code" in frame.columns).to_dict("records")
    assert (row["code"], row["count"]) == ("revoked_key", 2)
    assert row["key"].startswith("ijx_")


@pytest.mark.usefixtures("refused")
def test_an_incident_can_be_marked_as_false_alarm(
    system: System, integration: Integration, open_page: Open
) -> None:
    (incident,) = incidents(system.database, integration.integration_id)
    app = open_page("data_flow.py")
    app.button(key=f"false_{incident.incident_id}").click().run()
    assert incidents(system.database, integration.integration_id)[0].false_alarm
    assert "False alarm" in shown(app)


def test_a_new_integration_waits_for_the_app(
    system: System, integration: Integration, open_page: Open
) -> None:
    app = open_page("data_flow.py")
    assert "No event has arrived yet" in app.info[0].value
    assert "Install the injixo app" in labels(app)
    assert not app.get("vega_lite_chart")


def test_a_paused_integration_is_resumed_where_it_is_read(
    system: System, integration: Integration, open_page: Open
) -> None:
    pause(system, integration.integration_id, paused=True)
    app = open_page("data_flow.py")
    assert "While the integration is paused" in shown(app)
    click(app, "Resume")
    assert system.integration(integration.integration_id).paused_at is None


def test_a_monitor_that_is_late_says_so_and_shows_nothing_green(
    system: System, integration: Integration, clock: Clock, open_page: Open
) -> None:
    Watcher(system).tick()
    clock.advance(hours=1)
    app = open_page("data_flow.py")
    assert "The monitor itself is late" in app.warning[0].value
    assert "Restart Stillwatch" in shown(app)
    assert not app.success
    assert "Nothing needs to be done." not in shown(app)


@pytest.mark.usefixtures("refused")
def test_several_integrations_are_listed_the_worst_first(system: System, open_page: Open) -> None:
    integrations.add(system, Draft("Another", "another.freshchat.com"))
    app = open_page("data_flow.py", integration="all")
    assert [heading.value for heading in app.header] == ["Kundenservice", "Another"]


@pytest.mark.usefixtures("refused")
def test_it_speaks_german(open_page: Open) -> None:
    app = open_page("data_flow.py", language="de")
    assert app.title[0].value == "Datenfluss"
    assert "wird seit" in app.error[0].value
    assert "Neuen injixo API-Key generieren" in labels(app)


def test_what_one_queue_lacks_is_one_pair_of_figures_and_fetched_by_the_first_button(
    system: System, integration: Integration, clock: Clock, resolve: Callable[..., None], open_page: Open
) -> None:
    for minutes in range(0, 180, 5):
        resolve("Support", clock.now + timedelta(minutes=minutes))
    clock.advance(hours=3)
    now = clock.now
    since = now - timedelta(hours=2)
    lacking = Comparison("Technik", "g2", 40, 20, 20, since, now, 40, 20, loss=True)
    total = Comparison(None, None, 64, 44, 20, since, now, 64, 44, loss=True)
    probe = Probe(
        integration.integration_id,
        now,
        since,
        now,
        "compared",
        total,
        (lacking, Comparison("Support", "g1", 24, 24)),
    )
    system.writer.write(lambda transaction: save_probe(transaction, probe))
    Watcher(system).tick()
    app = open_page("data_flow.py")
    assert "40 chats" in app.error[0].value
    assert "20 of them" in app.error[0].value
    assert "20 of 40 here" in shown(app)
    assert "44 of 64" not in shown(app)
    assert "5. Is only one source queue affected?** :blue-badge[Yes]" in shown(app)
    assert labels(app)[0] == "Fetch now"
    click(app, "Fetch now")
    (job,) = [
        known for known in jobs.status(system, integration.integration_id) if known.job.reason == "requested"
    ]
    assert job.job.span_start <= since


@pytest.mark.parametrize(("received", "colour"), [(21, "green"), (20, "gray"), (22, "green")])
def test_a_comparison_is_green_only_when_nothing_is_missing_here(
    system: System,
    integration: Integration,
    clock: Clock,
    resolve: Callable[..., None],
    open_page: Open,
    received: int,
    colour: str,
) -> None:
    resolve("Support", clock.now)
    now = clock.now
    total = Comparison(None, None, 21, received)
    probe = Probe(integration.integration_id, now, now - timedelta(hours=1), now, "compared", total, ())
    system.writer.write(lambda transaction: save_probe(transaction, probe))
    Watcher(system).tick()
    told = next(each.value for each in open_page("data_flow.py").markdown if "of 21 here" in each.value)
    assert told.startswith(f":{colour}-badge[")


def the_way(app: AppTest) -> str:
    """What the tree shows without being asked: everything outside of what is folded."""
    folded = {
        str(element.value) for kind in ("markdown", "caption") for element in all_questions(app).get(kind)
    }
    return "\n".join(line for line in shown(app).split("\n") if line not in folded)


def all_questions(app: AppTest) -> Any:
    return next(expander for expander in app.expander if expander.label == "All questions")


@pytest.mark.usefixtures("refused")
def test_the_tree_shows_the_way_that_holds_and_the_rest_on_demand(open_page: Open) -> None:
    app = open_page("data_flow.py")
    assert "2. Is the injixo API key that the app uses still valid?** :blue-badge[No]" in the_way(app)
    assert "Does the injixo app still give signs of life?" not in the_way(app)
    assert not all_questions(app).proto.expanded
    assert len(all_questions(app).get("markdown")) == 6
    assert "No → Check in Freshchat that the injixo app is still installed" in shown(app)


def test_while_all_is_well_no_advice_is_listed(
    clock: Clock, resolve: Callable[..., None], open_page: Open, system: System
) -> None:
    resolve("Support", clock.now - timedelta(minutes=5), 3)
    Watcher(system).tick()
    way = the_way(open_page("data_flow.py"))
    assert "1. Is something wrong with the data?** :blue-badge[No]" in way
    assert "Generate a new injixo API key" not in way
    assert "Check in Freshchat" not in way


def test_times_are_the_integrations_and_the_page_says_so(
    integration: Integration, key: str, open_page: Open
) -> None:
    text = shown(open_page("data_flow.py"))
    assert "Times are those of Europe/Berlin, where it is 10:00 now." in text
    assert "Where you are" not in text


@pytest.mark.usefixtures("refused")
def test_a_reader_in_another_time_zone_sees_both_times(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContextProxy, "timezone", property(lambda _: "America/New_York"))
    app = open_page("data_flow.py")
    assert "where it is 10:00 now. Where you are it is 04:00." in shown(app)
    assert "Tue 3 Mar, 10:00 (04:00 where you are)" in app.error[0].value.replace("\\", "")
    monkeypatch.setattr(ContextProxy, "timezone", property(lambda _: "Nowhere/At all"))
    assert "Where you are" not in shown(open_page("data_flow.py"))
