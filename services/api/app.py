"""The API as one ASGI application, to be mounted under /api."""

from typing import Any

from fastapi import Depends, FastAPI
from pydantic.json_schema import models_json_schema

from services.api import (
    admin_routes,
    app_routes,
    backfill_routes,
    contact_routes,
    operator_routes,
    webhook_routes,
)
from services.api.access import KeyCheck, require_admin
from services.api.problems import handle_problems
from services.events import CompactEvent, ProductEvent
from services.system import System

DESCRIPTION = (
    "Push events, read contacts and freshness. Errors are application/problem+json with a stable `code`."
)


def create_api(system: System) -> FastAPI:
    """Return the API of a running system."""
    api = FastAPI(
        title="Stillwatch",
        version="1",
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,  # the usual pages load scripts from elsewhere
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    api.state.system = system
    api.state.key_check = KeyCheck(system.settings.requests_per_minute)
    handle_problems(api)
    api.include_router(app_routes.router)
    api.include_router(webhook_routes.router)
    for router in (admin_routes.router, contact_routes.router, backfill_routes.router):
        api.include_router(router, dependencies=[Depends(require_admin)])
    api.include_router(operator_routes.router)
    _describe_events(api)
    return api


def _describe_events(api: FastAPI) -> None:
    """Add the forms of bodies that the routes read themselves, and FastAPI therefore cannot see."""
    generate = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            models = (CompactEvent, ProductEvent, app_routes.EventBatch, app_routes.Heartbeat)
            _, forms = models_json_schema(
                [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
            )
            generate()["components"]["schemas"].update(forms["$defs"])
        return generate()

    api.openapi = openapi  # type: ignore[method-assign]
