"""Addresses that are out in the world go on leading to what they showed."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from services.serving.moved import Moved

client = TestClient(Moved(PlainTextResponse("the interface")), follow_redirects=False)


@pytest.mark.parametrize(
    ("asked", "moved_to"),
    [
        ("/?integration=i1", "/contacts?integration=i1"),
        ("/?language=de&view=week&day=2026-03-02", "/contacts?language=de&view=week&day=2026-03-02"),
        ("/?queues=Support&queues=T%C3%BCr+1", "/contacts?queues=Support&queues=T%C3%BCr+1"),
        ("/overview", "/"),
        ("/overview?language=de", "/?language=de"),
    ],
)
def test_what_moved_leads_on_with_everything_that_was_asked(asked: str, moved_to: str) -> None:
    answer = client.get(asked)
    assert answer.status_code == 307
    assert answer.headers["location"] == moved_to


@pytest.mark.parametrize(
    "asked", ["/", "/?language=de", "/contacts?integration=i1", "/freshness?integration=i1", "/?other=1"]
)
def test_everything_else_is_where_it_was(asked: str) -> None:
    assert client.get(asked).text == "the interface"


def test_no_address_leads_to_another_site() -> None:
    for asked in ("/?integration=//evil.example", "//evil.example/?integration=1"):
        location = client.get(asked).headers.get("location", "/")
        assert location.startswith("/")
        assert not location.startswith("//")
