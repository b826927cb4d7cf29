"""Six weeks of a contact centre, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.scenarios.world import World, build_history, opened_world, settings_in
from tests.store.account import FreshchatAccount, Resolution


@pytest.fixture(autouse=True)
def _without_coverage(no_cover: None) -> None:
    """Measured, these stories take half as long again, and run nothing that no other test runs."""


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Resolution]]:
    folder = tmp_path_factory.mktemp("history")
    return folder, build_history(settings_in(folder), NOW)


@pytest.fixture
def world(
    history: tuple[Path, list[Resolution]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    folder, told = history
    shutil.copytree(folder, tmp_path / "world")
    account = FreshchatAccount(resolutions=list(told)).install(monkeypatch)
    with opened_world(tmp_path / "world", account, NOW) as world:
        world.run(30)
        assert world.panel().verdict.data_flow == "receiving"
        yield world
