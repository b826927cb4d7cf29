"""What Freshworks hands to an installed app: product events with everything that a real payload holds."""

from typing import Any

from simulator import shapes
from simulator.entities import Agent, Happening, Interaction, User
from simulator.times import epoch_ms, iso

Json = dict[str, Any]


def product_event(happening: Happening, *, app_id: str, account_id: int, domain: str) -> Json:
    """Return the product event of a happening, as the app's handler would get it."""
    it, name = happening.interaction, _NAMES[happening.kind]
    data: Json = {
        "actor": _actor(happening),
        "associations": _associations(it),
        "message" if name == "onMessageCreate" else "conversation": _conversation(happening, app_id),
    }
    if name == "onConversationUpdate":
        data["changes"] = {"model_changes": _changes(happening)}
    return {
        "account_id": str(account_id),
        "data": data,
        "domain": f"https://{domain}",
        "event": name,
        "region": "EU",
        "timestamp": epoch_ms(happening.at),
        "version": "1.0.0",
    }


_NAMES = {
    "opened": "onConversationCreate",
    "message": "onMessageCreate",
    "reopened": "onConversationUpdate",
    "assigned": "onConversationUpdate",
    "resolved": "onConversationUpdate",
}


def _changes(happening: Happening) -> Json:
    it = happening.interaction
    if happening.kind == "resolved":
        return {"status": ["assigned" if it.assignee else "new", "resolved"]}
    if happening.kind == "reopened":
        return {"status": ["resolved", "new"]}
    changes: Json = {}
    if it.assignee is not None:
        changes = {"status": ["new", "assigned"], "assigned_agent_id": [None, it.assignee.id]}
    if it.group is not None:
        changes["assigned_group_id"] = [None, it.group.id]
    return changes


def _conversation(happening: Happening, app_id: str) -> Json:
    it, talk = happening.interaction, happening.interaction.conversation
    first = talk.interactions[0] is it
    found: Json = {
        "conversation_id": talk.id,
        "app_id": app_id,
        "user_id": talk.user.id,
        "channel_id": talk.channel.id,
        "source": talk.channel.source,
        "status": {"resolved": "resolved", "assigned": "assigned"}.get(happening.kind, "new"),
        "created_time": iso(talk.created_at),
        "reopened_time": iso(it.opened_at) if it.reopened else None,
        "assigned_time": iso(it.assigned_at) if it.assigned else None,
        "response_due_type": "NO_RESPONSE_DUE" if happening.kind == "resolved" else "FIRST_RESPONSE_DUE",
        "assigned_group_id": it.group.id if it.group else None,
        "assigned_agent_id": it.assignee.id if it.assignee else None,
        "is_offline": False,
        "properties": {"priority": "Low"},
        "messages": _messages(happening, app_id),
    }
    if happening.kind == "resolved" and it.resolved_at is not None:
        seconds = (it.resolved_at - (talk.created_at if first else it.opened_at)).total_seconds()
        found["resolved_time"] = iso(it.resolved_at)
        found["statistics"] = {"resolution_time_chrs": seconds, "resolution_time_bhrs": seconds}
    return found


def _messages(happening: Happening, app_id: str) -> list[Json]:
    talk = happening.interaction.conversation
    if happening.message is not None:
        return [happening.message]
    known = shapes.interaction_messages(happening.interaction, app_id) or talk.posted
    if not known:
        return []
    chosen = known[-1] if happening.kind == "resolved" else known[0]
    wanted = ("id", "app_id", "actor_id", "actor_type", "channel_id", "conversation_id", "created_time")
    return [{name: chosen[name] for name in (*wanted, "message_parts", "message_type")}]


def _associations(it: Interaction) -> Json:
    found: Json = {
        "channel": shapes.channel(it.conversation.channel) | {"locale": ""},
        "user": _person(it.conversation.user)
        | {
            "created_time": iso(it.conversation.user.created_at),
            "reference_id": it.conversation.user.email,
            "properties": it.conversation.user.properties,
        },
    }
    if it.group is not None:
        names = ("id", "name", "description", "routing_type")
        found["group"] = {name: getattr(it.group, name) for name in names}
    if it.assignee is not None:
        agent = {"groups": list(it.assignee.groups), "status": 0, "social_profiles": []}
        found["agent"] = _person(it.assignee) | agent
    return found


def _actor(happening: Happening) -> Json:
    it = happening.interaction
    if happening.kind == "resolved" and it.resolver == "system":
        return {"type": "system", "sub_entity": "auto_resolve"}
    if happening.kind == "assigned":
        return {"type": "system", "sub_entity": "intelliassign"}
    if happening.kind == "resolved" and it.resolver == "agent" and it.agent is not None:
        return {"type": "agent"} | _person(it.agent)
    return {"type": "user"} | _person(it.conversation.user)


def _person(it: User | Agent) -> Json:
    found = {
        "id": it.id,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "email": it.email,
        "avatar": {"url": f"https://avatars.example/{it.id}.png"},
    }
    return found | {"phone": it.phone} if isinstance(it, User) else found
