"""The REST API's writing half: what other clients do to users and conversations really happens in the world."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import cast, shapes
from simulator.account import Account
from simulator.answers import invalid, not_found
from simulator.records import Conversation, Happening, User
from simulator.rest import find_conversation, read_object

STATUSES = ("new", "assigned", "resolved", "reopened")
CLASSIC_MESSAGE = (
    "id", "app_id", "actor_id", "actor_type", "channel_id", "conversation_id", "message_type", "message_parts",
    "created_time",
)  # fmt: skip


def routes(account: Account) -> list[Route]:
    """Return the routes below /v2 that change something. Their answers have the API's first fields only."""
    world, app_id = account.world, account.world.cast.app_id

    async def update_conversation(request: Request) -> Response:
        talk, changes = find_conversation(account, request), await read_object(request)
        account.tell(_update(account, talk, changes))
        return JSONResponse(shapes.old_conversation(talk, app_id))

    async def post_message(request: Request) -> Response:
        talk = find_conversation(account, request)
        message = _post(account, talk, await read_object(request))
        return JSONResponse({name: message[name] for name in CLASSIC_MESSAGE}, 201)

    async def create_conversation(request: Request) -> Response:
        body = await read_object(request)
        users = body.get("users") or [{}]
        user = world.users.get(users[0].get("id", "")) if isinstance(users[0], dict) else None
        channel = world.channel(body.get("channel_id"))
        if user is None or channel is None:
            raise not_found("user" if user is None else "channel")
        now = account.now()
        talk = world.add_conversation(user, channel, now)
        account.tell([world.open_chat(now, talk, None)])  # without group and agent
        sent = [_post(account, talk, it) for it in body.get("messages") or [] if isinstance(it, dict)]
        messages = [{name: it[name] for name in CLASSIC_MESSAGE} for it in sent]
        found = shapes.old_conversation(talk, app_id)
        return JSONResponse(found | {"users": [{"id": user.id}], "messages": messages}, 201)

    async def create_user(request: Request) -> Response:
        now = account.now()
        user = User(cast.make_id(world.rng), str(now.timestamp()).replace(".", ""), "", "", "", "", now, now)
        _fill(user, await read_object(request))
        world.add_user(user)
        return JSONResponse(shapes.user(user), 201)

    async def update_user(request: Request) -> Response:
        user = world.users.get(request.path_params["id"])
        if user is None:
            raise not_found("user")
        _fill(user, await read_object(request))
        user.updated_at = account.now()
        return Response(status_code=200)

    return [
        Route("/conversations/{id}", update_conversation, methods=["PUT"]),
        Route("/conversations/{id}/messages", post_message, methods=["POST"]),
        Route("/conversations", create_conversation, methods=["POST"]),
        Route("/users", create_user, methods=["POST"]),
        Route("/users/{id}", update_user, methods=["PUT"]),
    ]


def _update(account: Account, talk: Conversation, changes: dict[str, Any]) -> list[Happening]:
    world, now, status = account.world, account.now(), changes.get("status")
    if status is not None and status not in STATUSES:
        raise invalid(f"status must be one of {', '.join(STATUSES)}")
    group, agent = (
        world.group(changes.get("assigned_group_id")),
        world.agent(changes.get("assigned_agent_id")),
    )
    if (changes.get("assigned_group_id") and group is None) or (
        changes.get("assigned_agent_id") and agent is None
    ):
        raise not_found("group" if group is None and changes.get("assigned_group_id") else "agent")
    happened = []
    if status in ("new", "assigned", "reopened") and not talk.is_open:
        happened.append(world.open_chat(now, talk, talk.latest.group if talk.latest else None))
        happened[-1].interaction.agent = None
    interaction = talk.latest
    if interaction is None:
        raise invalid("the conversation has not begun")
    if talk.is_open and (group or agent):
        interaction.group, interaction.agent = group or interaction.group, agent or interaction.agent
        interaction.assigned, interaction.assigned_at = interaction.agent is not None, now
        happened.append(Happening("assigned", now, interaction))
    if status == "resolved" and talk.is_open:
        happened.append(world.resolve(interaction, now))
    return happened


def _post(account: Account, talk: Conversation, body: dict[str, Any]) -> dict[str, Any]:
    interaction, now = talk.latest, account.now()
    if interaction is None or not talk.is_open:
        raise invalid("This is not the latest conversation of the user")
    kind, actor = body.get("message_type") or "normal", body.get("actor_type") or "user"
    parts = body.get("message_parts")
    if kind not in ("normal", "private") or not isinstance(parts, list) or not parts:
        raise invalid("message_type must be normal or private, and message_parts a list")
    message = shapes.message(
        interaction, account.world.cast.app_id, name=str(len(talk.posted)), at=now, text="", kind=kind,
        actor=(str(actor), str(body.get("actor_id") or "")),
    ) | {"message_parts": parts, "message_source": "api"}  # fmt: skip
    talk.posted.append(message)
    account.tell([Happening("message", now, interaction, message)])
    return message


def _fill(user: User, body: dict[str, Any]) -> None:
    for name in ("first_name", "last_name", "email", "phone"):
        if isinstance(body.get(name), str):
            setattr(user, name, body[name])
    if isinstance(body.get("properties"), list) and body["properties"]:
        user.properties = body["properties"]
