"""Each role sees its pages whole, and on them nothing that would be refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.integrations import Integration
from pages.parts import reader
from services.backfill.jobs import status
from services.people.person import Person, Role
from services.system import System
from tests.pages.reading import labels, shown

ADMINS_BUTTONS = {"Pause", "Delete", "Add integration", "Check credentials", "Revoke", "Save"}
PAGES: dict[str, Role] = {
    "overview.py": "supervisor",
    "contacts.py": "supervisor",
    "data_flow.py": "support",
    "integrations.py": "support",
    "integration.py": "support",
    "add_integration.py": "admin",
    "audit.py": "admin",
    "channels.py": "admin",
    "people.py": "admin",
}
"""Each page and the least role that opens it."""


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Person]:
    """Read the pages as somebody of this role."""

    def become(role: Role, *only: str) -> Person:
        person = Person("p", "Kim", role, frozenset(only) if only else None)
        monkeypatch.setattr(reader, "LOCAL", person)
        return person

    return become


@pytest.mark.parametrize("role", ["supervisor", "support", "admin"])
@pytest.mark.parametrize("file", PAGES)
def test_a_page_opens_for_its_roles_and_for_no_other(
    open_page: Any,
    system: System,
    integration: Integration,
    resolve: Callable[..., None],
    outage: Callable[..., None],
    as_role: Callable[..., Person],
    role: Role,
    file: str,
) -> None:
    resolve("Support", system.clock() - timedelta(days=1), 3)
    outage(timedelta(hours=2), timedelta(hours=1))
    person = as_role(role)
    if not person.may(PAGES[file]):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_page(file, integration=integration.integration_id)
        return
    page = open_page(file, integration=integration.integration_id)
    buttons = set(labels(page))
    if role == "admin":
        assert buttons or file in ("overview.py", "contacts.py", "audit.py")
    else:
        assert not buttons & ADMINS_BUTTONS


def test_support_fetches_contacts_and_marks_false_alarms(
    open_page: Any,
    system: System,
    integration: Integration,
    outage: Callable[..., None],
    as_role: Callable[..., Person],
) -> None:
    outage(timedelta(hours=2), timedelta(hours=1))
    as_role("support")
    page = open_page("data_flow.py", integration=integration.integration_id)
    next(button for button in page.button if button.label == "Mark as false alarm").click().run()
    assert not page.exception
    assert "False alarm" in shown(page)
    page = open_page("integration.py", integration=integration.integration_id)
    next(button for button in page.button if button.label == "Fetch from Freshchat").click().run()
    assert not page.exception
    assert [job.job.reason for job in status(system, integration.integration_id)] == ["requested"]


def test_nobody_sees_integrations_that_are_not_theirs(
    open_page: Any, integration: Integration, as_role: Callable[..., Person]
) -> None:
    as_role("support", "another")
    assert "Kundenservice" not in shown(open_page("integrations.py"))
    assert "nothing for you to see yet" in shown(
        open_page("contacts.py", integration=integration.integration_id)
    )


def test_a_supervisor_is_not_asked_to_add_an_integration(
    open_page: Any, as_role: Callable[..., Person]
) -> None:
    as_role("supervisor")
    page = open_page()
    assert "an admin adds the integrations" in shown(page)
    assert not [button for button in page.button if button.label == "Add integration"]
