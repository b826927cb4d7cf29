"""Yardsticks for the ingest benchmark, in the same process model as the product (Streamlit's server)."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.deliveries import Delivery, record
from services.ingest.events import read_items
from services.settings import read_settings
from services.system import System

# Stillwatch writes no line for each request either.
logging.getLogger("uvicorn.access").disabled = True
settings = read_settings()
system = System(settings)
one_at_a_time = threading.Lock()


async def bare(request: Request) -> Response:
    """Read the body and answer."""
    await request.body()
    return Response(b'{"accepted":1,"duplicates":0,"ignored":0}', 202, media_type="application/json")


async def single(request: Request) -> Response:
    """Commit each event by itself, as a handler without the gathering writer would."""
    item = orjson.loads(await request.body())
    await run_in_threadpool(_store, item)
    return Response(b'{"accepted":1,"duplicates":0,"ignored":0}', 202, media_type="application/json")


def _store(item: object) -> None:
    reading = read_items([item], received_at=datetime.now(UTC))
    with one_at_a_time:
        system.writer.write(lambda transaction: record(transaction, [Delivery("bench", reading.events)]))


app = st.App(
    str(Path(__file__).with_name("empty_page.py")),
    routes=[Route("/bare", bare, methods=["POST"]), Route("/single", single, methods=["POST"])],
)

if __name__ == "__main__":
    app.run(config={"server.address": settings.host, "server.port": settings.port})
