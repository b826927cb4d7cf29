"""The way out: where connections may lead, how long an exchange may take and how much it may bring."""

import socket
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import httpx

from services.freshchat.errors import BrokenAnswer, RetryLater

TIMEOUT = httpx.Timeout(15, connect=5)
USER_AGENT = "Stillwatch"

_NAT64 = ip_network("64:ff9b::/96")
_exchange = threading.local()


@cache
def http_client(*, loopback: bool) -> httpx.Client:
    """Return the process's client: to public addresses only, or, for the simulator, to the loopback only.

    Proxies of the environment are not used: they would resolve names where we cannot check addresses.
    """
    transport = httpx.HTTPTransport(trust_env=False)
    # httpx has no way to pass a network backend on, and only there can a name's address be checked and kept.
    transport._pool = httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=True),
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=30,
        network_backend=_Backend(loopback=loopback),
    )
    client = httpx.Client(
        transport=transport, timeout=TIMEOUT, trust_env=False, headers={"User-Agent": USER_AGENT}
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


def exchange(
    http: httpx.Client, request: httpx.Request, *, most_bytes: int, seconds: float
) -> tuple[int, httpx.Headers, bytes]:
    """Send a request; return status, headers and body. Redirects are answers like others.

    Raises RetryLater when the other side is out of reach or too slow, BrokenAnswer when it says too much.
    """
    with _within(seconds):
        try:
            response = http.send(request, stream=True, follow_redirects=False)
            try:
                body = _bounded(response, most_bytes)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise RetryLater("no answer in time") from error
        except httpx.ProtocolError as error:
            raise RetryLater("the connection broke off, or the answer is not HTTP") from error
        except httpx.TransportError as error:
            raise RetryLater(f"out of reach ({type(error).__name__})") from error
    return response.status_code, response.headers, body


def is_allowed(address: str, *, loopback: bool) -> bool:
    """Tell whether we may connect to an IP address: a public one, or for the simulator a loopback one."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = (
            ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        )
        ip = inner or ip
    return ip.is_loopback if loopback else ip.is_global and not ip.is_multicast


class _Backend(httpcore.SyncBackend):
    """Resolves a name once and connects to an allowed address of it, so that no second look-up can differ."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        allowed = [address for address in addresses if is_allowed(address, loopback=self._loopback)]
        problem: Exception = httpcore.ConnectError(f"{host} has no address that we may connect to")
        for address in allowed:
            try:
                stream = super().connect_tcp(
                    address, port, _remaining(timeout), local_address, socket_options
                )
                return _TimedStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


class _TimedStream(httpcore.NetworkStream):
    """A connection on which a whole exchange has a deadline, not only each single read."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    _exchange.ends_at = time.monotonic() + seconds
    try:
        yield
    finally:
        _exchange.ends_at = None


def _remaining(timeout: float | None) -> float | None:
    """Return the time that a single step may take. Raises ReadTimeout when the exchange's time is over."""
    ends_at: float | None = getattr(_exchange, "ends_at", None)
    if ends_at is None:
        return timeout
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the exchange took too long")
    return left if timeout is None else min(timeout, left)


def _bounded(response: httpx.Response, most_bytes: int) -> bytes:
    """Return the body, unzipped, without ever holding more than ``most_bytes`` of it."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "deflate"):
        raise BrokenAnswer("an encoding that we did not ask for")
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding in ("gzip", "deflate") else None
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            body += unzip.decompress(chunk, most_bytes + 1 - len(body)) if unzip else chunk
            if len(body) > most_bytes or (unzip and unzip.unconsumed_tail):
                raise BrokenAnswer(f"more than {most_bytes} bytes")
    except zlib.error:
        raise BrokenAnswer("not zipped as announced") from None
    return bytes(body)
