"""The process: opening the system with clear words when that fails, its routes, and what runs beside them."""

import gc
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import import_module

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from data.database import StoreUnavailable
from data.opening import CannotOpen
from services import system as systems
from services.alerting.pulse import Pulse
from services.alerting.sender import Sender
from services.api.app import create_api
from services.api.app_routes import events
from services.api.direct import Direct
from services.api.operator_routes import metrics
from services.backfill.steps import work_off
from services.forgetting import keep_forgetting
from services.process.background import Background
from services.process.errands import ask_freshchat
from services.process.logs import set_up_logs
from services.renaming import keep_renaming
from services.settings import Settings, WrongSettings, read_settings
from services.signing_in.people import first_invitation
from services.signing_in.sessions import keep_forgetting_sessions
from services.system import System
from services.watch.own_clock import OwnClock
from services.watch.watcher import Watcher

FLUSH_SECONDS = 1.0
LOOK_SECONDS = 5.0
ASK_SECONDS = 5.0
BACKFILL_SECONDS = 1.0
RENAME_SECONDS = 1.0
FORGET_SECONDS = 3600.0
SEND_SECONDS = 1.0
PULSE_SECONDS = 5.0
LOAD_SECONDS = 1.0
FREEZE_SECONDS = 5.0
LOADED_LATE = ("pandas", "pyarrow", "altair")
"""What no request needs before the first chart, and takes as long to load as all the rest."""


def read_settings_or_exit() -> Settings:
    """Read the settings; a mistake there ends the process with one clear line for each."""
    try:
        return read_settings()
    except WrongSettings as error:
        sys.exit(f"Stillwatch cannot start. These settings are wrong:\n{error}")


def open_system(settings: Settings) -> System:
    """Open the system; when that cannot be, the process ends with one clear line."""
    set_up_logs()
    try:
        system = System(settings)
    except WrongSettings as error:
        sys.exit(f"Stillwatch cannot start. These settings are wrong:\n{error}")
    except (CannotOpen, StoreUnavailable) as error:
        sys.exit(f"Stillwatch cannot start: {error}")
    return system


def tell_first_invitation(system: System) -> None:
    """Print the link with which the first admin chooses a password, as long as no admin has one."""
    path = first_invitation(system)
    if path is not None:
        name, link = system.settings.first_admins_name, f"{system.settings.own_url}{path}"
        print(f"Stillwatch invites {name} as its first admin. Choose a password at {link}", flush=True)


def routes(system: System) -> list[BaseRoute]:
    """Return the HTTP routes beside the interface. Mounted, or a wrong method would be answered by a page."""
    api = create_api(system)
    return [
        Route("/api/v1/events", Direct(api, events), methods=["POST"]),
        Route("/api", api),
        _mounted("/api", api),
        Route("/metrics", metrics(system)),
    ]


def _mounted(path: str, app: ASGIApp) -> Mount:
    """Return a mount for what an address may hold at all: Starlette's own stops at a line break."""
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _load_the_rest() -> None:
    for module in LOADED_LATE:
        import_module(module)


class _Loaded:
    """Keeps what is loaded out of collections, for it stays for good: that gives four times the reruns.

    Streamlit collects after each of them. What the first visits of pages load is frozen once more.
    """

    def __init__(self) -> None:
        self._modules = 0

    def freeze(self) -> None:
        if self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            gc.collect()
            gc.freeze()


@asynccontextmanager
async def running(system: System) -> AsyncIterator[None]:
    """Run the background work for as long as the process serves."""
    systems.install(system)
    background = Background(system.turns, system.clock)
    background.every(FLUSH_SECONDS, "activity", system.activity.flush)
    watcher = Watcher(system, OwnClock(timedelta(seconds=system.settings.watch_seconds)))
    hurry = background.every(system.settings.watch_seconds, "watcher", watcher.tick)
    background.every(LOOK_SECONDS, "own_clock", lambda: watcher.look_at_clock(hurry))
    background.every(ASK_SECONDS, "freshchat", lambda: ask_freshchat(system))
    background.every(RENAME_SECONDS, "renaming", lambda: keep_renaming(system))
    background.every(BACKFILL_SECONDS, "backfill", lambda: work_off(system))
    background.every(FORGET_SECONDS, "forgetting", lambda: keep_forgetting(system))
    sender = Sender(system)
    background.every(SEND_SECONDS, "sender", sender.turn)
    background.every(PULSE_SECONDS, "pulse", Pulse(system, sender).turn)
    background.every(FORGET_SECONDS, "sessions", lambda: keep_forgetting_sessions(system))
    background.once(LOAD_SECONDS, "loading", _load_the_rest)
    background.every(FREEZE_SECONDS, "freezing", _Loaded().freeze)
    try:
        yield
    finally:
        background.stop()
        systems.install(None)
        system.close()
