"""Six weeks of a contact centre, made once and copied for each test."""

import random
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.scenarios.world import World, build_history, opened_world, running_world, settings_in
from tests.store.account import FreshchatAccount, Resolution


@pytest.fixture(autouse=True)
def _without_coverage(no_cover: None) -> None:
    """Measured, these stories take half as long again, and run nothing that no other test runs."""


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Resolution]]:
    folder = tmp_path_factory.mktemp("history")
    return folder, build_history(settings_in(folder), NOW)


@dataclass(frozen=True, slots=True)
class Settled:
    """A store half an hour after the app came, and what goes on from there."""

    folder: Path
    account: FreshchatAccount
    now: datetime
    key: str
    dice: random.Random


@pytest.fixture(scope="session")
def settled(history: tuple[Path, list[Resolution]], tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """The app pushes, Freshchat is asked, and all that it still knows has been fetched."""
    folder, told = tmp_path_factory.mktemp("settled") / "world", history[1]
    shutil.copytree(history[0], folder)
    with pytest.MonkeyPatch.context() as patch:
        account = FreshchatAccount(resolutions=list(told)).install(patch)
        with opened_world(folder, account, NOW) as world:
            world.run(30)
            assert world.panel().verdict.data_flow == "receiving"
    account.requests.clear()
    return Settled(folder, account, world.clock.now, world.key, world.dice)


@pytest.fixture
def world(settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    shutil.copytree(settled.folder, tmp_path / "world")
    account = deepcopy(settled.account).install(monkeypatch)
    with running_world(tmp_path / "world", account, settled.now) as world:
        world.key, world.dice = settled.key, deepcopy(settled.dice)
        yield world
