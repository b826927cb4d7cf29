"""The control API: JSON under /control, for programs and tests on this computer."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.answers import Refused, invalid
from simulator.control import Control
from simulator.rest import read_object
from simulator.switches import Switches
from simulator.times import read_instant

MOST_PEOPLE = 500
A_MILLISECOND = timedelta(milliseconds=1)
"""The least that the simulated clock knows: what it resolves now counts too."""

Body = dict[str, Any]


def routes(control: Control) -> list[Route]:
    """Return the control API's routes."""
    return [*_questions(control), *_orders(control), *_groups(control)]


def _questions(control: Control) -> list[Route]:
    def get(path: str, answer: Callable[[Request], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            return JSONResponse(answer(request))

        return Route(path, endpoint)

    return [
        get("/control", lambda _: control.state()),
        get("/control/switches", lambda _: _describe_switches()),
        get("/control/resolved", lambda request: _resolved(control, request)),
        get("/control/calls", lambda _: control.calls()),
        get("/control/personal-data", lambda _: control.personal_data(MOST_PEOPLE)),
    ]


def _orders(control: Control) -> list[Route]:
    def post(path: str, act: Callable[[Body], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            return JSONResponse(act(await _read_json(request)))

        return Route(path, endpoint, methods=["POST"])

    def change(body: Body) -> Body:
        control.change(body)
        return control.state()

    def reset(_: Body) -> Body:
        control.reset()
        return control.state()

    def token(body: Body) -> Body:
        return {"token": control.renew_token(str(body.get("action", "regenerate")))}

    def webhook(body: Body) -> Body:
        control.webhook.target = str(body.get("target", ""))
        return control.webhook.state()

    async def app(request: Request) -> Response:
        body = await read_object(request)
        answer = await control.install_key(body.get("key"), body.get("target"), body.get("heartbeat_seconds"))
        return JSONResponse({"answer": answer, "app": control.app.state()})

    return [
        post("/control", change),
        post("/control/reset", reset),
        post("/control/token", token),
        post("/control/webhook", webhook),
        post("/control/resolve", lambda body: {"resolved": control.resolve(body)}),
        Route("/control/app", app, methods=["POST"]),
    ]


def _groups(control: Control) -> list[Route]:
    async def rename(request: Request) -> Response:
        control.change_group(request.path_params["name"], (await read_object(request)).get("name", ""))
        return JSONResponse(control.state()["groups"])

    async def delete(request: Request) -> Response:
        control.change_group(request.path_params["name"], None)
        return JSONResponse(control.state()["groups"])

    return [
        Route("/control/groups/{name}", rename, methods=["POST"]),
        Route("/control/groups/{name}", delete, methods=["DELETE"]),
    ]


def _describe_switches() -> Body:
    return {it.name: {"default": it.default, "does": it.metadata["help"]} for it in fields(Switches)}


def _resolved(control: Control, request: Request) -> Body:
    query = request.query_params
    try:
        start = read_instant(query["from"]) if "from" in query else control.account.world.began
        end = read_instant(query["to"]) if "to" in query else control.account.now() + A_MILLISECOND
    except ValueError:
        raise invalid("from and to are ISO 8601 times") from None
    return control.resolved(start, end, chats=query.get("chats") == "1")


async def _read_json(request: Request) -> Body:
    """Read a JSON object that says that it is JSON. Raises Refused."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(415, "NOT_JSON", "Send application/json")
    return await read_object(request)
