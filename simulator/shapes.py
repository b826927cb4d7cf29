"""The account's objects as its REST API writes them. Fields that are not set are left out, as Freshchat does."""

import uuid
from typing import Any

from simulator import people
from simulator.entities import Agent, Channel, Conversation, Group, Interaction, Role, User
from simulator.times import iso

Json = dict[str, Any]


def account(app_id: str, account_id: int, domain: str) -> Json:
    return {
        "account_id": account_id,
        "app_id": app_id,
        "bundle_id": account_id - 1,
        "bundle_type": "FRESHCHAT",
        "plan_type": "ENTERPRISE",
        "datacenter": "EUC",
        "web_chat_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, domain)),
        "account_domain": domain,
        "organisation_id": 903_107_721_000_000_001,  # above 2^53, as real ones can be
        "organisation_domain": "simulated-organisation.myfreshworks.com",
    }


def group(it: Group) -> Json:
    return {
        "id": it.id,
        "name": it.name,
        "description": it.description,
        "routing_type": it.routing_type,
        "routing_logic": "LOAD_BALANCED",
        "chat_group_id": str(uuid.UUID(it.id).int % 10**6),
        "agents": [],
    }


def agent(it: Agent) -> Json:
    return {
        "id": it.id,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "email": it.email,
        "avatar": {"url": f"https://avatars.example/{it.id}.png"},
        "groups": list(it.groups),
        "role_id": it.role.id,
        "role_name": it.role.name,
        "is_deactivated": False,
        "is_deleted": False,
        "availability_status": "AVAILABLE",
        "agent_status": {"name": "Active"},
        "routing_type": "INTELLIASSIGN",
        "agent_capacity": 4,
        "login_status": True,
        "freshchat_access": True,
        "round_robin_access": True,
        "locale": "de",
        "social_profiles": [],
        "created_time": iso(it.created_at),
    }


def role(it: Role) -> Json:
    return {"id": it.id, "name": it.name, "description": it.description, "is_custom_role": it.custom}


def channel(it: Channel) -> Json:
    return {
        "id": it.id,
        "name": it.name,
        "icon": {},
        "updated_time": iso(it.updated_at),
        "enabled": True,
        "public": True,
        "tags": [],
        "source": it.source,
        "welcome_message": {"message_parts": [{"text": {"content": it.welcome}}], "message_type": "normal"},
    }


def user(it: User) -> Json:
    """One user by id: the fields that the API has had since its beginning."""
    names = ("first_name", "last_name", "email", "phone")
    return {
        "id": it.id,
        "created_time": iso(it.created_at),
        **{name: value for name in names if (value := getattr(it, name))},
        "avatar": {"url": f"https://avatars.example/{it.id}.png"},
        "properties": it.properties,
    }


def listed_user(it: User) -> Json:
    """A user in a list, with the fields added over the years."""
    return user(it) | {
        "updated_time": iso(it.updated_at),
        "login_status": False,
        "org_contact_id": it.org_contact_id,
    }


def status(it: Conversation) -> str:
    latest = it.latest
    if latest is None:
        return "new"
    if latest.resolved_at is not None:
        return "resolved"
    return "assigned" if latest.assignee else "reopened" if latest.reopened else "new"


def old_conversation(it: Conversation, app_id: str) -> Json:
    """A conversation with the fields of 2020; also the answer to writes."""
    found: Json = {
        "conversation_id": it.id,
        "app_id": app_id,
        "status": status(it),
        "channel_id": it.channel.id,
    }
    if it.latest is not None and it.latest.assignee is not None:
        found["assigned_agent_id"] = it.latest.assignee.id
    if it.latest is not None and it.latest.group is not None:
        found["assigned_group_id"] = it.latest.group.id
    return found


def conversation(it: Conversation, app_id: str, account_id: int, domain: str) -> Json:
    found = old_conversation(it, app_id) | {
        "conversation_internal_id": it.internal_id,
        "skill_id": 0,
        "properties": {"priority": "Low"},
        "url": f"https://{domain}/a/{account_id}/inbox/open/0/conversation/{it.internal_id}",
        "org_contact_id": it.user.org_contact_id,
        "created_time": iso(it.created_at),
        "updated_time": iso(it.updated_at),
        "user_id": it.user.id,
    }
    if it.latest is not None and it.latest.assignee is not None:
        found["assigned_org_agent_id"] = it.latest.assignee.org_id
    return found


def message(
    it: Interaction,
    app_id: str,
    *,
    name: str,
    at: Any,
    text: str,
    actor: tuple[str, str],
    kind: str = "normal",
) -> Json:
    """A message of an interaction; its id follows from the interaction and its name."""
    talk = it.conversation
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{it.id} {name}")),
        "bots_input": False,
        "message_parts": [{"text": {"content": text}}],
        "app_id": app_id,
        "actor_id": actor[1],
        "actor_type": actor[0],
        "channel_id": talk.channel.id,
        "conversation_id": talk.id,
        "freshchat_conversation_id": str(talk.internal_id),
        "freshchat_channel_id": str(talk.channel.number),
        "interaction_id": it.id,
        "message_type": kind,
        "message_source": "system" if kind == "system" else "web",
        "created_time": iso(at),
        "user_id": talk.user.id,
        "restrictResponse": False,
        "botsPrivateNote": False,
        "isBotsInput": False,
        **_org_actor(it, actor[1]),
    }


def _org_actor(it: Interaction, actor_id: str) -> Json:
    """The actor's id in the whole organisation, if the actor is a person."""
    known = {it.conversation.user.id: it.conversation.user.org_contact_id}
    if it.agent is not None:
        known[it.agent.id] = it.agent.org_id
    return {"org_actor_id": known[actor_id]} if actor_id in known else {}


def messages(it: Conversation, app_id: str) -> list[Json]:
    """Every message of a conversation, newest first."""
    found = [*it.posted]
    for interaction in it.interactions:
        found += interaction_messages(interaction, app_id)
    return sorted(found, key=lambda message: (message["created_time"], message["id"]), reverse=True)


def interaction_messages(it: Interaction, app_id: str) -> list[Json]:
    """What is said in an interaction by itself, oldest first; what comes in over REST is kept elsewhere."""
    talk = [] if it.over_rest else _small_talk(it, app_id)
    if it.resolved_at is None:
        return talk
    end = message(
        it, app_id, name="end", at=it.resolved_at, actor=("system", ""), kind="system",
        text="Conversation was resolved by " + (it.agent.first_name if it.agent else "system"),
    )  # fmt: skip
    return [*talk, end | {"meta_data": {"isResolved": True}}]


def _small_talk(it: Interaction, app_id: str) -> list[Json]:
    choice = it.conversation.internal_id + len(it.conversation.interactions)
    writer, helper = ("user", it.conversation.user.id), ("agent", it.agent.id if it.agent else "")
    question = people.QUESTIONS[choice % len(people.QUESTIONS)]
    found = [message(it, app_id, name="question", at=it.opened_at, text=question, actor=writer)]
    if it.resolved_at is not None and it.agent is not None:
        answer = people.ANSWERS[choice % len(people.ANSWERS)]
        thanks = people.THANKS[choice % len(people.THANKS)]
        thanked_at = it.first_response_at + (it.resolved_at - it.first_response_at) / 2
        found.append(message(it, app_id, name="answer", at=it.first_response_at, text=answer, actor=helper))
        found.append(message(it, app_id, name="thanks", at=thanked_at, text=thanks, actor=writer))
    return found


def fields() -> list[Json]:
    """The definitions of the conversations' own fields."""
    priority = ["Low", "Medium", "High", "Urgent"]
    return [
        _field(1, "priority", "Priority", "DROPDOWN", False, priority),
        _field(2, "status", "Status", "DROPDOWN", False, ["new", "assigned", "resolved", "reopened"]),
        _field(3, "cf_auftragsnummer", "Auftragsnummer", "TEXT", True, []),
    ]


def _field(position: int, name: str, label: str, kind: str, custom: bool, choices: list[str]) -> Json:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        "name": name,
        "label": label,
        "type": kind,
        "custom": custom,
        "required": False,
        "editable": True,
        "position": position,
        "column_name": name,
        "fields": [],
        "choices": [{"id": str(number), "value": value} for number, value in enumerate(choices, 1)],
    }
