"""``python -m simulator``: start a simulated Freshchat account on the loopback interface."""

import argparse
import asyncio
import contextlib
import json
import sys
from datetime import UTC, datetime, timedelta

from simulator.account import Account
from simulator.rhythm import shift_into_business
from simulator.server import Servers, Simulator, put_together
from simulator.world import World


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
        "--port", type=int, default=0, help="of the account and its control page; 0 takes a free one"
    )
    parser.add_argument(
        "--download-port", type=int, default=0, help="of the reports' downloads; 0 takes a free one"
    )
    parser.add_argument("--token", help="the API token; made up when left out")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people and chats")
    parser.add_argument("--days", type=float, default=56, help="of history")
    parser.add_argument("--per-day", type=float, default=320, help="chats resolved on an average working day")
    parser.add_argument(
        "--target", default="", help="address that the app sends to, e.g. http://127.0.0.1:8501"
    )
    parser.add_argument("--heartbeat-seconds", type=float, default=60, help="between the app's heartbeats")
    parser.add_argument(
        "--shift-hours", default="0",
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
    auto = options.shift_hours == "auto"
    shift = shift_into_business(now) if auto else timedelta(hours=float(options.shift_hours))
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
