"""The simulated REST API's writing half: what another client does really happens, and nothing more."""

from typing import Any

from tests.simulator.support import Running, in_json


def write(account: Running, method: str, path: str, **body: object) -> dict[str, Any]:
    return in_json(account.api.request(method, f"/v2/{path}", json=body))


def start_chat(account: Running) -> tuple[str, dict[str, Any]]:
    """Open a chat the way another client does; returns its path and its first message."""
    user = write(account, "POST", "users", first_name="Zoë")
    channel = account.api.get("/v2/channels").json()["channels"][0]["id"]
    message = {"message_parts": [{"text": {"content": "Hallo"}}], "actor_id": user["id"]}
    wish = {"channel_id": channel, "users": [{"id": user["id"]}], "messages": [message]}
    talk = write(account, "POST", "conversations", **wish)
    assert talk["status"] == "new"
    return f"conversations/{talk['conversation_id']}", message


def test_what_other_clients_write_really_happens(account: Running) -> None:
    path, message = start_chat(account)
    assert account.api.post(f"/v2/{path}/messages", json=message).status_code == 201
    before = account.truth()["total"]
    assert write(account, "PUT", path, status="resolved")["status"] == "resolved"
    assert account.truth()["total"] == before + 1
    late = account.api.post(f"/v2/{path}/messages", json=message)
    assert late.status_code == 400
    assert "not the latest conversation" in late.json()["message"]
    assert write(account, "PUT", path, status="new")["status"] == "reopened"


def test_nobody_says_more_in_another_clients_chat_than_that_client(account: Running) -> None:
    path, _ = start_chat(account)
    choice = {"collection": {"sub_parts": [{"quick_reply_button": {"label": "Ja"}}]}}
    asked = [{"text": {"content": "Noch da?"}}]
    sent = write(
        account, "POST", f"{path}/messages", message_parts=asked, reply_parts=[choice], actor_type="bot"
    )
    assert sent["reply_parts"] == [choice]
    write(account, "PUT", path, status="resolved")
    end, *said = account.api.get(f"/v2/{path}/messages").json()["messages"]
    assert end["meta_data"] == {"isResolved": True}
    assert [it["message_parts"][0]["text"]["content"] for it in said] == ["Noch da?", "Hallo"]


def test_a_chat_is_assigned_and_an_empty_id_takes_that_back(account: Running) -> None:
    path, _ = start_chat(account)
    group, agent = (account.api.get(f"/v2/{it}s").json()[f"{it}s"][0]["id"] for it in ("group", "agent"))
    to_group = write(account, "PUT", path, status="new", assigned_group_id=group)
    assert (to_group["status"], to_group["assigned_group_id"]) == ("new", group)
    to_agent = write(account, "PUT", path, status="assigned", assigned_agent_id=agent)
    assert (to_agent["status"], to_agent["assigned_agent_id"]) == ("assigned", agent)
    to_nobody = write(account, "PUT", path, status="new", assigned_agent_id="")
    assert (to_nobody["status"], to_nobody["assigned_group_id"]) == ("new", group)
    assert "assigned_agent_id" not in to_nobody
    assert account.api.put(f"/v2/{path}", json={"assigned_group_id": "nope"}).status_code == 404
