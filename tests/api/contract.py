"""What the OpenAPI document says of an answer, held against the answer."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import jsonschema
from starlette.testclient import TestClient

Document = dict[str, Any]
PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}
MISTAKE_OF_OURS = {"500": {"content": {"application/problem+json": {"schema": PROBLEM}}}}
FORMATS = jsonschema.FormatChecker([])
JSON = re.compile(r"application/([a-z]+\+)?json")


def _is_an_instant(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


FORMATS.checkers["date-time"] = (_is_an_instant, ValueError)


def check_answers(client: TestClient, document: Document) -> TestClient:
    """Have every answer that the client gets checked against the API's own document."""
    forms = _closed(document["components"])

    def check(answer: Any) -> None:
        answer.read()
        found = operation_of(document, answer.request.method, answer.request.url.path)
        if found is None:
            return
        method, address = found
        operation = document["paths"][address][method]
        place = f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}"
        described = (operation["responses"] | MISTAKE_OF_OURS).get(str(answer.status_code))
        assert described is not None, f"{place}: not described"
        kind = answer.headers.get("content-type", "").partition(";")[0]
        contents = described.get("content", {})
        assert kind in contents or not (answer.content or contents), f"{place}: {kind!r} is not described"
        if answer.content and JSON.fullmatch(kind):
            schema = {**_closed(contents[kind]["schema"]), "components": forms}
            wrong = [f"{error.message} at {list(error.path)}" for error in _errors(schema, answer.json())]
            assert not wrong, f"{place}: {wrong}"

    client.event_hooks["response"].append(check)
    return client


def _errors(schema: Document, body: Any) -> Iterator[Any]:
    yield from jsonschema.Draft202012Validator(schema, format_checker=FORMATS).iter_errors(body)


def operation_of(document: Document, method: str, path: str) -> tuple[str, str] | None:
    """Return (method, address) of the document for a request, None for one that it does not have."""
    method = "get" if method == "HEAD" else method.lower()
    for address, operations in document["paths"].items():
        if method in operations and _pattern(address).fullmatch(path):
            return method, address
    return None


@cache
def _pattern(address: str) -> re.Pattern[str]:
    return re.compile("/api" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(address)))


def _closed(schema: Any) -> Any:
    """Return a schema in which no object has a field that is not named: an answer must not hold more either."""
    if isinstance(schema, list):
        return [_closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(inner) for name, inner in schema.items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
