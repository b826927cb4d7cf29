"""``python -m simulator``: start a simulated Freshchat account on the loopback interface."""

import argparse
import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from simulator.account import Account
from simulator.rhythm import shift_into_business
from simulator.server import Servers, Simulator, put_together
from simulator.world import World

HOURS_OF_A_CENTURY = 100 * 365 * 24


def between(least: float, most: float, kind: type[int] | type[float] = float) -> Callable[[str], float]:
    """Return a reader of numbers from ``least`` to ``most``; argparse names the option that has another one."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = math.nan
        if not least <= number <= most:  # nan is neither
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least:g} to {most:g}")
        return number

    return read


def shift_hours(text: str) -> float | None:
    """Return by how many hours to move the rhythm, None for 'auto'."""
    return None if text == "auto" else between(-HOURS_OF_A_CENTURY, HOURS_OF_A_CENTURY)(text)


def web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        is_one = False
    if text and not is_one:
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as http://127.0.0.1:8501")
    return text


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A simulated Freshchat account: REST API, reports, an app that pushes events, a webhook, and "
        "switches to break things. Everything is made up; it listens on 127.0.0.1 only.",
        epilog="Control page: the printed address. Control API: GET and POST /control (GET /control/switches lists "
        "every switch), POST /control/app {key, target}, /control/token {action: regenerate|revoke}, "
        "/control/webhook {target}, /control/resolve {count, group, minutes_ago}, /control/reset, "
        "POST and DELETE /control/groups/<name>, GET /control/resolved?from=&to=&chats=1, /control/calls, "
        "/control/personal-data.",
    )
    parser.add_argument(
        "--port",
        type=between(0, 65535, int),
        default=0,
        help="of the account and its control page; 0 takes a free one",
    )
    parser.add_argument(
        "--download-port",
        type=between(0, 65535, int),
        default=0,
        help="of the reports' downloads; 0 takes a free one",
    )
    parser.add_argument("--token", help="the API token; made up when left out")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people and chats")
    parser.add_argument("--days", type=between(0, 1000), default=56, help="of history")
    parser.add_argument(
        "--per-day", type=between(0, 100_000), default=320, help="chats resolved on an average working day"
    )
    parser.add_argument(
        "--target",
        type=web_address,
        default="",
        help="address that the app sends to, e.g. http://127.0.0.1:8501",
    )
    parser.add_argument(
        "--heartbeat-seconds", type=between(0.1, 86_400), default=60, help="between the app's heartbeats"
    )
    parser.add_argument(
        "--shift-hours", type=shift_hours, default=0.0,
        help="moves the whole day's rhythm; 'auto' moves it so that now is a working day's business hour",
    )  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="SWITCH=VALUE", help="may repeat")
    parser.add_argument(
        "--json", action="store_true", help="print the addresses and the token as one JSON line"
    )
    return parser


def make(options: argparse.Namespace) -> Simulator:
    """Make the account that the options describe. Raises ValueError."""
    now = datetime.now(UTC)
    hours = options.shift_hours
    shift = shift_into_business(now) if hours is None else timedelta(hours=hours)
    world = World(
        seed=options.seed, now=now, per_day=options.per_day, history=timedelta(days=options.days), shift=shift
    )
    account = Account(world, token=options.token)
    account.change(dict(it.partition("=")[::2] for it in options.set))
    return put_together(account, target=options.target, heartbeat_seconds=options.heartbeat_seconds)


def describe(simulator: Simulator, url: str, *, as_json: bool) -> str:
    account = simulator.account
    if as_json:
        return json.dumps({"url": url, "downloads": simulator.desk.address, "token": account.token})
    return (
        f"Simulated Freshchat account {account.domain}\n"
        f"  control page  {url}/\n"
        f"  REST API      {url}/v2\n"
        f"  API token     {account.token}\n"
        f"  history       {len(account.world.resolved)} resolved chats since {account.world.began:%Y-%m-%d}"
    )


def main() -> None:
    options = arguments().parse_args()
    try:
        simulator = make(options)
        servers = Servers(simulator, port=options.port, download_port=options.download_port)
    except (ValueError, OSError) as error:
        sys.exit(f"The simulator cannot start: {error}")
    print(describe(simulator, servers.url, as_json=options.json), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(servers.serve())


if __name__ == "__main__":
    main()
