"""`make test` on a bare machine: it installs what lacks or says so in one line, and in CI a lack is an error."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests import machine

LACKS = "tests/browser is left out, for `chromium` is not on the PATH; on Debian: apt-get install chromium\n"
Bare = Callable[..., list[list[str]]]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Bare:
    """A machine that lacks Chromium: ``bare(system="debian", user=0, reachable=True)`` returns what it will run."""
    monkeypatch.delenv("CI", raising=False)

    def make(*, system: str = "debian", user: int = 0, reachable: bool = True) -> list[list[str]]:
        there, ran = {"curl"}, []

        def run(command: list[str], **_: Any) -> None:
            ran.append(command)
            if reachable and "install" in command:
                there.update(command)

        monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
        monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": system})
        monkeypatch.setattr(os, "geteuid", lambda: user)
        monkeypatch.setattr(subprocess, "run", run)
        return ran

    return make


def test_debians_root_gets_what_lacks_and_nothing_else(bare: Bare, capfd: pytest.CaptureFixture[str]) -> None:
    ran = bare()
    assert machine.main([]) == 0
    assert [command[1] for command in ran] == ["update", "install"]
    assert ran[1][-1] == "chromium"
    assert "curl" not in ran[1]
    assert capfd.readouterr().err == ""
    assert machine.lacking() == []


@pytest.mark.parametrize("who", [{"user": 1000}, {"system": "ubuntu"}, {"reachable": False}])
def test_anyone_else_is_told_in_one_line_and_goes_on(
    bare: Bare, who: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    ran = bare(**who)
    assert machine.main([]) == 0
    assert bool(ran) == (who == {"reachable": False})
    assert capfd.readouterr().err == LACKS


def test_in_ci_a_lack_is_an_error(
    bare: Bare, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bare(user=1000)
    monkeypatch.setenv("CI", "true")
    assert machine.main([]) == 1
    assert capfd.readouterr().err == LACKS


def test_without_environments_nothing_goes_on(
    bare: Bare, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bare(user=1000)
    assert machine.main(["venv"]) == 0
    monkeypatch.setattr(machine, "find_spec", lambda _: None)
    assert machine.main(["venv"]) == 1
    assert "apt-get install python3-venv" in capfd.readouterr().err


def test_what_is_left_out_is_there_at_all() -> None:
    tests = machine.ROOT
    assert [need.tests for need in machine.NEEDS if not (tests / need.tests).exists()] == []
