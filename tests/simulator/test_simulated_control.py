"""The control page and the control API, and the demo's launcher."""

import re
import socket

import pytest

from simulator.control_texts import SWITCHES, TEXTS
from simulator.demo import CannotRun, free_port
from simulator.switches import Switches, read_changes
from tests.ports import reserved_port
from tests.simulator.support import Running


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "Simuliertes Freshchat-Konto"),
        ("en", "Simulated Freshchat"),
        ("fr", "Simulated"),
    ],
)
def test_the_page_says_loudly_that_it_is_simulated(
    shared_account: Running, language: str, title: str
) -> None:
    page = shared_account.control.get("/", headers={"Accept-Language": language})
    assert f"<h1>{title}" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"(src|href)=.https?:", page.text)


def test_every_switch_has_a_label_in_both_languages() -> None:
    assert set(SWITCHES) == set(Switches.__dataclass_fields__)
    assert all(all(pair) and len(pair) == 2 for pair in [*SWITCHES.values(), *TEXTS.values()])


def test_every_field_of_the_page_has_a_label(shared_account: Running) -> None:
    page = shared_account.control.get("/").text
    bare = re.sub(r"<label.*?</label>", "", page, flags=re.S)
    assert not re.search(r"<select|<input(?! type='hidden')", bare)


def test_a_button_flips_a_switch(account: Running) -> None:
    answer = account.control.post("/control/form", data={"action": "set", "quiet": "true"})
    assert answer.status_code == 303
    assert account.control.get("/control").json()["switches"]["quiet"] is True


def test_the_form_of_all_switches_clears_what_is_not_ticked(account: Running) -> None:
    account.switch(holiday=True)
    account.control.post(
        "/control/form", data={"action": "switches", "portal_host": "true", "lose_share": "0.25"}
    )
    switches = account.control.get("/control").json()["switches"]
    assert (switches["holiday"], switches["portal_host"], switches["lose_share"]) == (False, True, 0.25)


def test_a_mistake_in_a_form_is_explained(account: Running) -> None:
    answer = account.control.post("/control/form", data={"action": "set", "lose_share": "7"})
    assert answer.status_code == 400
    assert "lose_share lies between 0 and 1" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet": "maybe"},
        {"lose_share": 2},
        {"down": "sideways"},
        {"no_switch": 1},
        {"report_polls": "x"},
        {"lose_group": 5},
    ],
)
def test_a_wrong_switch_changes_nothing(shared_account: Running, wrong: dict[str, object]) -> None:
    assert shared_account.control.post("/control", json={"holiday": True} | wrong).status_code == 400
    assert shared_account.control.get("/control").json()["switches"]["holiday"] is False


def test_forms_send_texts_and_programs_send_values() -> None:
    assert read_changes({"quiet": "true", "lose_share": "0.5"}) == read_changes(
        {"quiet": True, "lose_share": 0.5}
    )


def test_reset_puts_everything_back(account: Running) -> None:
    account.switch(quiet=True, down="503", lose_group="VIP")
    account.control.delete("/control/groups/VIP")
    account.control.post("/control/groups/Technik", json={"name": "Technik neu"})
    names = [
        it["name"]
        for it in account.control.post("/control/reset", json={}).json()["groups"]
        if not it["deleted"]
    ]
    assert {"VIP", "Technik"} <= set(names)
    assert account.simulator.account.switches == Switches()
    assert account.simulator.account.world.live_share == 1


def test_a_deleted_group_is_gone_from_the_api(account: Running) -> None:
    account.control.delete("/control/groups/VIP")
    assert "VIP" not in [it["name"] for it in account.api.get("/v2/groups").json()["groups"]]
    assert account.control.post("/control/resolve", json={"group": "VIP"}).status_code == 404


def test_chats_can_be_resolved_in_the_past_but_never_in_the_future(account: Running) -> None:
    found = account.resolve(count=4, group="VIP", minutes_ago=90)
    assert len({it["chat_id"] for it in found}) == 4
    assert account.control.post("/control/resolve", json={"minutes_ago": -5}).status_code == 400
    assert account.control.post("/control/resolve", json={"count": 0}).status_code == 400


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_no_other_site_can_press_a_button(shared_account: Running, headers: dict[str, str]) -> None:
    answer = shared_account.control.post("/control/form", data={"action": "reset"}, headers=headers)
    assert answer.status_code == 403


def test_every_call_is_noted(account: Running) -> None:
    account.api.get("/v2/groups")
    assert [
        (it["method"], it["path"], it["status"])
        for it in account.control.get("/control/calls").json()["calls"]
    ] == [("GET", "/v2/groups", 200)]


def test_the_demo_names_a_port_that_is_taken() -> None:
    with reserved_port() as port:
        assert free_port(str(port)) == port
        with (
            socket.create_server(("127.0.0.1", port)),
            pytest.raises(CannotRun, match=f"port {port} is taken"),
        ):
            free_port(str(port))
    with pytest.raises(CannotRun, match="no port number"):
        free_port("many")
