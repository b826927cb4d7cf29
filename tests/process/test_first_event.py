"""The README's first event: its block, run as it stands against a real process, does what the README says."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Send your first event\n")[2].partition("\n## ")[0]
ADDRESS = "http://127.0.0.1:8501"


def found(pattern: str) -> str:
    match = re.search(pattern, SECTION, re.DOTALL | re.MULTILINE)
    assert match is not None, f"the README has no {pattern}"
    return match[1]


def documents(text: str) -> list[Any]:
    """Return the JSON documents that stand one behind the other."""
    told, place = [], 0
    while place < len(text):
        document, place = json.JSONDecoder().raw_decode(text, place)
        told.append(document)
    return told


def test_the_first_event_of_the_readme_is_taken_and_then_a_duplicate(server: Callable[..., Any]) -> None:
    running = server(settings={"STILLWATCH_ADMIN_TOKEN": found(r"STILLWATCH_ADMIN_TOKEN=(\S+)")})
    running.wait_until_healthy()
    block, sent = found(r"^```sh\n(.*?)^```"), found(r"^(curl [^\n]*/events .*?)$")
    assert ADDRESS in block
    ran = subprocess.run(
        ["sh", "-eu", "-c", f"{block}{sent}".replace(ADDRESS, running.url)],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    first, freshness, again = documents(ran.stdout)
    assert first == json.loads(found(r"The answer to the event is `(.*?)`"))
    assert freshness["data_flow"] == "learning"
    assert freshness["last_event_at"] is not None
    assert again == {"accepted": 0, "duplicates": 1, "ignored": 0}
