"""The API as one ASGI application, to be mounted under /api."""

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from services.api import (
    admin_routes,
    app_routes,
    audit_routes,
    backfill_routes,
    channel_routes,
    closed_routes,
    contact_routes,
    day_routes,
    operator_routes,
    webhook_routes,
)
from services.api.access import RateLimit
from services.api.body import BoundedBodies
from services.api.document import document
from services.api.guesses import Guesses
from services.api.head import HeadLikeGet
from services.api.problems import handle_problems
from services.system import System
from services.watch.bundle import versions

DESCRIPTION = (
    "Push events, read contacts and freshness. Errors are application/problem+json with a stable `code`."
)
LARGE_BYTES = 1000
"""An answer of this size is compressed for those who take that."""


def create_api(system: System) -> FastAPI:
    """Return the API of a running system."""
    api = FastAPI(
        title="Stillwatch",
        version=versions().stillwatch,
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,  # the usual pages load scripts from elsewhere
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,  # an unknown address is unknown
        middleware=[
            Middleware(GZipMiddleware, minimum_size=LARGE_BYTES, compresslevel=5),
            Middleware(HeadLikeGet),
            Middleware(BoundedBodies),
        ],
    )
    api.state.system = system
    api.state.rate_limit = RateLimit(system.settings.requests_per_minute)
    api.state.guesses = Guesses()
    handle_problems(api)
    api.include_router(app_routes.router)
    api.include_router(webhook_routes.router)
    api.include_router(admin_routes.router)
    api.include_router(contact_routes.router)
    api.include_router(day_routes.router)
    api.include_router(backfill_routes.router)
    api.include_router(closed_routes.router)
    api.include_router(audit_routes.router)
    api.include_router(channel_routes.router)
    api.include_router(operator_routes.router)
    document(api)
    return api
