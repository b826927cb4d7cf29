"""A look at the contacts asks the store each question once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.database import Database
from data.integrations import Integration
from data.once import Once
from data.queries import sql
from data.totals import queue_totals
from services.system import System

OF_THE_TAB = repr((sql("open_alerts"), {}))
"""The browser's tab is a part of its own, which is named again and again."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each question was asked of the store."""
    found: Counter[str] = Counter()
    for name in ("rows", "frame"):

        def note(
            self: Database,
            query: str,
            *,
            ask: Callable[..., Any] = getattr(Database, name),
            **parameters: Any,
        ) -> Any:
            found[repr((query, parameters))] += 1
            return ask(self, query, **parameters)

        monkeypatch.setattr(Database, name, note)
    return found


@pytest.mark.parametrize("view", ["day", "week", "month", "year"])
def test_the_contacts_page_asks_nothing_twice(
    view: str,
    integration: Integration,
    resolve: Callable[..., None],
    system: System,
    open_page: Callable[..., AppTest],
    asked: Counter[str],
) -> None:
    for days in range(10):
        resolve("Support", system.clock() - timedelta(days=days, hours=1), 3)
    app = open_page("contacts.py", integration=integration.integration_id, view=view)
    asked.clear()
    app.run()
    assert len(asked) > 10
    assert [question for question, times in asked.items() if times > 1 and question != OF_THE_TAB] == []


def test_one_look_sees_what_it_saw_first_and_the_next_one_what_is_new(
    system: System, integration: Integration, resolve: Callable[..., None]
) -> None:
    resolve("Support", system.clock(), 1)
    look = Once(system.database)
    (before,) = queue_totals(look, integration.integration_id)
    resolve("Sales", system.clock(), 1)
    assert queue_totals(look, integration.integration_id) == [before]
    assert len(queue_totals(Once(system.database), integration.integration_id)) == 2
