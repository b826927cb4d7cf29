"""Launcher: one process serves the interface, the HTTP API and the watcher.

``python app.py`` and ``streamlit run app.py`` both work.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config

from services.process.running import open_system, read_settings_or_exit, running, tell_first_invitation
from services.serving.front import front
from services.serving.interface_files import InterfaceFiles, page_of
from services.serving.known_paths import with_roots
from services.serving.server import listen_or_exit, serve

ROOT = Path(__file__).resolve().parent
INTERFACE = Path(st.__file__).with_name("static")
PAGES = (
    "overview",
    "contacts",
    "freshness",
    "integrations",
    "add_integration",
    "integration",
    "channels",
    "people",
    "audit",
)
"""As pages/main.py names them in their addresses; whatever else is asked for does not exist."""

settings = read_settings_or_exit()
if __name__ != "__main__":
    # `streamlit run` has bound an address before it imports us, and its server bounds nothing: begin again with ours.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.execv(sys.executable, [sys.executable, __file__])  # noqa: S606

config._main_script_path = __file__  # its folder has our .streamlit/config.toml, wherever we are started
config.get_config_options(
    force_reparse=True,
    options_from_flags={
        "server.address": settings.host,
        "server.port": settings.port,
        "server.allowedHosts": sorted(settings.own_hosts),
        "browser.serverAddress": urlsplit(settings.own_url).hostname,
    },
)
system = open_system(settings)
listener = listen_or_exit(system)
app = st.App(str(ROOT / "pages" / "main.py"), lifespan=lambda _: running(system))
tell_first_invitation(system)
print(f"Stillwatch serves {settings.own_url}", flush=True)
page = page_of(INTERFACE)
whole = front(system, InterfaceFiles(app, page, INTERFACE, with_roots(PAGES)), page, PAGES)
serve(whole, listener, behind_proxy=settings.public_url is not None and not settings.proxies)
