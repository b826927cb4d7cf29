"""The heartbeat: what the app may say of itself, and its good-bye."""

from collections.abc import Callable
from typing import Any

import pytest

from data.integrations import Integration
from services import integrations
from services.system import System
from tests.api.freshchat_sender import kinds


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"app_version": "0.1.0"}, 204),
        ({"app_version": "0.1.0", "state": "uninstalled"}, 204),
        ({"state": "gone"}, 422),
        ({"app_version": "x" * 51}, 422),
        ([], 422),
    ],
)
def test_a_heartbeat_is_read_within_bounds(body: Any, status: int, push: Callable[..., Any]) -> None:
    assert push("/heartbeat", json=body).status_code == status


def test_a_good_bye_is_no_heartbeat(
    push: Callable[..., Any], system: System, integration: Integration
) -> None:
    push("/heartbeat")
    push("/heartbeat", json={"state": "uninstalled"})
    assert kinds(system, integration) == {"heartbeat": 1, "goodbye": 1}
    (listed,) = integrations.listed_keys(system, integration.integration_id)
    assert (listed.use.use_count, listed.use.refused_count) == (2, 0)


def test_a_heartbeat_that_is_no_object_is_refused_in_the_senders_words(push: Callable[..., Any]) -> None:
    answer = push("/heartbeat", json=[])
    assert (answer.status_code, answer.json()["detail"]) == (422, "give a JSON object")
