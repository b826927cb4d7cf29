"""Launcher: one process serves the interface, the HTTP API and the watcher.

``python app.py`` and ``streamlit run app.py`` both work.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from services.headers import SecurityHeaders, content_security_policy
from services.process import open_system, routes, running

ROOT = Path(__file__).resolve().parent
STREAMLIT_PAGE = Path(st.__file__).with_name("static") / "index.html"

system = open_system()
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
    app.run(config={"server.address": system.settings.host, "server.port": system.settings.port})
