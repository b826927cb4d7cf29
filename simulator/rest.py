"""The REST API's reading half: account, groups, agents, roles, channels, users, conversations."""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import shapes
from simulator.account import Account
from simulator.answers import Refused, invalid, not_found, page, page_size, whole_number
from simulator.entities import Conversation, User
from simulator.times import iso, read_instant

USER_FILTERS = (
    "created_from", "created_to", "updated_from", "updated_to", "email", "phone", "phone_no", "first_name",
    "last_name", "reference_id",
)  # fmt: skip
MOST_FETCHED = 100


def routes(account: Account) -> list[Route]:
    """Return the routes below /v2."""
    return [*_lists(account), *_singles(account), *_users(account), *_conversations(account)]


def _lists(account: Account) -> list[Route]:
    cast = account.world.cast

    async def groups(request: Request) -> Response:
        known = [group for group in cast.groups if not group.deleted]
        return page(request, "groups", known, shapes.group, partial=account.switches.partial_pages)

    async def agents(request: Request) -> Response:
        since = _instant(request, "created_from")
        known = [agent for agent in cast.agents if since is None or agent.created_at >= since]
        return page(request, "agents", known, shapes.agent, partial=account.switches.partial_pages)

    async def channels(request: Request) -> Response:
        return page(
            request, "channels", cast.channels, shapes.channel, partial=account.switches.partial_pages
        )

    async def roles(request: Request) -> Response:
        return page(request, "roles", cast.roles, shapes.role, partial=account.switches.partial_pages)

    return [
        Route("/groups", groups),
        Route("/agents", agents),
        Route("/channels", channels),
        Route("/roles", roles),
    ]


def _singles(account: Account) -> list[Route]:
    world, cast = account.world, account.world.cast

    async def configuration(_: Request) -> Response:
        return JSONResponse(shapes.account(cast.app_id, cast.account_id, account.domain))

    async def group(request: Request) -> Response:
        found = world.group(request.path_params["id"])
        if found is None:
            raise not_found("group")
        return JSONResponse(shapes.group(found))

    async def agent(request: Request) -> Response:
        found = world.agent(request.path_params["id"])
        if found is None:
            raise not_found("agent")
        return JSONResponse(shapes.agent(found))

    return [
        Route("/accounts/configuration", configuration),
        Route("/groups/{id}", group),
        Route("/agents/{id}", agent),
    ]


def _users(account: Account) -> list[Route]:
    world = account.world

    async def users(request: Request) -> Response:
        if not any(name in request.query_params for name in USER_FILTERS):
            raise invalid(f"At least one filter is needed: {', '.join(USER_FILTERS)}")
        spans = {name: _instant(request, name) for name in USER_FILTERS[:4]}
        wanted = {name: request.query_params.get(name) for name in USER_FILTERS[4:]}
        found = [user for user in world.users.values() if _fits(user, spans, wanted)]
        return page(request, "users", found, shapes.listed_user, partial=account.switches.partial_pages)

    async def user(request: Request) -> Response:
        return JSONResponse(shapes.user(find_user(account, request)))

    async def conversations_of(request: Request) -> Response:
        known = world.conversations_of.get(find_user(account, request).id, [])
        found = [it for it in known if it.interactions and not it.gone]
        return JSONResponse({"conversations": [{"id": it.id} for it in found]})

    async def fetch(request: Request) -> Response:
        ids = (await read_object(request)).get("ids")
        if not isinstance(ids, list) or len(ids) > MOST_FETCHED:
            raise invalid(f"ids must be a list of at most {MOST_FETCHED} ids")
        found = [world.users[it] for it in ids if isinstance(it, str) and it in world.users]
        return JSONResponse({"users": [shapes.listed_user(it) for it in found]})

    return [
        Route("/users", users),
        Route("/users/fetch", fetch, methods=["POST"]),
        Route("/users/{id}", user),
        Route("/users/{id}/conversations", conversations_of),
    ]


def _conversations(account: Account) -> list[Route]:
    cast = account.world.cast

    async def fields(_: Request) -> Response:
        return JSONResponse(shapes.fields())

    async def conversation(request: Request) -> Response:
        found = find_conversation(account, request)
        if account.switches.old_payloads:
            return JSONResponse(shapes.old_conversation(found, cast.app_id))
        return JSONResponse(shapes.conversation(found, cast.app_id, cast.account_id, account.domain))

    async def messages(request: Request) -> Response:
        found = shapes.messages(find_conversation(account, request), cast.app_id)
        return JSONResponse(_message_page(request, found, partial=account.switches.partial_pages))

    return [
        Route("/conversations/fields", fields),
        Route("/conversations/{id}", conversation),
        Route("/conversations/{id}/messages", messages),
    ]


def _message_page(request: Request, messages: list[shapes.Json], *, partial: bool) -> shapes.Json:
    """Return messages newest first, with a link to older ones while there are any.

    With ``page``, ``from_time`` is the link's own cursor: the newest message to show. Alone it is a filter:
    messages since then. Clients that count pages instead of following the link get what they count.
    """
    since, size, number = _instant(request, "from_time"), page_size(request, partial=partial), 1
    if since is not None and "page" in request.query_params:
        messages = [it for it in messages if it["created_time"] <= iso(since)]
    elif since is not None:
        messages = [it for it in messages if it["created_time"] > iso(since)]
    else:
        number = whole_number(request, "page", 1)
    shown, older = messages[(number - 1) * size : number * size], messages[number * size :]
    while older and shown and older[0]["created_time"] == shown[-1]["created_time"]:
        shown.append(older.pop(0))  # the cursor is a time: messages of the same millisecond stay together
    if not older:
        return {"messages": shown}
    cursor = f"page=1&items_per_page={size}&from_time={older[0]['created_time']}"
    href = f"/v2/conversations/{request.path_params['id']}/messages?{cursor}"
    return {"link": {"href": href}, "messages": shown}


def find_conversation(account: Account, request: Request) -> Conversation:
    """Find a conversation by its id or its internal id; deleted and spam ones are not found. Raises Refused."""
    found = account.world.conversations.get(request.path_params["id"])
    if found is None or found.gone:
        raise not_found("conversation")
    return found


def find_user(account: Account, request: Request) -> User:
    """Find a user by id. Raises Refused."""
    found = account.world.users.get(request.path_params["id"])
    if found is None:
        raise not_found("user")
    return found


def _fits(user: User, spans: dict[str, datetime | None], wanted: dict[str, str | None]) -> bool:
    for name, bound in spans.items():
        field, _, side = name.partition("_")
        at = user.created_at if field == "created" else user.updated_at
        if bound is not None and (at < bound if side == "from" else at > bound):
            return False
    for name, value in wanted.items():
        if value is not None and getattr(user, "phone" if name == "phone_no" else name, None) != value:
            return False
    return True


def _instant(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    try:
        return None if text is None else read_instant(text)
    except ValueError:
        raise invalid(f"{name} must be an ISO 8601 time in UTC") from None


async def read_object(request: Request) -> dict[str, Any]:
    """Read a request's JSON object. Raises Refused."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "BAD_REQUEST", "The body must be a JSON object")
    return body
