"""The seals of days, as readers of the pages see them."""

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from data.seals import QueueFigures, Seal, save_seals
from data.watch import Incident, NotRecovered, save_incident
from pages.parts.charts.colours import LIGHT
from services.system import System
from services.translation import Words
from services.watch.bundle import support_bundle
from services.watch.bundle_page import as_page
from services.watch.watcher import Watcher
from tests.conftest import NOW
from tests.pages.reading import drawn, shown

Open = Callable[..., AppTest]
TODAY = date(2026, 3, 3)
COMPARED = datetime(2026, 3, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def sealed(system: System, integration: Integration, resolve: Callable[..., None]) -> None:
    """Five days of contacts: one not compared yet, one that differs, one fetched, one equal, and today."""
    for back in range(5):
        resolve("Support", NOW - timedelta(days=back, hours=1), 2)
    equal = Seal(
        integration.integration_id,
        TODAY - timedelta(days=1),
        "equal",
        contacts=2,
        freshchat=2,
        compared_until=COMPARED,
        compared_at=COMPARED,
        queues=(QueueFigures("Support", 2, 2),),
    )
    fetched = replace(equal, day=TODAY - timedelta(days=2), state="fetched", fetched=1)
    differs = replace(
        equal,
        day=TODAY - timedelta(days=3),
        state="differs",
        reason="report_lacks",
        freshchat=3,
        queues=(QueueFigures("Support", 2, 3),),
    )
    system.writer.write(lambda transaction: save_seals(transaction, [equal, fetched, differs]))
    Watcher(system).tick()


@pytest.mark.usefixtures("sealed")
def test_the_calendar_has_a_cell_for_each_day_with_a_sign_and_the_seal_in_words(open_page: Open) -> None:
    cells = drawn(open_page("data_flow.py"), "sign").set_index("day")
    assert list(cells.index[[0, -1]]) == ["Mon 15 Dec 2025", "Tue 3 Mar 2026"]
    told = cells.loc[["Fri 27 Feb 2026", "Sat 28 Feb 2026", "Sun 1 Mar 2026", "Mon 2 Mar 2026"]]
    assert list(told["seal"]) == [
        "Not compared (its turn has not come yet)",
        "Differs from Freshchat (2 of 3, compared Tue 3 Mar, 03:10; "
        "Freshchat's reports do not hold yet what is missing)",
        "Equal to Freshchat after fetching (2 of 2, compared Tue 3 Mar, 03:10; 1 contact fetched)",
        "Equal to Freshchat (2 of 2, compared Tue 3 Mar, 03:10)",
    ]
    signs = cells["sign"]
    assert list(signs.loc[told.index]) == ["?", "≠", "+", "✓"]
    assert (signs["Tue 3 Mar 2026"], signs["Thu 26 Feb 2026"]) == ("…", "–")
    assert cells.groupby("sign")["colour"].nunique().max() == 1
    assert (cells["week"].iloc[-1], cells["weekday"].iloc[-1]) == (11.06, 1.06)


@pytest.mark.usefixtures("sealed")
def test_only_equal_days_are_green_in_the_calendar(open_page: Open) -> None:
    cells = drawn(open_page("data_flow.py"), "sign")
    assert set(cells["sign"][cells["colour"] == LIGHT.good]) == {"✓"}


@pytest.mark.usefixtures("sealed")
def test_the_calendar_is_told_in_words_and_offered_as_a_list(open_page: Open) -> None:
    app = open_page("data_flow.py")
    (alt,) = [e.proto.alt for e in app.get("vega_lite_chart") if e.proto.alt.startswith("Seals: ")]
    assert "Equal to Freshchat: 1, Equal to Freshchat after fetching: 1, Differs from Freshchat: 1" in alt
    (listed,) = [expander for expander in app.expander if expander.label == "Seals as a list"]
    assert not listed.dataframe
    app.session_state["seals_as_list"] = True
    app.run()
    (frame,) = [element.value for element in app.dataframe if "differs" in element.value.columns]
    assert list(frame["day"]) == [
        "Tue 3 Mar 2026",
        "Mon 2 Mar 2026",
        "Sun 1 Mar 2026",
        "Sat 28 Feb 2026",
        "Fri 27 Feb 2026",
    ]
    assert list(frame["differs"]) == ["", "", "", "Support: 2 / 3", ""]


@pytest.mark.usefixtures("sealed")
def test_the_calendar_speaks_german(open_page: Open) -> None:
    app = open_page("data_flow.py", language="de")
    assert "Siegel" in [heading.value for heading in app.header]
    assert "Gleich wie Freshchat (2 von 2" in drawn(app, "sign")["seal"].iloc[-2]


def test_without_any_contact_there_is_nothing_to_seal(integration: Integration, open_page: Open) -> None:
    assert "Seals" not in [heading.value for heading in open_page("data_flow.py").header]


@pytest.mark.usefixtures("sealed")
def test_the_share_of_sealed_days_is_one_figure(open_page: Open) -> None:
    app = open_page("data_flow.py")
    (metric,) = [metric for metric in app.metric if metric.label == "Sealed of the last 30 days"]
    assert metric.value == "50%"
    assert "2 of 4 days" in shown(app)


@pytest.mark.usefixtures("sealed")
def test_a_day_s_seal_stands_under_its_chart_and_under_the_pointer(open_page: Open) -> None:
    equal = "Equal to Freshchat (2 of 2, compared Tue 3 Mar, 03:10)"
    app = open_page("contacts.py", day="2026-03-02")
    assert "Seal of the day, all source queues: Equal to Freshchat" in shown(app)
    assert set(drawn(app, "seal")["seal"]) == {equal}
    month = open_page("contacts.py", view="month", day="2026-03-02")
    assert "Seal of the day" not in shown(month)
    told = drawn(month, "seal").set_index("when")["seal"]
    assert (told["Mon 2 Mar 2026"], told["Tue 3 Mar 2026"]) == (equal, "Not over yet")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("report_lacks", "Freshchat's report lacks what Freshchat's own figures count"),
        ("report_empty", "Freshchat's report was empty"),
        ("rows_unreadable", "rows of Freshchat's report could not be read"),
        ("unreachable", "Freshchat's figures to compare with could not be had"),
    ],
)
@pytest.mark.usefixtures("sealed")
def test_an_incident_says_why_its_contacts_are_not_back(
    system: System, integration: Integration, open_page: Open, reason: NotRecovered, told: str
) -> None:
    began, ended = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
    incident = Incident(
        integration.integration_id, "i", began, began, ended, "silent", "key_revoked", not_recovered=reason
    )
    system.writer.write(lambda transaction: save_incident(transaction, incident))
    assert f"Not back yet: {told}." in shown(open_page("data_flow.py"))
    bundle = support_bundle(system, integration.integration_id, "en")
    assert html.escape(told).replace("&#x27;", "&#39;") in as_page(bundle, Words("en", "Europe/Berlin"))
