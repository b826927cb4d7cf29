"""The entry page when the store does not answer."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.database import StoreUnavailable
from services.system import System


@pytest.mark.parametrize("name", ["contacts.py", "data_flow.py", "integrations.py"])
def test_a_store_that_does_not_answer_is_said_in_words(
    open_page: Callable[..., AppTest],
    system: System,
    integration: object,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(system.database, "rows", fail)
    monkeypatch.setattr(system.database, "frame", fail)
    page = open_page(name)
    assert not page.exception
    assert "does not answer" in page.error[0].value
