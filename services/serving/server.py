"""The server itself: listening, within what the machine allows, and an end that comes soon whatever hangs."""

import faulthandler
import resource
import socket
import sys
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from services.serving.connections import BoundedConnection, Limits
from services.system import System

BACKLOG = 256
OTHER_DESCRIPTORS = 256
MOST_DESCRIPTORS = 4096
FEWEST_CONNECTIONS = 50
UNREAD_MILLISECONDS = 60_000
REQUESTS_END_SECONDS = 3
ENDED_SECONDS = 8.0
"""From the signal to the end of the process: supervisors kill after ten seconds."""
MOST_MESSAGE_BYTES = 8 * 1024 * 1024
PING_SECONDS = 30


def listen_or_exit(system: System) -> socket.socket:
    """Listen on the address that is set; when that cannot be, the process ends with one clear line."""
    host, port = system.settings.host, system.settings.port
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG
        )
    except OSError as error:
        system.close()
        sys.exit(
            f"Stillwatch cannot start: it cannot listen on {host}:{port} ({error.strerror}); "
            "stop what does, or set STILLWATCH_PORT"
        )
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # who asks and never reads the answer is cut off, by Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener


def serve(app: ASGIApp, listener: socket.socket, *, behind_proxy: bool) -> None:
    """Serve until a signal says that it is enough. A proxy on this computer may say whom it speaks for."""
    limits = Limits(connections=_room_for_connections())
    config = uvicorn.Config(
        app,
        http=type("Connection", (BoundedConnection,), {"limits": limits}),
        ws="websockets-sansio",
        ws_max_size=MOST_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,
        lifespan="on",
        backlog=BACKLOG,
        timeout_graceful_shutdown=REQUESTS_END_SECONDS,
        access_log=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        log_level="error",  # a flood of malformed requests must not fill the log
        server_header=False,
    )
    _Server(config).run([listener])


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            # Whatever is accepted is on disk, so an end by force loses nothing; it says what hung.
            faulthandler.dump_traceback_later(ENDED_SECONDS, exit=True)
        super().handle_exit(sig, frame)


def _room_for_connections() -> int:
    """Allow ourselves the descriptors that we may have, and return how many connections they are enough for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MOST_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    room = wanted if soft == resource.RLIM_INFINITY else soft
    return max(FEWEST_CONNECTIONS, min(Limits().connections, room - OTHER_DESCRIPTORS - BACKLOG))
