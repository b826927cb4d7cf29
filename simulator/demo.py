"""``python -m simulator.demo``: Stillwatch with a simulated Freshchat account, ready to be looked at and broken.

Starts both as their own processes, connects them over their HTTP interfaces only, the way a person would, and stops
both on Ctrl-C. The database of the demo is made anew at every start, so that the demo is the same every time.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
DIRECTORY = ROOT / "data" / "var" / "demo"
HOST, DEFAULT_PORT = "127.0.0.1", "8501"
START_SECONDS, HISTORY_SECONDS, STOP_SECONDS = 60.0, 120.0, 15.0
NAME = "Demo (simulated Freshchat)"
SETTINGS = {"STILLWATCH_WATCH_SECONDS": "10", "STILLWATCH_PROBE_SECONDS": "60"}


class CannotRun(Exception):
    """The demo cannot go on; the message says why and what to do."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.demo", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="where the demo's database and logs go"
    )
    parser.add_argument(
        "--seed", default="1", help="of the simulated account: people and chats follow from it"
    )
    parser.add_argument("--shift-hours", default="auto", help="moves the account's day; auto: it is open now")
    parser.add_argument("--heartbeat-seconds", default="60", help="between the simulated app's heartbeats")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)  # a shell lets what runs in its background ignore it
    try:
        run(options)
    except CannotRun as error:
        sys.exit(f"The demo cannot run: {error}")
    except KeyboardInterrupt:
        print("\nBoth are stopped.")


def run(options: argparse.Namespace) -> None:
    """Start both, connect them, and stay until one of them ends. Raises CannotRun and KeyboardInterrupt."""
    port = free_port(os.environ.get("STILLWATCH_PORT", DEFAULT_PORT))
    address, admin_token = (
        f"http://{HOST}:{port}",
        os.environ.get("STILLWATCH_ADMIN_TOKEN") or secrets.token_urlsafe(24),
    )
    options.directory.mkdir(parents=True, exist_ok=True)
    database = options.directory / f"demo-{port}.duckdb"
    for old in options.directory.glob(f"{database.name}*"):
        old.unlink()
    began = time.monotonic()
    account_command = [
        sys.executable, "-m", "simulator", "--json", "--target", address, "--seed", options.seed,
        "--shift-hours", options.shift_hours, "--heartbeat-seconds", options.heartbeat_seconds,
    ]  # fmt: skip
    with child(account_command, options.directory / "simulator.log", dict(os.environ)) as simulator:
        account = _first_line(simulator, options.directory / "simulator.log")
        environment = os.environ | SETTINGS | {
            "STILLWATCH_DATABASE": str(database),
            "STILLWATCH_HOST": HOST,
            "STILLWATCH_PORT": str(port),
            "STILLWATCH_FRESHCHAT_URL": account["url"],
            "STILLWATCH_ADMIN_TOKEN": admin_token,
        }  # fmt: skip
        log = options.directory / "stillwatch.log"
        with child([sys.executable, "app.py"], log, environment) as stillwatch:
            wait_until_healthy(address, stillwatch, log)
            history = connect(address, admin_token, account)
            print(introduction(address, account["url"], history, time.monotonic() - began, log), flush=True)
            _stay({"Stillwatch": stillwatch, "the simulator": simulator}, options.directory)


def free_port(text: str) -> int:
    """Return the port if nobody listens on it. Raises CannotRun."""
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise CannotRun(f"STILLWATCH_PORT is {text!r}, which is no port number.")
    try:
        socket.create_server((HOST, int(text))).close()
    except OSError:
        raise CannotRun(
            f"port {text} is taken, perhaps by another Stillwatch. Stop it, or choose another port, e.g. "
            f"STILLWATCH_PORT={int(text) % 65_000 + 1} make demo"
        ) from None
    return int(text)


@contextmanager
def child(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program for the time of a with block, in a session of its own so that Ctrl-C reaches only us."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE if "--json" in command else errors,
            stderr=errors, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[str], log: Path) -> None:
    """Wait until Stillwatch answers that all is well. Raises CannotRun."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotRun(f"Stillwatch ended at once.\n{_tail(log)}")
        try:
            if httpx.get(f"{address}/api/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise CannotRun(f"Stillwatch was not healthy within {START_SECONDS:.0f} s.\n{_tail(log)}")


def connect(address: str, admin_token: str, account: dict[str, str]) -> dict[str, Any]:
    """Add the integration, generate its key, and give the key to the simulated app; wait for the history.

    Returns the history's state: how many events in how many seconds. Raises CannotRun.
    """
    headers = {"Authorization": f"Bearer {admin_token}"}
    with httpx.Client(timeout=30, trust_env=False) as http:
        state = _ok(http.get(f"{account['url']}/control"))
        integration = _ok(
            http.post(
                f"{address}/api/v1/integrations",
                headers=headers,
                json={
                    "name": NAME,
                    "domain": state["account_domain"],
                    "freshchat_api_key": account["token"],
                    "time_zone": "Europe/Berlin",
                    "holidays": "DE-BY",
                },
            )
        )
        mine = f"{address}/api/v1/integrations/{integration['id']}"
        key = _ok(http.post(f"{mine}/keys", headers=headers, json={"overlap_seconds": 0}))["key"]
        _ok(http.post(f"{mine}/check", headers=headers))
        answer = _ok(http.post(f"{account['url']}/control/app", json={"key": key}))["answer"]
        if answer["status"] != 200:
            raise CannotRun(f"the app's key was not accepted: {answer}")
        return _wait_for_history(http, account["url"])


def _wait_for_history(http: httpx.Client, simulator: str) -> dict[str, Any]:
    deadline = time.monotonic() + HISTORY_SECONDS
    while time.monotonic() < deadline:
        history: dict[str, Any] = _ok(http.get(f"{simulator}/control"))["app"]["history"]
        if history["state"] == "sent":
            return history
        if history["state"].startswith("stopped"):
            raise CannotRun(f"the history was not accepted: {history['state']}")
        time.sleep(0.1)
    raise CannotRun(f"the history was not in within {HISTORY_SECONDS:.0f} s.")


def introduction(address: str, simulator: str, history: dict[str, Any], seconds: float, log: Path) -> str:
    return f"""
Stillwatch                  {address}
Simulated Freshchat account {simulator}   (control page: break things here)

Eight weeks of history, {history["sent"]} resolved chats, were pushed by the simulated app in {history["seconds"]} s;
ready after {seconds:.0f} s in all.
Everything in it is made up. The account keeps its business hours around the time of the start, so that there is
always something to see. The demo's database is made anew at every start. Logs: {log.parent}

What to try, on the control page, and then look at Data flow in Stillwatch:
  - Uninstall the app            no events, no heartbeats: Freshchat knows more than we do
  - Go quiet                     nobody writes: no alarm, because Freshchat was quiet too
  - Lose 60 % of the events      a loss that no single queue shows
  - Lose the events of a group   one queue breaks, the others go on
  - Revoke the token             Freshchat refuses us: the configuration, not the data flow
In Stillwatch, generate a new injixo API key and leave the old one in the app: the app is refused from then on, until
you paste the new key on the app's installation page (also on the control page).

Ctrl-C stops both.
"""


def _stay(processes: dict[str, subprocess.Popen[str]], directory: Path) -> None:
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                raise CannotRun(f"{name} ended with code {process.returncode}; its log is in {directory}")
        time.sleep(0.5)


def _first_line(simulator: subprocess.Popen[str], log: Path) -> dict[str, str]:
    assert simulator.stdout is not None
    line = simulator.stdout.readline()
    if not line:
        raise CannotRun(f"the simulator ended at once.\n{_tail(log)}")
    found: dict[str, str] = json.loads(line)
    return found


def _ok(response: httpx.Response) -> Any:
    if not response.is_success:
        raise CannotRun(f"{response.request.url} answered {response.status_code}: {response.text[:500]}")
    return response.json()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8").splitlines()[-15:])


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
