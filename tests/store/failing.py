"""A store that cannot keep anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from data.database import Database, StoreUnavailable


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every change of the store fail, as on a full disk."""

    @contextmanager
    def refused(_: Database) -> Iterator[Any]:
        raise StoreUnavailable("No space left on device")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(Database, "transaction", refused)
        yield
