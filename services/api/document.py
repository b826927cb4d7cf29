"""The OpenAPI document: what the routes cannot say by themselves is added, and what they never answer left out."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.api.app_routes import EventBatch, Heartbeat
from services.api.problems import ProblemBody
from services.ingest.event_forms import CompactEvent, OtherProductEvent, ProductEvent

READ_BY_HAND: tuple[type[BaseModel], ...] = (
    ProblemBody,
    CompactEvent,
    ProductEvent,
    OtherProductEvent,
    EventBatch,
    Heartbeat,
)
SCHEMES = {
    "injixo_api_key": {"type": "http", "scheme": "bearer", "description": "an injixo API key, ijx_..."},
    "admin_token": {"type": "http", "scheme": "bearer", "description": "STILLWATCH_ADMIN_TOKEN"},
    "freshchat_signature": {"type": "apiKey", "in": "header", "name": "X-Freshchat-Signature"},
}
SCHEME_OF_TAG = {"app": "injixo_api_key", "admin": "admin_token", "webhook": "freshchat_signature"}
ONLY_WITH_BODY = {"400", "408", "413", "415"}


def document(api: FastAPI) -> None:
    """Have the API describe itself exactly."""
    generate = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            _complete(generate())
        return generate()

    api.openapi = openapi  # type: ignore[method-assign]


def _complete(description: dict[str, Any]) -> None:
    _, forms = models_json_schema(
        [(model, "validation") for model in READ_BY_HAND], ref_template="#/components/schemas/{model}"
    )
    description["components"]["schemas"].update(forms["$defs"])
    description["components"]["securitySchemes"] = SCHEMES
    for path, operations in description["paths"].items():
        for operation in operations.values():
            for tag in operation["tags"]:
                if tag in SCHEME_OF_TAG:
                    operation["security"] = [{SCHEME_OF_TAG[tag]: []}]
            for status in _never_answered(path, operation):
                operation["responses"].pop(status, None)


def _never_answered(path: str, operation: dict[str, Any]) -> set[str]:
    has_body = "requestBody" in operation
    has_query = any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
    never = set() if has_body else set(ONLY_WITH_BODY)
    if not has_body and not has_query:
        never.add("422")
    if "{" not in path:
        never.add("404")
    return never
