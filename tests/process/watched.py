"""An integration of a running Stillwatch together with the simulated account that it watches."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.daytime import where_it_is_day
from tests.patience import PATIENCE
from tests.simulator.support import Hands, eventually

EVERY = 0.25
UNDEFINED_QUEUE = "Undefined_Queue"


@dataclass
class Watched:
    """Both ends of a connection, over HTTP. ``admin`` carries the admin token."""

    url: str
    admin: httpx.Client
    account: Hands
    integration_id: str

    def call(self, method: str, path: str = "", **more: Any) -> Any:
        """Call the admin API below the integration's address."""
        answer = self.admin.request(method, f"/integrations/{self.integration_id}{path}", **more)
        assert answer.is_success, answer.text
        return answer.json()

    def check(self) -> str:
        return str(self.call("POST", "/check")["configuration"])

    def new_key(self) -> str:
        """Generate an injixo API key; the one before ends now."""
        return str(self.call("POST", "/keys", json={"overlap_seconds": 0})["key"])

    def paste(self, key: str) -> None:
        """Paste a key in the app, which beats every second from then on."""
        told = self.account.paste(key, self.url, heartbeat_seconds=1)
        assert told["answer"]["status"] == 200, told

    def freshness(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/freshness")
        return found

    def says(self, data_flow: str, cause: str) -> dict[str, Any]:
        """Wait until the verdict is so, and return the freshness."""

        def said() -> dict[str, Any] | None:
            found = self.freshness()
            return found if (found["data_flow"], found["cause"]) == (data_flow, cause) else None

        return eventually(said, EVERY)  # type: ignore[no-any-return]

    def incidents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/incidents")["incidents"]
        return found

    def incident(self, cause: str) -> dict[str, Any]:
        """Wait until the watcher has named the cause of an incident so, and return it."""
        return eventually(  # type: ignore[no-any-return]
            lambda: next((told for told in self.incidents() if told["cause"] == cause), None), EVERY
        )

    def jobs(self, reason: str) -> list[dict[str, Any]]:
        return [job for job in self.call("GET", "/backfill")["jobs"] if job["reason"] == reason]

    def incident_is_mended(self) -> dict[str, Any]:
        """Wait until the one incident is over and its contacts are fetched back, and return it."""

        def mended() -> dict[str, Any] | None:
            (incident,) = self.incidents()
            told = incident["missed"] == incident["recovered"] > 0
            done = all(job["state"] == "done" for job in self.jobs("incident"))
            return incident if incident["closed_at"] and told and done else None

        return eventually(mended, EVERY)  # type: ignore[no-any-return]

    def history_is_in(self) -> None:
        """Wait until the app has pushed every past resolution."""
        eventually(
            lambda: self.account.control.get("/control").json()["app"]["history"]["state"] == "sent", EVERY
        )

    def contacts(self) -> Counter[str]:
        """Return all contacts by source queue, as the API tells them."""
        began = datetime.fromisoformat(self.account.control.get("/control").json()["history_from"])
        days = {"from": began.date() - timedelta(days=1), "to": datetime.now().date() + timedelta(days=3)}  # noqa: DTZ005
        rows = self.call("GET", "/contacts", params={**days, "interval": "1d"})["rows"]
        found: Counter[str] = Counter()
        for row in rows:
            found[row["queue"]] += row["contacts"] or 0
        return +found

    def resolved(self) -> Counter[str]:
        """Return all chats that Freshchat resolved, by source queue."""
        return Counter(
            {told["group"] or UNDEFINED_QUEUE: told["resolved"] for told in self.account.truth()["groups"]}
        )


@contextmanager
def watched(url: str, admin_token: str, account: Hands, freshchat_api_key: str) -> Iterator[Watched]:
    """Add the account to the Stillwatch at an address."""
    headers = {"Authorization": f"Bearer {admin_token}"}
    with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=PATIENCE, trust_env=False) as admin:
        domain = account.control.get("/control").json()["account_domain"]
        wish = {"name": "Customer service", "domain": domain, "freshchat_api_key": freshchat_api_key}
        made = admin.post("/integrations", json=wish | {"time_zone": where_it_is_day()})
        assert made.status_code == 201, made.text
        yield Watched(url, admin, account, made.json()["id"])
