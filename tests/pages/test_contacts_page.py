"""The contacts page as supervisors read it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.chats import Event
from data.integrations import Integration
from pages.parts.charts.contacts import grouped, shades_of
from pages.parts.contacts.tables import usual_of
from services import ingest, integrations
from services.contacts.by_queue import QueueFigure
from services.contacts.periods import Period
from services.contacts.standing import Standing
from services.contacts.table import ContactTable
from services.contacts.view import ContactView
from services.integrations.draft import Draft
from services.system import System
from services.translation import Words
from services.watch.own_clock import OwnClock
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.pages.reading import drawn, labels, shown

Open = Callable[..., AppTest]
Resolve = Callable[..., None]


@pytest.fixture
def today(system: System, resolve: Resolve) -> None:
    """Today's contacts: three and two in two queues, and one without a group."""
    now = system.clock()
    resolve("Support", now - timedelta(hours=2), 3)
    resolve("Sales", now - timedelta(hours=1), 2)
    resolve(None, now - timedelta(hours=1), 1)


def test_without_contacts_it_leads_to_the_app(integration: Integration, open_page: Open) -> None:
    app = open_page("contacts.py")
    assert "No contacts yet" in shown(app)
    assert labels(app) == ["Install the injixo app"]


@pytest.mark.usefixtures("today")
def test_the_total_leaves_out_contacts_without_a_group_and_says_so(open_page: Open) -> None:
    app = open_page("contacts.py")
    assert app.metric[0].value == "5"
    assert "**Undefined_Queue** · 1 contact · 17% of all" in shown(app)
    assert "not in the total above" in shown(app)


@pytest.mark.usefixtures("today")
def test_time_zone_and_counting_rule_stand_under_the_chart(
    system: System, integration: Integration, open_page: Open
) -> None:
    assert "Time zone Europe/Berlin · 1 contact = 1 resolved chat, counted when it was resolved" in shown(
        open_page("contacts.py")
    )
    draft = Draft(integration.name, integration.domain, time_zone="Europe/Berlin", counting="once_per_chat")
    integrations.change(system, integration.integration_id, draft)
    assert "1 contact = 1 chat, counted once" in shown(open_page("contacts.py"))


@pytest.mark.usefixtures("today")
def test_choosing_a_queue_counts_that_one_alone(open_page: Open) -> None:
    app = open_page("contacts.py")
    app.multiselect(key="queues").select("Sales").run()
    assert app.metric[0].value == "2"


@pytest.mark.usefixtures("today")
def test_stepping_back_shows_yesterday_and_keeps_it_in_the_address(open_page: Open) -> None:
    app = open_page("contacts.py")
    assert app.button(key="today").disabled
    app.button(key="earlier").click().run()
    assert app.metric[0].label == "Mon 2 Mar 2026"
    assert app.query_params["day"] == "2026-03-02"
    app.button(key="today").click().run()
    assert app.metric[0].label == "Tue 3 Mar 2026"
    assert "day" not in app.query_params


@pytest.mark.usefixtures("today")
def test_a_week_ahead_can_be_stepped_to_and_claims_nothing(open_page: Open) -> None:
    app = open_page("contacts.py")
    for _ in range(7):
        app.button(key="later").click().run()
        assert not app.exception
    assert (app.metric[0].label, app.metric[0].value) == ("Tue 10 Mar 2026", "–")
    assert app.query_params["day"] == "2026-03-10"
    assert app.button(key="later").disabled
    text = shown(app)
    assert "omplete" not in text
    assert "stands out" not in text
    app.segmented_control(key="view").set_value("week").run()
    assert app.metric[0].label == "9–15 Mar 2026"
    for tab in ("hours", "queues", "table"):
        opened = open_page("contacts.py", view="week", day="2026-03-10", **{"as": tab})
        assert not opened.exception
    app.segmented_control(key="view").set_value("month").run()
    assert app.button(key="later").disabled
    app.segmented_control(key="view").set_value("day").run()
    app.button(key="today").click().run()
    assert app.metric[0].label == "Tue 3 Mar 2026"
    assert "day" not in app.query_params


@pytest.mark.usefixtures("today")
def test_a_contact_that_its_sender_dates_ahead_is_told_of_until_it_counts(
    open_page: Open, resolve: Resolve, clock: Clock
) -> None:
    resolve("Support", clock.now + timedelta(minutes=20), 2, received_at=clock.now)
    app = open_page("contacts.py")
    assert app.metric[0].value == "5"
    assert "2 contacts of this integration are dated ahead by their sender" in shown(app)
    clock.advance(minutes=30)
    app = open_page("contacts.py")
    assert app.metric[0].value == "7"
    assert "dated ahead" not in shown(app)


@pytest.mark.usefixtures("today")
def test_an_address_opens_what_it_names(integration: Integration, open_page: Open) -> None:
    app = open_page("contacts.py", view="week", day="2026-02-25", integration=integration.integration_id)
    assert app.metric[0].label == "23 Feb\u2009–\u20091 Mar 2026"


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    "query", [{"view": "decade"}, {"as": "x"}, {"against": "y"}, {"day": "soon"}, {"day": "2999-01-01"}]
)
def test_an_address_that_makes_no_sense_shows_today(open_page: Open, query: dict[str, str]) -> None:
    assert open_page("contacts.py", **query).metric[0].label == "Tue 3 Mar 2026"


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("page", ["contacts.py", "data_flow.py"])
def test_an_integration_that_is_not_there_is_named_and_none_is_shown_in_its_place(
    open_page: Open, integration: Integration, page: str
) -> None:
    app = open_page(page, integration="none")
    assert "There is no integration with the id **none**; it may have been deleted." in shown(app)
    assert not app.metric
    assert not app.get("page_link")
    assert integration.name not in shown(app)
    app.run()
    assert "**none**" in shown(app)
    app.selectbox(key="integration").select(integration.integration_id).run()
    assert "There is no integration" not in shown(app)
    assert app.selectbox(key="integration").value == integration.integration_id


@pytest.mark.usefixtures("today")
def test_a_deleted_integrations_data_flow_is_not_that_of_another(
    system: System, integration: Integration, open_page: Open
) -> None:
    other = integrations.add(system, Draft("Zweite", "two.freshchat.com"))
    integrations.delete(system, other.integration_id)
    app = open_page("data_flow.py", integration=other.integration_id)
    assert "it may have been deleted" in shown(app)
    assert not app.get("page_link")


@pytest.mark.usefixtures("today")
def test_a_source_queue_that_is_not_there_is_named_and_no_total_is_shown_in_its_place(
    open_page: Open,
) -> None:
    app = open_page("contacts.py", queues="Suport")
    assert "There is no source queue **Suport** in this integration." in shown(app)
    assert not app.metric
    assert not app.get("vega_lite_chart")
    app.run()
    assert "**Suport**" in shown(app)
    assert app.query_params["queues"] == "Suport"
    app.multiselect(key="queues").select("Sales").run()
    assert "There is no source queue" not in shown(app)
    assert app.metric[0].value == "2"
    assert app.query_params["queues"] == "Sales"
    app.multiselect(key="queues").unselect("Sales").run()
    assert app.metric[0].value == "5"
    assert "queues" not in app.query_params


@pytest.mark.usefixtures("today")
def test_from_a_source_queue_that_is_not_there_one_click_leads_to_all(open_page: Open) -> None:
    app = open_page("contacts.py", queues="Suport")
    app.button(key="all_queues").click().run()
    assert app.metric[0].value == "5"
    assert "queues" not in app.query_params


@pytest.mark.usefixtures("today")
def test_of_several_source_queues_those_that_are_there_are_added_up_and_the_others_named(
    open_page: Open,
) -> None:
    app = open_page("contacts.py", queues=["Sales", "A_b*c", "Undefined_Queue"])
    assert "There is no source queue **A\\_b\\*c** in this integration." in shown(app)
    assert app.metric[0].value == "3"


@pytest.mark.usefixtures("today")
def test_source_queues_are_those_of_one_integration_and_not_asked_of_the_next(
    system: System, integration: Integration, open_page: Open
) -> None:
    other = integrations.add(system, Draft("Zweite", "two.freshchat.com"))
    app = open_page("contacts.py", integration=integration.integration_id, queues="Sales")
    assert app.metric[0].value == "2"
    app.selectbox(key="integration").select(other.integration_id).run()
    app.selectbox(key="integration").select(integration.integration_id).run()
    assert app.metric[0].value == "5"
    assert "There is no source queue" not in shown(app)


@pytest.mark.usefixtures("today")
def test_a_gap_in_the_period_is_said_beside_the_total(
    system: System, integration: Integration, open_page: Open, outage: Callable[[timedelta, timedelta], None]
) -> None:
    outage(timedelta(minutes=45), timedelta(minutes=15))
    assert "No data for 30 minutes of this period: the total is too low." in shown(open_page("contacts.py"))


@pytest.mark.usefixtures("today")
def test_before_the_first_contact_nothing_is_known_rather_than_zero(open_page: Open) -> None:
    app = open_page("contacts.py", day="2026-02-25")
    assert app.metric[0].value == "–"
    assert "The first contact was counted on Tue 3 Mar 2026." in shown(app)


@pytest.mark.usefixtures("refused")
def test_an_outage_of_now_does_not_speak_against_a_day_that_is_over(open_page: Open) -> None:
    told = "These figures are incomplete: contacts have been missing since Tue 3 Mar, 10:00."
    cause = "The app uses an injixo API key that was revoked"
    assert told in shown(open_page("contacts.py"))
    yesterday = shown(open_page("contacts.py", day="2026-03-02"))
    assert "These figures" not in yesterday
    assert f"Now: {cause}" in yesterday


def test_a_queue_keeps_its_colour_whatever_else_is_shown() -> None:
    contacts = np.zeros(1)
    busiest_first = [f"queue {number}" for number in range(10)]
    both = shades_of({"queue 0": contacts, "queue 1": contacts}, busiest_first)
    assert shades_of({"queue 1": contacts}, busiest_first) == both[1:]
    late = shades_of({"queue 8": contacts, "queue 9": contacts}, busiest_first)
    assert len(set(late)) == 2
    assert shades_of({"Undefined_Queue": contacts}, busiest_first)[0] not in both


@pytest.mark.usefixtures("today")
def test_it_speaks_german(open_page: Open) -> None:
    app = open_page("contacts.py", language="de")
    assert app.title[0].value == "Kontakte"
    assert "Zeitzone Europe/Berlin · 1 Kontakt = 1 gelöster Chat" in shown(app)
    assert app.metric[0].label == "Di. 03.03.2026"


def test_another_integration_is_remembered_from_page_to_page(
    system: System, integration: Integration, open_page: Open
) -> None:
    other = integrations.add(system, Draft("Zweite", "two.freshchat.com"))
    app = open_page("contacts.py", integration=other.integration_id)
    assert app.selectbox(key="integration").value == other.integration_id
    app.switch_page("data_flow.py").run()
    assert app.selectbox(key="integration").value == other.integration_id


def test_the_contacts_of_a_deleted_integration_can_still_be_read(
    open_page: Open, system: System, integration: Integration, resolve: Resolve, clock: Clock
) -> None:
    resolve("Kundensupport", clock.now - timedelta(hours=1), 3)
    integrations.delete(system, integration.integration_id)
    clock.advance(days=2)
    app = open_page("contacts.py", integration=integration.integration_id)
    assert app.selectbox(key="integration").options == ["Kundenservice (deleted)"]
    assert "Deleted on Tue 3 Mar, 10:00. The contacts counted until then are kept" in shown(app)
    assert "3" in [metric.value for metric in app.metric]
    assert "Welcome" not in shown(app)


def test_a_deleted_integration_is_not_offered_unasked(
    open_page: Open, system: System, integration: Integration
) -> None:
    integrations.delete(system, integration.integration_id)
    assert "Welcome to Stillwatch" in shown(open_page("contacts.py"))
    assert "Welcome to Stillwatch" in shown(open_page("data_flow.py", integration=integration.integration_id))


@pytest.fixture
def usual_tuesdays(system: System, resolve: Resolve) -> None:
    """The six Tuesdays before had 20 contacts of Support and 3 of Sales by this time; today has 21 and 30."""
    now = system.clock()
    resolve("Support", now - timedelta(weeks=9))
    for weeks in range(1, 7):
        resolve("Support", now - timedelta(weeks=weeks, hours=2), 20)
        resolve("Sales", now - timedelta(weeks=weeks, hours=1), 3)
    resolve("Support", now - timedelta(hours=2), 21)
    resolve("Sales", now - timedelta(hours=1), 30)


@pytest.mark.usefixtures("usual_tuesdays")
def test_the_total_is_held_against_the_usual_and_whether_that_is_much_is_said(open_page: Open) -> None:
    total, against, _ = open_page("contacts.py").metric
    assert total.value == "51"
    assert (against.value, against.delta) == ("+122%", "much more than usual")


def test_what_is_usual_of_a_queue_has_one_digit_after_the_point_at_most() -> None:
    figure = QueueFigure("Chat", 2078, 1.0, Standing(2078, 2189.128, -1), ())
    assert usual_of([figure, replace(figure, standing=None)]) == pytest.approx([2189.1, np.nan], nan_ok=True)


@pytest.mark.parametrize("tab", ["table", "queues"])
@pytest.mark.usefixtures("usual_tuesdays")
def test_what_is_usual_has_one_digit_after_the_point_in_each_row_of_a_table(
    open_page: Open, tab: str
) -> None:
    (table,) = open_page("contacts.py", **{"as": tab}).dataframe
    known = table.value["usual"].dropna()
    assert len(known)
    assert (known == known.round(1)).all()
    assert json.loads(table.proto.columns)["usual"]["type_config"]["step"] == 0.1


@pytest.mark.usefixtures("usual_tuesdays")
def test_what_is_unusual_today_and_where_is_said_in_words(open_page: Open) -> None:
    told = "Stands out: **Sales** +900%, much more than usual"
    assert told in shown(open_page("contacts.py"))
    app = open_page("contacts.py", **{"as": "queues"})
    assert told in shown(app)
    table = app.dataframe[0].value
    assert list(table["queue"]) == ["Sales", "Support"]
    assert list(table["usual"]) == [3, 20]
    assert table["deviation"][1] == "+5%, about as usual"


@pytest.mark.usefixtures("usual_tuesdays")
def test_which_queue_is_busiest_on_mondays_at_ten(open_page: Open, system: System, resolve: Resolve) -> None:
    monday_at_ten = system.clock() - timedelta(days=1) + timedelta(minutes=30)  # the clock stands at ten
    resolve("Sales", monday_at_ten, 9)
    resolve("Support", monday_at_ten, 4)
    app = open_page("contacts.py", **{"as": "hours"})
    assert "Busiest: **Tuesday, 08:00–09:00**" in shown(app)
    app.selectbox(key="slot_weekday").set_value(0).run()
    app.selectbox(key="slot_hour").set_value(10).run()
    assert app.query_params["slot"] == "0-10"
    assert list(app.dataframe[0].value["queue"]) == ["Sales", "Support"]
    assert app.dataframe[0].value["days"][0] == 8


def test_among_many_queues_one_is_found_by_its_name(
    open_page: Open, system: System, integration: Integration, resolve: Resolve
) -> None:
    for number in range(15):
        resolve(f"Team {number:03d}", system.clock() - timedelta(hours=1), number + 1)
    app = open_page("contacts.py", **{"as": "queues"})
    assert len(app.dataframe[0].value) == 15
    app.text_input(key="queue_search").set_value("team 00").run()
    assert len(app.dataframe[0].value) == 10
    app.text_input(key="queue_search").set_value("nobody").run()
    assert "No source queue has this in its name." in shown(app)


def test_of_many_queues_the_chart_shows_the_busiest_of_the_time_and_the_rest_together() -> None:
    contacts = np.arange(20.0)[None, :]
    names = [f"queue {number:02d}" for number in range(20)]
    starts = [datetime(2026, 3, 3, tzinfo=UTC)]
    table = ContactTable("UTC", "1d", "every_resolution", starts, names, contacts, contacts < 0)
    period = Period.around("day", date(2026, 3, 3))
    view = ContactView(period, table, starts[0], None, contacts[0], [], None, None)
    series = grouped(view, names, Words("en"))
    assert list(series) == [*names[13:], "13 more source queues"]
    assert series["13 more source queues"] == sum(range(13))


def test_a_queue_keeps_its_colour_when_new_ones_come_and_no_two_share_one() -> None:
    contacts = np.zeros(1)
    oldest_first = [f"queue {number}" for number in range(200)]
    before = shades_of(dict.fromkeys(oldest_first[:50], contacts), oldest_first[:50])
    after = shades_of(dict.fromkeys(oldest_first, contacts), oldest_first)
    assert after[:50] == before
    assert len(set(after[:60])) == 60


@pytest.mark.usefixtures("usual_tuesdays")
def test_the_chart_says_in_words_what_it_shows(open_page: Open) -> None:
    (chart,) = open_page("contacts.py").get("vega_lite_chart")
    told = str(chart.proto)
    assert "Contacts per source queue, Tue 3 Mar 2026: 51 in total. +122%, much more than usual." in told
    assert "Most in Tue 3 Mar, 09:00" in told
    assert "09:15: 30." in told
    assert "Busiest source queues: Sales 30; Support 21." in told


@pytest.mark.usefixtures("usual_tuesdays")
def test_what_the_marks_of_the_chart_mean_is_explained_while_they_are_there(
    system: System, integration: Integration, open_page: Open, outage: Callable[[timedelta, timedelta], None]
) -> None:
    assert "Red strip: incident" not in shown(open_page("contacts.py"))
    outage(timedelta(minutes=45), timedelta(minutes=15))
    assert "Red strip: incident" in shown(open_page("contacts.py"))


@pytest.mark.usefixtures("usual_tuesdays")
def test_what_is_expected_of_the_rest_of_the_day_is_said_with_what_it_is_not(
    open_page: Open, system: System, integration: Integration
) -> None:
    quarters = [system.clock() - timedelta(minutes=15 * back) for back in range(1, 56 * 96)]
    rows = [(integration.integration_id, "Chat", at, 4, 4, 4) for at in quarters if 7 <= at.hour < 17]
    system.writer.write(lambda transaction: transaction.insert("contact_count", rows))
    app = open_page("contacts.py")
    assert "more are expected from Tue 3 Mar, 10:15 on" in shown(app)
    assert "no staffing forecast" in shown(app)
    assert "expected" in [button.key for button in app.get("download_button")]
    yesterday = open_page("contacts.py", day="2026-03-02")
    assert "more are expected" not in shown(yesterday)
    tomorrow = open_page("contacts.py", day="2026-03-04")
    assert "are expected (" in shown(tomorrow)
    assert "more are expected" not in shown(tomorrow)


@pytest.mark.usefixtures("today")
def test_what_is_still_to_come_is_not_told_as_missing(open_page: Open) -> None:
    """Before the first contact there is no data, after it zero may be a count, and later nobody knows yet."""
    told = drawn(open_page("contacts.py"), "total").set_index("when")["total"]
    assert told["Tue 3 Mar, 00:00–00:15"] == "no data"
    assert told["Tue 3 Mar, 09:30–09:45"] == "0"
    assert told["Tue 3 Mar, 10:15–10:30"] == "to come"
    assert set(told[told.index > "Tue 3 Mar, 10:15"]) == {"to come"}


@pytest.mark.usefixtures("usual_tuesdays")
def test_the_hours_of_the_week_speak_german_to_their_last_word(open_page: Open) -> None:
    app = open_page("contacts.py", language="de", **{"as": "hours"})
    assert "Kontakte je Stunde" in " ".join(str(element.proto) for element in app.get("html"))
    assert "Am stärksten: **Dienstag, 08:00–09:00**" in shown(app)


def test_a_mass_closing_does_not_flatten_the_chart_and_the_caption_says_so(
    system: System, resolve: Resolve, open_page: Open
) -> None:
    now = system.clock()
    for hours in range(1, 6):
        resolve("Support", now - timedelta(hours=hours), 4)
    resolve("Support", now - timedelta(hours=8), 3000)
    app = open_page("contacts.py")
    assert app.metric[0].value == "3,020"
    assert "Cut off at the scale's end: 3,000 contacts at Tue 3 Mar, 02:00" in shown(app)
    (chart,) = app.get("vega_lite_chart")
    (scale,) = set(
        re.findall(r'"title": "Contacts".*?"scale": {"domain": \[0, ([0-9.]+)\]}', chart.proto.spec)
    )
    assert 4 < float(scale) < 5


@pytest.mark.usefixtures("usual_tuesdays")
def test_side_by_side_each_source_queue_has_a_chart_that_says_what_it_shows(open_page: Open) -> None:
    app = open_page("contacts.py", **{"as": "multiples"})
    charts = [chart.proto for chart in app.get("vega_lite_chart")]
    assert [chart.alt.split(":")[0] for chart in charts] == ["Sales", "Support"]
    assert "much more than usual. Most in " in charts[0].alt
    told = shown(app)
    assert "The first bar: Tue 3 Mar, 00:00–00:30 · Dashed line: Usual" in told
    assert "+900%, much more than usual" in told
    assert "Seals, all source queues" not in told


@pytest.mark.usefixtures("usual_tuesdays")
def test_side_by_side_says_how_many_days_are_sealed(open_page: Open) -> None:
    app = open_page("contacts.py", day="2026-03-02", view="week", **{"as": "multiples"})
    assert "Seals, all source queues: ? Not compared 1" in shown(app)


@pytest.mark.usefixtures("usual_tuesdays")
def test_side_by_side_the_scale_is_one_until_each_is_to_have_its_own(open_page: Open) -> None:
    def ends() -> list[float]:
        specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
        return [spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1] for spec in specs]

    app = open_page("contacts.py", **{"as": "multiples"})
    assert len(set(ends())) == 1
    app.segmented_control(key="scale").set_value("own").run()
    assert app.query_params["scale"] == "own"
    assert len(set(ends())) == 2


@pytest.mark.usefixtures("usual_tuesdays")
def test_a_small_chart_leads_to_its_source_queue_alone(open_page: Open) -> None:
    app = open_page("contacts.py", **{"as": "multiples"})
    app.button(key="open_1").click().run()
    assert app.query_params["queues"] == "Support"
    assert "as" not in app.query_params


@pytest.mark.usefixtures("usual_tuesdays")
def test_of_many_source_queues_the_busiest_are_drawn_and_all_on_demand(
    open_page: Open, resolve: Resolve, system: System
) -> None:
    for number in range(12):
        resolve(f"Queue {number}", system.clock() - timedelta(minutes=40), 1)
    app = open_page("contacts.py", **{"as": "multiples"})
    assert len(app.get("vega_lite_chart")) == 12
    assert "12 of 14 source queues: the favourites and the busiest" in shown(app)
    app.segmented_control(key="top").set_value("all").run()
    assert len(app.get("vega_lite_chart")) == 14
    assert app.query_params["top"] == "all"


def test_an_outage_of_our_own_is_told_once(open_page: Open, system: System, clock: Clock) -> None:
    unasked = integrations.add(system, Draft("Unasked", "example.freshchat.com", "")).integration_id
    ids = iter(range(100))

    def counted() -> None:
        event = Event("resolved", clock.now, None, None, "g", "Support", "app", clock.now)
        delivery = ingest.Delivery(unasked, [(f"chat {next(ids)}", event)])
        system.writer.submit(ingest.record, delivery).result()

    ran = [0.0]
    watcher = Watcher(system, OwnClock(timedelta(minutes=1), lambda: ran[0]))
    watcher.tick()
    counted()
    away = timedelta(minutes=40)
    clock.now, ran[0] = clock.now + away, away.total_seconds()
    watcher.tick()
    told = shown(open_page("contacts.py", integration=unasked))
    assert "**40 minutes without data from Tue 3 Mar, 09:00.**" in told
    assert told.count("Stillwatch itself was not running or not reachable") == 1
    assert "Some of this period is without data: the total is too low." in told
    assert "minutes of this period" not in told
