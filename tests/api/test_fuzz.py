"""Whatever is sent, the API never breaks: recorded payloads with anything put in anywhere, and the contract itself."""

import copy
import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from data.integrations import Integration
from tests.conftest import ADMIN_TOKEN

FIXTURES = Path(__file__).parents[1] / "fixtures/freshchat"
SAMPLES = [
    json.loads(path.read_bytes())
    for folder in ("webhooks", "fdk-product-events")
    for path in sorted((FIXTURES / folder).iterdir())
]
COMPACT = {
    "chat_id": "c",
    "resolved_at": "2026-03-03T08:00:00Z",
    "interaction_id": "1-2",
    "opened_at": "2026-03-03T07:00:00Z",
    "group": {"id": "g", "name": "Verkauf"},
}
AS_DESCRIBED = [status_code_conformance, content_type_conformance, response_schema_conformance]
ENOUGH = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=300)
    | st.datetimes().map(str)
    | st.sampled_from(
        ["resolved", "conversation_resolution", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", 1e300]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture
def chat_numbers() -> Iterator[int]:
    return count()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place of a decoded JSON document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places(inner, (*path, name))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A recorded payload with up to three of its places replaced by anything, or left out."""
    payload = copy.deepcopy(draw(st.sampled_from([*SAMPLES, COMPACT])))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(payload))))
        if not path:
            payload = draw(anything)
            continue
        holder = payload
        for name in path[:-1]:
            holder = holder[name]
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = draw(anything)
    return payload


@ENOUGH
@given(payload=mutated() | st.fixed_dictionaries({"events": st.lists(mutated(), max_size=3)}))
def test_no_event_breaks_the_app_s_address(api: TestClient, key: str, payload: Any) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = api.post("/api/v1/events", content=json.dumps(payload), headers=headers)
    assert answer.status_code in (202, 400, 422)


@ENOUGH
@given(
    odd=st.dictionaries(
        st.sampled_from(["interaction_id", "opened_at", "group", "group.id", "group.name"]), anything
    ),
)
def test_nothing_optional_costs_a_contact(
    api: TestClient, key: str, odd: dict[str, Any], chat_numbers: Iterator[int]
) -> None:
    event: dict[str, Any] = copy.deepcopy(COMPACT) | {"chat_id": f"chat-{next(chat_numbers)}"}
    for place, value in odd.items():
        holder, _, name = place.rpartition(".")
        if not holder:
            event[name] = value
        elif isinstance(event[holder], dict):
            event[holder][name] = value
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = api.post("/api/v1/events", content=json.dumps(event), headers=headers)
    if answer.status_code == 400:  # no JSON: a number that is none
        assert answer.json()["code"] == "bad_json"
    else:
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


@ENOUGH
@given(payload=mutated())
def test_no_payload_breaks_the_webhook(webhook: Callable[..., Any], payload: Any) -> None:
    assert webhook(payload).status_code == 200


@ENOUGH
@given(
    body=st.binary(max_size=300),
    signature=st.none() | st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=400),
)
def test_no_bytes_break_the_webhook(webhook: Callable[..., Any], body: bytes, signature: str | None) -> None:
    assert webhook(body).status_code == 200
    if signature is not None:
        assert webhook(body, **{"X-Freshchat-Signature": signature.encode("latin-1")}).status_code in (
            200,
            401,
        )


def test_nothing_that_the_contract_allows_breaks_the_server(
    api: TestClient, key: str, integration: Integration
) -> None:
    """Requests made from the OpenAPI document, by operation; about half name the integration that there is."""
    contract = schemathesis.openapi.from_asgi("/api/openapi.json", api.app)
    found = list(contract.get_all_operations())
    operations = [operation.ok() for operation in found if isinstance(operation, Ok)]
    assert len(operations) == len(found) > 10
    for operation in operations:
        cases = operation.as_strategy()

        @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=cases, is_known=st.booleans())
        def requests(case: schemathesis.Case[Any], is_known: bool) -> None:
            if is_known and "integration_id" in case.path_parameters:
                case.path_parameters["integration_id"] = integration.integration_id
            token = key if case.path.endswith(("/connection", "/events", "/heartbeat")) else ADMIN_TOKEN
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code < 500 or case.path.endswith("/health"), f"{case.method} {case.path}"
            case.validate_response(answer, checks=AS_DESCRIBED)

        requests()
