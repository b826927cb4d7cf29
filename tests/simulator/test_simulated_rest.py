"""The simulated REST API: shapes like the samples, pages and links, errors, and the gate before it."""

import re
from itertools import count
from typing import Any

import httpx
import pytest

from simulator.times import read_instant
from tests.patience import PATIENCE
from tests.simulator.support import Running, in_json, sample

UTC_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def walk(account: Running, path: str, name: str) -> list[dict[str, Any]]:
    """Follow links.next_page to the end."""
    found: list[dict[str, Any]] = []
    next_page = path
    while next_page:
        page = account.api.get(next_page).raise_for_status().json()
        found += page[name]
        next_page = page["links"].get("next_page", {}).get("href")
    return found


def a_conversation(account: Running) -> dict[str, Any]:
    busiest = max(account.simulator.account.world.conversations.values(), key=lambda it: len(it.interactions))
    return in_json(account.api.get(f"/v2/conversations/{busiest.id}"))


def test_the_account_is_described_like_the_sample_and_says_that_it_is_simulated(
    shared_account: Running,
) -> None:
    found = shared_account.api.get("/v2/accounts/configuration").json()
    expected = sample("rest/RECONSTRUCTED-accounts-configuration.json")
    assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in expected.items()}
    assert found["account_domain"] == "simulated-account.freshchat.com"
    assert found["organisation_id"] > 2**53


def test_groups_and_roles_have_the_samples_fields(shared_account: Running) -> None:
    for name in ("groups", "roles"):
        page = shared_account.api.get(f"/v2/{name}", params={"items_per_page": 2}).json()
        expected = sample(f"rest/RECONSTRUCTED-{name}" + ("-page.json" if name == "groups" else ".json"))
        assert set(page) == set(expected)
        assert set(page["pagination"]) == set(expected["pagination"])
        assert set(expected[name][0]) <= set(page[name][0])
        assert set(page["links"]["next_page"]) == {"href", "rel", "method"}
        assert page["links"]["next_page"]["href"].startswith(f"/v2/{name}?")


def test_an_agent_has_the_samples_fields(shared_account: Running) -> None:
    agents = walk(shared_account, "/v2/agents?items_per_page=5", "agents")
    assert set(sample("rest/agent-jaya.json")) - {"skill_id"} <= set(agents[0])
    assert agents[0]["role_id"] == "ACCOUNT_ADMIN"
    assert shared_account.api.get(f"/v2/agents/{agents[3]['id']}").json() == agents[3]


def test_both_spellings_of_the_path_answer(shared_account: Running) -> None:
    assert shared_account.api.get("/api/v2/groups").json() == shared_account.api.get("/v2/groups").json()


def test_following_the_links_finds_everything_once(shared_account: Running) -> None:
    users = walk(shared_account, "/v2/users?created_from=2020-01-01T00:00:00Z&items_per_page=50", "users")
    assert len(users) == len({it["id"] for it in users}) == len(shared_account.simulator.account.world.users)


def test_a_page_has_at_most_fifty_items(shared_account: Running) -> None:
    page = shared_account.api.get(
        "/v2/users", params={"created_from": "2020-01-01", "items_per_page": 9999}
    ).json()
    assert len(page["users"]) == page["pagination"]["items_per_page"] == 50


def test_past_the_end_is_a_wrong_page(shared_account: Running) -> None:
    answer = shared_account.api.get("/v2/groups", params={"page": 99})
    assert answer.status_code == 400
    assert answer.json()["status"] == "WRONG_PAGE"


def test_partial_pages_still_lead_through_everything(account: Running) -> None:
    account.switch(partial_pages=True)
    assert len(account.api.get("/v2/groups", params={"items_per_page": 50}).json()["groups"]) == 2
    assert len(walk(account, "/v2/groups?items_per_page=50", "groups")) == 6


def test_users_need_a_filter(shared_account: Running) -> None:
    assert shared_account.api.get("/v2/users").status_code == 400


def test_users_are_found_by_when_they_were_updated(shared_account: Running) -> None:
    world = shared_account.simulator.account.world
    times = sorted(it.updated_at for it in world.users.values())
    middle = times[len(times) * 9 // 10]
    found = walk(
        shared_account, f"/v2/users?updated_from={middle.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}", "users"
    )
    assert {it["id"] for it in found} == {it.id for it in world.users.values() if it.updated_at >= middle}


def test_a_user_leads_to_conversations_and_they_to_messages(shared_account: Running) -> None:
    talk = a_conversation(shared_account)
    listed = shared_account.api.get(f"/v2/users/{talk['user_id']}/conversations").json()
    assert set(listed["conversations"][0]) == set(
        sample("rest/RECONSTRUCTED-user-conversations.json")["conversations"][0]
    )
    assert talk["conversation_id"] in {it["id"] for it in listed["conversations"]}
    by_number = shared_account.api.get(f"/v2/conversations/{talk['conversation_internal_id']}").json()
    assert by_number == talk


def test_a_conversation_leaves_out_what_is_not_set(shared_account: Running) -> None:
    world = shared_account.simulator.account.world
    known = (it.conversation for it in world.resolved if it.group is None and it is it.conversation.latest)
    ungrouped = next(talk for talk in known if not talk.gone)
    found = shared_account.api.get(f"/v2/conversations/{ungrouped.id}").json()
    assert "assigned_group_id" not in found
    assert None not in found.values()
    assert UTC_MILLISECONDS.fullmatch(found["updated_time"])


def test_messages_look_like_the_real_one_newest_first_and_the_link_leads_to_the_oldest(
    shared_account: Running,
) -> None:
    talk, found, pages = a_conversation(shared_account), [], 0
    href = f"/v2/conversations/{talk['conversation_id']}/messages?items_per_page=3"
    while href:
        page = shared_account.api.get(href).raise_for_status().json()
        assert "pagination" not in page
        found += page["messages"]
        href, pages = page.get("link", {}).get("href"), pages + 1
    assert pages > 1
    assert len({it["id"] for it in found}) == len(found)
    assert [it["created_time"] for it in found] == sorted((it["created_time"] for it in found), reverse=True)
    assert set(sample("rest/message-2025-pipedream.json")) <= set(found[-1])
    everything = shared_account.api.get(
        f"/v2/conversations/{talk['conversation_id']}/messages?items_per_page=50"
    )
    assert everything.json()["messages"][:50] == found[:50]


@pytest.mark.parametrize("size", [1, 3, 20])
def test_a_client_that_counts_pages_gets_every_message_once(shared_account: Running, size: int) -> None:
    path, found = f"/v2/conversations/{a_conversation(shared_account)['conversation_id']}/messages", []
    for number in count(1):
        page = shared_account.api.get(path, params={"items_per_page": size, "page": number}).json()
        found += page["messages"]
        if len(page["messages"]) < size:
            break
    everything = shared_account.api.get(path, params={"items_per_page": 50}).json()
    assert found[:50] == everything["messages"]


def test_a_deleted_or_spam_chat_is_not_found_and_not_listed(shared_account: Running) -> None:
    gone = next(it for it in shared_account.simulator.account.world.conversations.values() if it.gone)
    answer = shared_account.api.get(f"/v2/conversations/{gone.id}")
    assert answer.status_code == 404
    assert set(answer.json()) == set(sample("rest/error-404-official.json"))
    listed = shared_account.api.get(f"/v2/users/{gone.user.id}/conversations").json()["conversations"]
    assert gone.id not in {it["id"] for it in listed}


def test_every_error_has_the_documented_three_keys(shared_account: Running) -> None:
    nobody = httpx.get(f"{shared_account.url}/v2/groups", timeout=PATIENCE, trust_env=False)
    answers = [nobody] + [
        shared_account.api.get(f"/v2/{it}") for it in ("groups/x", "agents/x", "users/x", "nothing")
    ]
    assert [it.status_code for it in answers] == [401, 404, 404, 404, 404]
    for answer in answers:
        assert set(answer.json()) == {"code", "status", "message"}
        assert answer.json()["code"] == answer.status_code
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", answer.headers["X-Trace-ID"])
        assert int(answer.headers["X-RateLimit-Remaining"]) < int(answer.headers["X-RateLimit-Limit"])


def test_a_new_token_kills_the_old_one_at_once(account: Running) -> None:
    new = account.control.post("/control/token", json={"action": "regenerate"}).json()["token"]
    assert account.api.get("/v2/groups").status_code == 401
    assert account.api.get("/v2/groups", headers={"Authorization": f"Bearer {new}"}).status_code == 200
    account.control.post("/control/token", json={"action": "revoke"})
    assert account.api.get("/v2/groups", headers={"Authorization": f"Bearer {new}"}).status_code == 401


def test_an_old_token_lacks_scopes(account: Running) -> None:
    account.switch(old_scopes=True, missing_scopes="dashboard:read")
    statuses = [
        account.api.get(f"/v2/{it}").status_code
        for it in ("accounts/configuration", "metrics/instant", "groups")
    ]
    assert statuses == [403, 403, 200]


def test_a_portal_host_answers_with_a_page(account: Running) -> None:
    account.switch(portal_host=True)
    answer = account.api.get("/v2/accounts/configuration")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("switch", "hint"), [("with_retry_after", True), ("without_retry_after", False)])
def test_too_many_requests_with_and_without_a_hint(account: Running, switch: str, hint: bool) -> None:
    account.switch(rate_limited=switch)
    answer = account.api.get("/v2/groups")
    assert answer.status_code == 429
    assert ("Retry-After" in answer.headers) is hint


def test_the_rate_limit_is_kept_until_the_moment_that_the_refusal_names(
    account: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    for clock in ("monotonic", "time"):
        monkeypatch.setattr(f"simulator.gate.{clock}", lambda: seconds[0])
    account.switch(requests_per_minute=3)
    answers = [account.api.get("/v2/groups") for _ in range(4)]
    assert [it.status_code for it in answers] == [200, 200, 200, 429]
    assert [it.headers["X-RateLimit-Remaining"] for it in answers] == ["2", "1", "0", "0"]
    refused = answers[-1].headers
    assert (refused["Retry-After"], refused["X-RateLimit-Reset"]) == ("60", "1060")
    seconds[0] += 60
    assert account.api.get("/v2/groups").headers["X-RateLimit-Remaining"] == "2"


def test_down_is_an_outage_page_or_a_cut_connection(account: Running) -> None:
    account.switch(down="503")
    assert account.api.get("/v2/groups").status_code == 503
    account.switch(down="closed")
    with pytest.raises(httpx.RemoteProtocolError):
        account.api.get("/v2/groups")
    account.control.post("/control/reset", json={})
    assert account.api.get("/v2/groups").status_code == 200


def test_an_instant_is_read_in_the_forms_that_clients_write() -> None:
    forms = (
        "2026-03-02T08:00:00Z",
        "2026-03-02T09:00:00+01:00",
        "2026-03-02T09:00:00 01:00",
        "2026-03-02T08:00",
    )
    assert len({read_instant(it) for it in forms}) == 1
