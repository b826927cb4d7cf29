"""The simulated metrics: resolved interactions by group and interval equal the truth."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from simulator.times import iso, read_instant
from tests.simulator.support import Running, in_json, sample

RESOLVED = "conversation_metrics.resolved_interactions"


def span(account: Running, days: float = 8) -> dict[str, str]:
    end = account.simulator.account.now()
    return {"start": iso(end - timedelta(days=days)), "end": iso(end)}


def ask(account: Running, **query: str) -> dict[str, Any]:
    return in_json(account.api.get("/v2/metrics/historical", params=query))


def counts(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {
        it["groupings"][0]["value"]: [values["value"] for part in it["series"] for values in part["values"]]
        for it in answer["data"]
    }


@pytest.mark.parametrize("interval", ["5m", "15m", "1h", "1d", "1W", ""])
def test_the_sums_by_group_equal_what_was_resolved(shared_account: Running, interval: str) -> None:
    within = span(shared_account)
    found = counts(ask(shared_account, metric=RESOLVED, group_by="group", interval=interval, **within))
    truth = shared_account.truth(**{"from": within["start"], "to": within["end"]})
    expected = Counter(it["group_id"] or "null" for it in truth["chats"])
    assert {group: sum(int(value) for value in values) for group, values in found.items()} == dict(expected)
    assert "null" in found


def test_the_answer_has_the_samples_shape(shared_account: Running) -> None:
    found = ask(shared_account, metric=RESOLVED, group_by="group", interval="1d", **span(shared_account))
    expected = sample("rest/RECONSTRUCTED-metrics-historical-resolved_interactions.json")
    assert set(found) == set(expected)
    assert set(found["data"][0]["series"][0]) == set(expected["data"][0]["series"][0])
    assert found["data"][0]["series"][0]["values"][0]["key"] == RESOLVED
    assert found["data"][0]["series"][0]["start"] == found["start"]


def test_a_count_has_its_own_key_and_no_bounds(shared_account: Running) -> None:
    within = span(shared_account)
    found = ask(shared_account, metric=RESOLVED, group_by="group", count_metric="count", **within)
    expected = sample("rest/metrics-historical-count-by-group-jaya.json")
    assert found["interval"] == ""
    assert set(found["data"][0]["series"][0]) == set(expected["data"][0]["series"][0])
    assert found["data"][0]["series"][0]["values"][0]["key"] == "count"


def test_one_group_or_agent_can_be_asked_for(shared_account: Running) -> None:
    group = shared_account.simulator.account.world.cast.groups[0].id
    within = span(shared_account)
    found = ask(shared_account, metric=RESOLVED, group_by="group", filter_by=f"group%3D{group}", **within)
    assert set(counts(found)) == {group}
    by_agent = ask(shared_account, metric=RESOLVED, group_by="agent", **within)
    agents = {it.id for it in shared_account.simulator.account.world.cast.agents}
    assert set(counts(by_agent)) <= agents | {"null"}


def test_counts_can_be_decimals(account: Running) -> None:
    account.switch(decimal_values=True)
    found = counts(ask(account, metric=RESOLVED, group_by="group", interval="1d", **span(account)))
    assert all(value.endswith(".0") for values in found.values() for value in values)


def test_durations_are_decimals_and_created_interactions_are_counted(shared_account: Running) -> None:
    within = span(shared_account)
    waits = counts(ask(shared_account, metric="conversation_metrics.wait_time", group_by="group", **within))
    assert all(float(values[0]) > 0 for values in waits.values())
    created = counts(
        ask(shared_account, metric="conversation_metrics.created_interactions", group_by="group", **within)
    )
    assert sum(int(values[0]) for values in created.values()) > 0


def test_a_lag_hides_the_latest_resolutions(account: Running) -> None:
    within = {"start": span(account)["start"], "end": "2100-01-01T00:00:00Z"}
    account.resolve(count=5, group="VIP", minutes_ago=5)
    vip = account.simulator.account.world.cast.groups[-1].id
    prompt = counts(ask(account, metric=RESOLVED, group_by="group", **within))
    account.switch(metrics_lag_seconds=600)
    late = counts(ask(account, metric=RESOLVED, group_by="group", **within))
    assert int(prompt[vip][0]) - int(late.get(vip, ["0"])[0]) >= 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "no.such"},
        {"interval": "2h"},
        {"start": "then"},
        {"group_by": "mood"},
        {"aggregator": "sum"},
    ],
)
def test_a_wrong_question_is_named(shared_account: Running, wrong: dict[str, str]) -> None:
    query = {"metric": RESOLVED} | span(shared_account) | wrong
    answer = shared_account.api.get("/v2/metrics/historical", params=query)
    assert answer.status_code == 400
    assert answer.json()["status"] == "INVALID_VALUE"


def test_the_instant_metric_has_the_samples_shape(shared_account: Running) -> None:
    found = shared_account.api.get("/v2/metrics/instant", params={"metric": "team_presence.online"}).json()
    expected = sample("rest/RECONSTRUCTED-metrics-instant-team_presence.json")
    assert set(found) == set(expected)
    assert set(found["data"][0]["values"][0]) == set(expected["data"][0]["values"][0])


def test_the_truth_is_told_by_the_groups_names(account: Running) -> None:
    before = account.simulator.account.now()
    account.resolve(count=3, group="VIP")
    account.resolve(count=2, group=None)
    assert account.control.post("/control/groups/VIP", json={"name": "Platin"}).status_code == 200
    account.resolve(count=1, group="Platin")
    truth = account.truth(**{"from": iso(before - timedelta(seconds=1))})
    named = {it["group"]: it["resolved"] for it in truth["groups"]}
    assert (named["VIP"], named["Platin"]) == (3, 1)
    assert named[None] >= 2
    assert all(read_instant(it["resolved_at"]) <= account.simulator.account.now() for it in truth["chats"])
