"""The address of the contacts page says exactly what is shown, and each choice is one step of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services import integrations
from services.integrations.draft import Draft
from services.system import System

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _today(system: System, integration: Integration, resolve: Callable[..., None]) -> None:
    now = system.clock()
    resolve("Support", now - timedelta(hours=2), 3)
    resolve("Sales", now - timedelta(hours=1), 2)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[str]]]:
    """Each change of the address, which is an entry of the browser's history."""
    found: list[dict[str, list[str]]] = []
    write = QueryParamsProxy.from_dict

    def from_dict(self: QueryParamsProxy, values: dict[str, list[str]]) -> None:
        found.append(dict(values))
        write(self, values)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", from_dict)
    monkeypatch.setattr(QueryParamsProxy, "__setitem__", lambda *_: pytest.fail("a step beside the step"))
    monkeypatch.setattr(QueryParamsProxy, "__delitem__", lambda *_: pytest.fail("a step beside the step"))
    return found


def test_a_first_visit_changes_no_address(open_page: Open, steps: list[dict[str, list[str]]]) -> None:
    open_page("contacts.py")
    assert steps == []


def test_each_choice_is_one_step(open_page: Open, steps: list[dict[str, list[str]]]) -> None:
    app = open_page("contacts.py")
    app.segmented_control(key="view").set_value("week").run()
    app.button(key="earlier").click().run()
    app.selectbox(key="interval_week").set_value("30m").run()
    app.selectbox(key="against_week").set_value("year").run()
    app.multiselect(key="queues").select("Sales").run()
    assert [set(after) - set(before) for before, after in zip([{}, *steps], steps, strict=False)] == [
        {"view"},
        {"day"},
        {"interval_week"},
        {"against"},
        {"queues"},
    ]
    assert len(steps) == 5


def test_back_shows_what_was_shown_before(open_page: Open) -> None:
    app = open_page("contacts.py")
    app.segmented_control(key="view").set_value("month").run()
    assert app.metric[0].label == "1–31 Mar 2026"
    del app.query_params["view"]  # as the browser's Back does
    app.run()
    assert app.metric[0].label == "Tue 3 Mar 2026"
    assert "view" not in app.query_params


def test_an_address_opens_the_same_view_for_somebody_else(open_page: Open) -> None:
    app = open_page(
        "contacts.py", view="range", day="2026-02-02", to="2026-02-20", against="before", queues="Sales"
    )
    assert app.metric[0].label == "2–20 Feb 2026"
    assert app.selectbox(key="interval_range").value == "1d"
    assert app.selectbox(key="against_range").value == "before"
    assert app.multiselect(key="queues").value == ["Sales"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"day": "yesterday"}, "day=yesterday"),
        ({"view": "decade"}, "view=decade"),
        ({"view": "range", "day": "2026-02-30", "to": "2026-03-40"}, "day=2026-02-30, to=2026-03-40"),
        (
            {"against": "moon", "as": "pie", "interval_day": "7m"},
            "against=moon, as=pie, interval_day=7m",
        ),
        ({"view": "range", "day": "2026-02-02", "to": "2026-02-20"}, None),
        ({"view": "year", "against": "before", "as": "table", "interval_day": "60m"}, None),
    ],
)
def test_what_cannot_be_read_in_an_address_is_said(
    open_page: Open, asked: dict[str, str], told: str | None
) -> None:
    app = open_page("contacts.py", **asked)
    said = [warning.value for warning in app.warning if "cannot be read" in warning.value]
    assert len(said) == (told is not None)
    if told:
        assert told in said[0].replace("\\", "")


def test_a_free_span_begins_as_what_was_shown(open_page: Open) -> None:
    app = open_page("contacts.py", view="week", day="2026-02-25")
    app.segmented_control(key="view").set_value("range").run()
    assert app.metric[0].label == "23 Feb\u2009–\u20091 Mar 2026"
    app.button(key="earlier").click().run()
    assert app.metric[0].label == "16–22 Feb 2026"


def test_any_day_picks_its_whole_week(open_page: Open) -> None:
    app = open_page("contacts.py", view="week")
    app.date_input(key="shown_day").set_value(date(2026, 2, 25)).run()
    assert app.metric[0].label == "23 Feb\u2009–\u20091 Mar 2026"
    assert app.query_params["day"] == "2026-02-25"


def test_the_open_tab_is_in_the_address_in_every_language(open_page: Open) -> None:
    app = open_page("contacts.py", **{"as": "table"})
    assert len(app.dataframe) == 1
    assert not app.get("vega_lite_chart")
    app.segmented_control(key="language").set_value("de").run()
    assert app.query_params["as"] == "table"
    assert len(app.dataframe) == 1


def test_choices_are_remembered_from_page_to_page(open_page: Open) -> None:
    app = open_page("contacts.py", view="month", queues="Sales")
    app.switch_page("data_flow.py").run()
    app.query_params.clear()
    app.switch_page("contacts.py").run()
    assert app.metric[0].label == "1–31 Mar 2026"
    assert app.query_params["view"] == "month"
    assert app.multiselect(key="queues").value == ["Sales"]


def test_another_integration_is_one_step(
    system: System, integration: Integration, open_page: Open, steps: list[dict[str, list[str]]]
) -> None:
    other = integrations.add(system, Draft("Zweite", "two.freshchat.com"))
    app = open_page("contacts.py", queues="Sales")
    steps.clear()
    app.selectbox(key="integration").select(other.integration_id).run()
    assert steps == [{"integration": [other.integration_id]}]


def test_favourites_are_kept_and_shown_with_one_press(open_page: Open) -> None:
    app = open_page("contacts.py", queues="Sales")
    app.button(key="keep_favourites").click().run()
    app.multiselect(key="queues").unselect("Sales").run()
    assert app.metric[0].value == "5"
    assert app.multiselect(key="queues").options[0] == "Sales"
    app.button(key="show_favourites").click().run()
    assert app.metric[0].value == "2"
    app.button(key="forget_favourites").click().run()
    app.multiselect(key="queues").unselect("Sales").run()
    assert "show_favourites" not in [button.key for button in app.button]
