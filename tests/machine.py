"""What the tests need of the machine itself, beside Python's packages: told apart, installed where that is easy.

``python tests/machine.py`` installs what lacks with Debian's packages when it may. It runs before anything of ours
is installed, with whatever Python the machine has, and so it uses the standard library alone.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent


class Need(NamedTuple):
    """A program, Debian's package of it, and the tests under tests/ that cannot run without it."""

    program: str
    package: str
    tests: str

    def is_met(self) -> bool:
        return shutil.which(self.program) is not None

    def advice(self) -> str:
        return (
            f"tests/{self.tests} is left out, for `{self.program}` is not on the PATH; "
            f"on Debian: apt-get install {self.package}"
        )


class Environments(NamedTuple):
    """Python's way to make an environment, which Debian keeps in a package of its own: nothing runs without it."""

    package: str = "python3-venv"

    def is_met(self) -> bool:
        return find_spec("ensurepip") is not None

    def advice(self) -> str:
        return f"This Python cannot make environments; on Debian: apt-get install {self.package}"


NEEDS = (
    Need("chromium", "chromium", "browser"),
    Need("curl", "curl", "process/test_first_event.py"),
)
ENVIRONMENTS = Environments()


def lacking() -> list[Need]:
    """Return what the tests need and the machine lacks."""
    return [need for need in NEEDS if not need.is_met()]


def may_install() -> bool:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return False
    return release["ID"] == "debian" and os.geteuid() == 0


def install(packages: Sequence[str]) -> None:
    """Install Debian's packages; what goes wrong, apt-get says itself."""
    print("Installing", *packages)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def provide(needs: Sequence[Need | Environments]) -> list[str]:
    """Install what lacks, if that may be done, and return what to say of what lacks still."""
    packages = [need.package for need in needs if not need.is_met()]
    if packages and may_install():
        install(packages)
    return [need.advice() for need in needs if not need.is_met()]


def main(arguments: Sequence[str]) -> int:
    """Provide for the tests, or for environments (``venv``); a lack ends in 1 where nothing can run without it."""
    for_environments = list(arguments) == ["venv"]
    told = provide([ENVIRONMENTS] if for_environments else NEEDS)
    for line in told:
        print(line, file=sys.stderr)
    return int(bool(told) and (for_environments or os.environ.get("CI") == "true"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
