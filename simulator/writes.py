"""The REST API's writing half: what other clients do to users and conversations really happens in the world."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import cast, shapes
from simulator.account import Account
from simulator.answers import invalid, not_found
from simulator.entities import Conversation, Happening, Interaction, User
from simulator.rest import find_conversation, find_user, read_object

STATUSES = ("new", "assigned", "resolved", "reopened")
CLASSIC_MESSAGE = (
    "id", "app_id", "actor_id", "actor_type", "channel_id", "conversation_id", "message_type", "message_parts",
    "reply_parts", "created_time",
)  # fmt: skip

Json = dict[str, Any]
Found = TypeVar("Found")


def routes(account: Account) -> list[Route]:
    """Return the routes below /v2 that change something. Their answers have the API's first fields only."""
    return [*_conversations(account), *_users(account)]


def _conversations(account: Account) -> list[Route]:
    world, app_id = account.world, account.world.cast.app_id

    async def create(request: Request) -> Response:
        body = await read_object(request)
        users = body.get("users") or [{}]
        user = world.users.get(users[0].get("id", "")) if isinstance(users[0], dict) else None
        channel = world.channel(body.get("channel_id"))
        if user is None or channel is None:
            raise not_found("user" if user is None else "channel")
        now = account.now()
        talk = world.add_conversation(user, channel, now)
        opened = world.open_chat(now, talk, None, over_rest=True)
        sent = [_post(account, talk, it) for it in body.get("messages") or [] if isinstance(it, dict)]
        account.tell([opened, *sent])
        found = shapes.old_conversation(talk, app_id)
        more = {"users": [{"id": user.id}], "messages": [_classic(it) for it in talk.posted]}
        return JSONResponse(found | more, 201)

    async def update(request: Request) -> Response:
        talk, changes = find_conversation(account, request), await read_object(request)
        account.tell(_update(account, talk, changes))
        return JSONResponse(shapes.old_conversation(talk, app_id))

    async def post_message(request: Request) -> Response:
        talk = find_conversation(account, request)
        account.tell([_post(account, talk, await read_object(request))])
        return JSONResponse(_classic(talk.posted[-1]), 201)

    return [
        Route("/conversations", create, methods=["POST"]),
        Route("/conversations/{id}", update, methods=["PUT"]),
        Route("/conversations/{id}/messages", post_message, methods=["POST"]),
    ]


def _users(account: Account) -> list[Route]:
    world = account.world

    async def create(request: Request) -> Response:
        now = account.now()
        user = User(cast.make_id(world.rng), str(now.timestamp()).replace(".", ""), "", "", "", "", now, now)
        _fill(user, await read_object(request))
        world.add_user(user)
        return JSONResponse(shapes.user(user), 201)

    async def update(request: Request) -> Response:
        user = find_user(account, request)
        _fill(user, await read_object(request))
        user.updated_at = account.now()
        return Response(status_code=200)

    return [
        Route("/users", create, methods=["POST"]),
        Route("/users/{id}", update, methods=["PUT"]),
    ]


def _update(account: Account, talk: Conversation, changes: Json) -> list[Happening]:
    """Reopen, assign and resolve as a PUT asks for; an empty id takes an assignment back. Raises Refused."""
    world, now, status = account.world, account.now(), changes.get("status")
    if status is not None and status not in STATUSES:
        raise invalid(f"status must be one of {', '.join(STATUSES)}")
    group, agent = _wanted(changes, "group", world.group), _wanted(changes, "agent", world.agent)
    happened = []
    if status in ("new", "assigned", "reopened") and not talk.is_open:
        group_so_far = talk.latest.group if talk.latest else None
        happened.append(world.open_chat(now, talk, group_so_far, over_rest=True))
    interaction = talk.latest
    if interaction is None:
        raise invalid("the conversation has not begun")
    named = [name for name in ("assigned_group_id", "assigned_agent_id") if changes.get(name) is not None]
    if talk.is_open and named:
        interaction.group = group if "assigned_group_id" in named else interaction.group
        interaction.agent = agent if "assigned_agent_id" in named else interaction.agent
        interaction.assigned, interaction.assigned_at = interaction.agent is not None, now
        happened.append(Happening("assigned", now, interaction))
    if status == "resolved" and talk.is_open:
        happened.append(world.resolve(interaction, now))
    return happened


def _wanted(changes: Json, kind: str, find: Callable[[str | None], Found | None]) -> Found | None:
    """Find the group or agent that a change names, if it names one. Raises Refused when there is none such."""
    wanted = changes.get(f"assigned_{kind}_id")
    found = find(wanted) if wanted else None
    if wanted and found is None:
        raise not_found(kind)
    return found


def _post(account: Account, talk: Conversation, body: Json) -> Happening:
    """Add a message to an open conversation. Raises Refused."""
    interaction, now = talk.latest, account.now()
    if interaction is None or not talk.is_open:
        raise invalid("This is not the latest conversation of the user")
    message = _message(account, interaction, body, now)
    talk.posted.append(message)
    return Happening("message", now, interaction, message)


def _message(account: Account, interaction: Interaction, body: Json, now: datetime) -> Json:
    kind, actor = body.get("message_type") or "normal", body.get("actor_type") or "user"
    parts, replies = body.get("message_parts"), body.get("reply_parts")
    if kind not in ("normal", "private") or not isinstance(parts, list) or not parts:
        raise invalid("message_type must be normal or private, and message_parts a list")
    message = shapes.message(
        interaction, account.world.cast.app_id, name=str(len(interaction.conversation.posted)), at=now, text="",
        kind=kind, actor=(str(actor), str(body.get("actor_id") or "")),
    )  # fmt: skip
    message |= {"message_parts": parts, "message_source": "api"}
    return message | {"reply_parts": replies} if isinstance(replies, list) else message


def _classic(message: Json) -> Json:
    return {name: message[name] for name in CLASSIC_MESSAGE if name in message}


def _fill(user: User, body: Json) -> None:
    for name in ("first_name", "last_name", "email", "phone"):
        if isinstance(body.get(name), str):
            setattr(user, name, body[name])
    if isinstance(body.get("properties"), list) and body["properties"]:
        user.properties = body["properties"]
