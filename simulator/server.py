"""The simulator as a running program: one server for the account and its control, one for the downloads."""

import asyncio
import contextlib
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from simulator import control_api, control_page, metrics, reports, rest, writes
from simulator.account import Account
from simulator.answers import Refused, answer_http_error, answer_refusal
from simulator.app_push import SimulatedApp
from simulator.control import Control
from simulator.gate import Gate
from simulator.reports import ReportDesk
from simulator.webhook import Signer, WebhookSender

HOST = "127.0.0.1"
TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Simulator:
    """The parts of a simulated account, put together."""

    account: Account
    app: SimulatedApp
    webhook: WebhookSender
    desk: ReportDesk

    def site(self) -> Gate:
        """Return the account's REST API, its control page and its control API."""
        hands = Control(self.account, self.app, self.webhook, self.desk)
        api = [
            *rest.routes(self.account),
            *writes.routes(self.account),
            *metrics.routes(self.account),
            *reports.routes(self.desk),
        ]
        app = Starlette(
            routes=[
                *control_page.routes(hands),
                *control_api.routes(hands),
                Mount("/v2", routes=api),
                Mount("/api/v2", routes=api),
            ],
            middleware=[Middleware(control_page.OwnerOnly)],
            exception_handlers={Refused: answer_refusal, HTTPException: answer_http_error},
            lifespan=self._life,
        )
        return Gate(app, self.account)

    def downloads(self) -> Starlette:
        """Return the download host."""
        return Starlette(routes=[reports.download_route(self.desk)])

    @contextlib.asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(it) for it in (self._live(), self.app.run(), self.webhook.run())]
        for task in tasks:
            task.add_done_callback(_say_failure)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.app.close()
        await self.webhook.close()

    async def _live(self) -> None:
        while True:
            self.account.live()
            await asyncio.sleep(TICK_SECONDS)


def _say_failure(task: asyncio.Task[None]) -> None:
    """An account that stands still must say why."""
    if not task.cancelled() and (error := task.exception()) is not None:
        traceback.print_exception(error)


def put_together(
    account: Account, *, target: str = "", heartbeat_seconds: float = 60, signer: Signer | None = None
) -> Simulator:
    """Return the simulator of an account; ``target`` is the address that its app sends to."""
    app = SimulatedApp(account, target=target, heartbeat_seconds=heartbeat_seconds)
    webhook = WebhookSender(account, signer)
    account.listeners += [app, webhook]
    return Simulator(account, app, webhook, ReportDesk(account))


class Servers:
    """Two listening sockets, known before anything is served."""

    def __init__(self, simulator: Simulator, *, port: int = 0, download_port: int = 0) -> None:
        self.sockets = [socket.create_server((HOST, number)) for number in (port, download_port)]
        self.url, simulator.desk.address = (f"http://{HOST}:{it.getsockname()[1]}" for it in self.sockets)
        self.servers = [
            uvicorn.Server(
                uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
            )
            for app in (simulator.site(), simulator.downloads())
        ]

    async def serve(self) -> None:
        """Serve until a signal or ``stop``."""
        pairs = zip(self.servers, self.sockets, strict=True)
        serving = [asyncio.create_task(server.serve(sockets=[it])) for server, it in pairs]
        await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
        self.stop()
        await asyncio.gather(*serving)

    def stop(self) -> None:
        for server in self.servers:
            server.should_exit = True

    @property
    def started(self) -> bool:
        return all(server.started for server in self.servers)


@contextlib.contextmanager
def running(simulator: Simulator) -> Iterator[str]:
    """Serve in a thread for the time of a with block; yields the account's address. For tests."""
    servers = Servers(simulator)
    thread = threading.Thread(target=lambda: asyncio.run(servers.serve()), name="simulator")
    thread.start()
    waiting = threading.Event()
    while thread.is_alive() and not servers.started:
        waiting.wait(0.01)
    try:
        yield servers.url
    finally:
        servers.stop()
        thread.join()
