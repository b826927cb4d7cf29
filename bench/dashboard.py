"""Somebody who looks at a page and reloads it again and again: a real session of the interface, without a browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

PATIENCE = 60
REST_SECONDS = 0.2
MOST_BYTES = 2**24


class Reloads:
    """How long each load of the page took so far (milliseconds)."""

    def __init__(self, port: int, *, page: str = "contacts", **query: str) -> None:
        self.milliseconds: list[float] = []
        self._address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._page = page
        self._query = urlencode(query)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._reload, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._enough.set()
        self._thread.join(PATIENCE)

    def _reload(self) -> None:
        while not self._enough.wait(REST_SECONDS):
            began = time.perf_counter()
            self.load()
            self.milliseconds.append(1000 * (time.perf_counter() - began))

    def load(self) -> int:
        """Open a session, as a browser does with each reload, and wait until its page is drawn; return its bytes."""
        received = 0
        ask = BackMsg()
        ask.rerun_script.page_name = self._page
        ask.rerun_script.query_string = self._query
        with connect(
            self._address,
            subprotocols=[Subprotocol("streamlit")],
            proxy=None,
            max_size=MOST_BYTES,
            open_timeout=PATIENCE,
        ) as session:
            session.send(ask.SerializeToString())
            while True:
                told, content = ForwardMsg(), session.recv(timeout=PATIENCE, decode=False)
                received += len(content)
                told.ParseFromString(content)
                if told.WhichOneof("type") == "script_finished":
                    return received


@contextmanager
def reloading(port: int, integration_id: str) -> Iterator[Reloads]:
    """Have the contacts page reloaded for as long as the block runs."""
    reloads = Reloads(port, integration=integration_id)
    reloads.start()
    try:
        yield reloads
    finally:
        reloads.stop()
