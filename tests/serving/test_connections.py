"""Who says nothing, too little or too much is cut off, and costs nobody else an answer."""

from collections.abc import Callable

import pytest

from services.addresses import network_of
from services.serving import connections
from tests.patience import PATIENCE
from tests.serving.conftest import GOOD, Served, until_closed

Start = Callable[..., Served]
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("sent", [b"", b"G", HALF, b"\r\n"])
def test_who_says_nothing_or_half_a_head_is_cut_off(served: Start, sent: bytes) -> None:
    connection = served(head_seconds=0.1).connect(sent)
    assert status(until_closed(connection)) == 408


def test_half_a_head_after_a_good_request_is_cut_off_too(served: Start) -> None:
    running = served(head_seconds=1)
    connection = running.connect(GOOD)
    running.answer(connection)
    connection.sendall(HALF)
    assert status(until_closed(connection)) == 408


def test_a_body_that_does_not_come_ends_its_request(served: Start) -> None:
    running = served(request_seconds=0.1)
    connection = running.connect(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234")
    assert until_closed(connection) == b""
    assert running.application.disconnected.wait(PATIENCE)


def test_a_body_that_nobody_reads_holds_no_connection(served: Start) -> None:
    running = served(request_seconds=1)
    connection = running.connect(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert status(running.answer(connection)) == 200
    connection.sendall(b"1")  # from here on the server's own time limit between two requests is off
    assert status(until_closed(connection)) == 408


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 5000 + b"\r\n\r\n",
        b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 1500 + b"\r\n",
    ],
    ids=["one field", "the address", "many fields"],
)
def test_a_head_that_is_too_large_is_refused(served: Start, sent: bytes) -> None:
    assert status(until_closed(served(head_bytes=4096).connect(sent))) == 431


@pytest.mark.parametrize(
    "sent",
    [
        HALF,
        b"GET /",
        b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;extension=",
        b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
    ],
    ids=["a field", "the address", "a chunk's extension", "a trailer"],
)
def test_what_never_ends_is_cut_off_after_a_few_bytes(served: Start, sent: bytes) -> None:
    connection = served(head_bytes=4096).connect(sent)
    with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset, as it comes
        connection.sendall(b"x" * 100_000_000)


def test_a_body_in_many_chunks_is_no_head(served: Start) -> None:
    running = served(head_bytes=4096)
    head = b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection = running.connect(head + b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n")
    assert status(running.answer(connection)) == 200
    connection.sendall(GOOD)
    assert status(running.answer(connection)) == 200


def test_silent_connections_make_room_for_those_that_ask(served: Start) -> None:
    running = served(connections=20)
    used = running.connect(GOOD)
    running.answer(used)
    silent = [running.connect() for _ in range(30)]
    for _ in range(30):
        with running.connect(GOOD) as good:
            assert status(running.answer(good)) == 200
    assert until_closed(silent[0]) == b""
    used.sendall(GOOD)  # it has asked before: those that never did go first
    assert status(running.answer(used)) == 200


def test_nobody_is_cut_off_for_another_while_an_answer_is_under_way(served: Start) -> None:
    running = served(connections=5)
    held = [running.connect(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(4)]
    for _ in held:
        assert running.application.held.acquire(timeout=PATIENCE)
    socket = running.connect(UPGRADE)
    assert status(socket.recv(65_536)) == 101
    assert status(until_closed(running.connect())) == 503
    running.application.let_go.set()
    for connection in held:
        assert status(running.answer(connection)) == 200
    assert status(running.answer(running.connect(GOOD))) == 200


def test_one_address_cannot_take_the_room_of_all(served: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "is_loopback", lambda host: False)
    running = served(connections=100, of_one_address=10)
    silent = [running.connect() for _ in range(11)]
    assert until_closed(silent[0]) == b""


def test_an_ipv6_caller_is_known_by_its_network() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::2:3")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("::ffff:192.0.2.1") != network_of("::ffff:192.0.2.2")
