"""Connections lead to public addresses only, and a slow or endless answer is cut off."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from services.freshchat.errors import BrokenAnswer, RetryLater
from services.freshchat.network import exchange, http_client, is_allowed
from tests.patience import PATIENCE


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("ff02::1", False),
    ],
)
def test_only_public_addresses_are_connected_to(address: str, public: bool) -> None:
    assert is_allowed(address, loopback=False) == public


@pytest.mark.parametrize(("address", "allowed"), [("127.0.0.1", True), ("::1", True), ("8.8.8.8", False)])
def test_the_simulator_is_on_the_loopback_and_nowhere_else(address: str, allowed: bool) -> None:
    assert is_allowed(address, loopback=True) == allowed


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection after the other on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    try:
                        serve(connection)
                    except OSError:
                        continue

        threading.Thread(target=work, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def ask(url: str, *, loopback: bool = True, most_bytes: int = 1000, seconds: float = PATIENCE) -> int:
    http = http_client(loopback=loopback)
    return exchange(http, http.build_request("GET", url), most_bytes=most_bytes, seconds=seconds)[0]


def test_a_name_that_leads_to_a_private_address_is_not_connected_to() -> None:
    asked: list[bytes] = []
    with server(lambda connection: asked.append(b"")) as url:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(RetryLater, match="out of reach"):
                ask(url.replace("127.0.0.1", host), loopback=False)
    assert asked == []


def test_cookies_are_not_kept() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n")

    with server(serve) as url:
        assert ask(url) == 204
    assert list(http_client(loopback=True).cookies.jar) == []


def test_an_answer_that_drips_is_cut_off() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            connection.sendall(b".")
            threading.Event().wait(0.02)

    with server(serve) as url, pytest.raises(RetryLater):
        ask(url, seconds=0.2)


def test_an_answer_without_end_is_cut_off() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    with server(serve) as url, pytest.raises(BrokenAnswer):
        ask(url)


def test_what_is_not_http_is_out_of_reach() -> None:
    with (
        server(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as url,
        pytest.raises(RetryLater),
    ):
        ask(url)


def test_a_certificate_that_is_not_trusted_is_refused() -> None:
    with server(lambda connection: connection.sendall(b"no TLS")) as url, pytest.raises(RetryLater):
        ask(url.replace("http://", "https://"))
    context = http_client(loopback=False)._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.check_hostname
    assert isinstance(http_client(loopback=False), httpx.Client)
