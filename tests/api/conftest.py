"""A Freshchat that delivers its webhook; and every answer of the API checked against its own document."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.testclient import TestClient

from data.integrations import Integration
from services.api.app import create_api
from services.settings import Settings
from services.system import System
from tests.api.contract import Document, check_answers
from tests.api.freshchat_sender import paste_key, shown, signature


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The API's own document. It is the same for every system, and takes as long to make as a test to run."""
    database = tmp_path_factory.mktemp("document") / "stillwatch.duckdb"
    system = System(Settings(database=str(database)))
    try:
        return create_api(system).openapi()
    finally:
        system.close()


@pytest.fixture
def api(api: TestClient, document: Document) -> TestClient:
    return check_answers(api, document)


@pytest.fixture(scope="session")
def private_key() -> RSAPrivateKey:
    """Freshchat's half of the key; making one takes a while."""
    return generate_private_key(65537, 2048)


@pytest.fixture
def webhook(
    api: TestClient, system: System, integration: Integration, private_key: RSAPrivateKey
) -> Callable[..., Any]:
    """Deliver as Freshchat does: ``webhook(payload)``; the body is signed unless a signature is given."""
    paste_key(system, integration, shown(private_key))

    def deliver(payload: Any, **headers: str) -> Any:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        given = {"X-Freshchat-Signature": signature(private_key, body)} | headers
        return api.post(
            f"/api/v1/freshchat/webhooks/{integration.integration_id}", content=body, headers=given
        )

    return deliver
