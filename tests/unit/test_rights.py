"""Rights are checked where things happen: in services/, whoever asks, and whatever a page shows."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.integrations import Integration
from services import integrations
from services.integrations import Draft
from services.people.person import ROLES, Asker, NotAllowed, Person, Role, SignedOut
from services.system import NotFound, System
from tests.rights import ROOT, TABLE, entry_points, table

ENTRY_POINTS = entry_points()


def asked_by(system: System, role: Role, *only: str) -> System:
    person = Person("p", "somebody", role, frozenset(only) if only else None)
    return system.asked_by(Asker(lambda: person))


def filled(function: Callable[..., Any], integration_id: str) -> dict[str, Any]:
    """Return arguments for a call that must not get as far as to look at them."""
    return {
        name: integration_id if name == "integration_id" else None
        for name in list(inspect.signature(function).parameters)[1:]
    }


def test_whatever_a_page_or_a_route_can_ask_needs_a_role() -> None:
    assert len(ENTRY_POINTS) > 30
    free = [name for name, function in ENTRY_POINTS.items() if not hasattr(function, "role")]
    assert free == [], "decorate them with needs() of services/system.py"


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_done_for_a_role_that_is_too_low(
    system: System, integration: Integration, role: Role
) -> None:
    asked = asked_by(system, role)
    for function in ENTRY_POINTS.values():
        if asked.person.may(function.role):  # type: ignore[attr-defined]
            continue
        with pytest.raises(NotAllowed):
            function(asked, **filled(function, integration.integration_id))


def test_who_is_limited_to_some_integrations_finds_no_others(
    system: System, integration: Integration
) -> None:
    own = integrations.add(system, Draft("Vertrieb", "example.freshchat.com"))
    asked = asked_by(system, "support", own.integration_id)
    assert [seen.name for seen in asked.directory.active()] == ["Vertrieb"]
    with pytest.raises(NotFound):
        asked.integration(integration.integration_id)
    for function in ENTRY_POINTS.values():
        if "integration_id" in inspect.signature(function).parameters and asked.person.may(function.role):  # type: ignore[attr-defined]
            with pytest.raises(NotFound):
                function(asked, **filled(function, integration.integration_id))


def test_a_role_that_is_taken_away_is_gone_from_the_next_call_on(
    system: System, integration: Integration
) -> None:
    role: list[Role] = ["admin"]
    asked = system.asked_by(Asker(lambda: Person("p", "somebody", role[0])))
    integrations.change(asked, integration.integration_id, Draft("Service", "example.freshchat.com"))
    role[0] = "support"
    with pytest.raises(NotAllowed):
        integrations.delete(asked, integration.integration_id)
    assert asked.integration(integration.integration_id).name == "Service"


def test_who_is_signed_out_sees_and_does_nothing(system: System, integration: Integration) -> None:
    def nobody() -> Person:
        raise SignedOut

    asked = system.asked_by(Asker(nobody))
    with pytest.raises(SignedOut):
        asked.integration(integration.integration_id)
    for function in ENTRY_POINTS.values():
        with pytest.raises(SignedOut):
            function(asked, **filled(function, integration.integration_id))


def test_a_key_names_who_generated_it(system: System, integration: Integration) -> None:
    from datetime import timedelta

    asked = asked_by(system, "admin")
    integrations.generate_key(asked, integration.integration_id, overlap=timedelta(0))
    (key,) = system.directory.keys_of(integration.integration_id)
    assert key.created_by == "somebody"


def test_no_page_reaches_past_who_asks() -> None:
    """A page gets the system from pages/parts/reader.py, which binds it to the reader, and never whole."""
    wrong = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "pages").rglob("*.py"))
        if file.name != "reader.py" and "installed" in _names_imported(file)
    ]
    assert wrong == []


def _names_imported(file: Path) -> set[str]:
    program = ast.parse(file.read_text(encoding="utf-8"))
    return {
        alias.name for node in ast.walk(program) if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def test_the_table_of_calls_by_role_is_as_the_code_has_it() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "write it anew: python -m tests.rights"
