"""Launcher: one process serves the interface, the HTTP API and the watcher.

``python app.py`` and ``streamlit run app.py`` both work.
"""

import os
import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from services.headers import SecurityHeaders, content_security_policy
from services.process import listen_or_exit, open_system, read_settings_or_exit, routes, running

ROOT = Path(__file__).resolve().parent
STREAMLIT_PAGE = Path(st.__file__).with_name("static") / "index.html"

settings = read_settings_or_exit()
if __name__ != "__main__" and (config.get_option("server.address"), config.get_option("server.port")) != (
    settings.host,
    settings.port,
):
    # `streamlit run` has bound its own address before it imports us: begin again with the one that was set.
    os.execv(sys.executable, [sys.executable, __file__])  # noqa: S606

config.set_option("server.allowedHosts", sorted(settings.own_hosts))
system = open_system(settings)
app = st.App(
    str(ROOT / "pages" / "main.py"),
    routes=routes(system),
    lifespan=lambda _: running(system),
    middleware=[
        Middleware(
            SecurityHeaders, policy=content_security_policy(STREAMLIT_PAGE.read_text(encoding="utf-8"))
        )
    ],
)

if __name__ == "__main__":
    listen_or_exit(system)
    app.run(config={"server.address": settings.host, "server.port": settings.port})
