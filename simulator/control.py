"""What a person or a test can do to the account: break it, mend it, and ask what really happened."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from simulator.account import Account, make_token
from simulator.answers import invalid, not_found
from simulator.app_push import SimulatedApp
from simulator.entities import Group, Interaction
from simulator.reports import ReportDesk
from simulator.times import iso
from simulator.webhook import WebhookSender

MOST_AT_ONCE = 2_000


class Control:
    """The account in somebody's hands, whatever the form of the request."""

    def __init__(self, account: Account, app: SimulatedApp, webhook: WebhookSender, desk: ReportDesk) -> None:
        self.account, self.app, self.webhook, self.desk = account, app, webhook, desk

    def change(self, changes: dict[str, Any]) -> None:
        try:
            self.account.change(changes)
        except ValueError as error:
            raise invalid(str(error)) from None

    def reset(self) -> None:
        """Put switches, groups and the webhook's address back; token, key and chats stay."""
        self.account.reset()
        self.webhook.target = ""

    def renew_token(self, action: str) -> str:
        """Regenerate the API token and return it, or revoke it and return nothing."""
        if action not in ("regenerate", "revoke"):
            raise invalid("action is regenerate or revoke")
        new = self.account.regenerate_token()
        if action == "revoke":
            self.account.token = make_token()  # that nobody ever sees
        return new if action == "regenerate" else ""

    async def install_key(
        self, key: Any, target: Any = None, heartbeat_seconds: Any = None
    ) -> dict[str, Any]:
        if not isinstance(key, str) or len(key) > 500 or not (target is None or isinstance(target, str)):
            raise invalid("key and target are texts")
        if isinstance(heartbeat_seconds, int | float) and heartbeat_seconds > 0:
            self.app.heartbeat_seconds = float(heartbeat_seconds)
        answer = await self.app.install_key(key, target=target)
        return {"at": answer.at, "status": answer.status, "body": answer.body}

    def change_group(self, name: str, new_name: Any) -> None:
        """Rename a group, or delete it when there is no new name."""
        group = self._group(name)
        if new_name is None:
            group.deleted = True
        elif isinstance(new_name, str) and 0 < len(new_name) <= 100:
            group.name = new_name
        else:
            raise invalid("name is a text of 1 to 100 characters")

    def _group(self, name: str) -> Group:
        found = self.account.world.group_named(name) or self.account.world.group(name)
        if found is None:
            raise not_found("group")
        return found

    def resolve(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Have new chats resolved: ``count``, ``group`` (a name, null for none), ``minutes_ago``, ``tell``."""
        count, minutes_ago = body.get("count", 1), body.get("minutes_ago", 0)
        if not isinstance(count, int) or not 1 <= count <= MOST_AT_ONCE:
            raise invalid(f"count lies between 1 and {MOST_AT_ONCE}")
        if not isinstance(minutes_ago, int | float) or not 0 <= minutes_ago <= 80_000:
            raise invalid("minutes_ago lies between 0 and 80000")
        groups = self.account.world.cast.groups
        name = body.get("group", groups[0].name)
        group = None if name is None else self._group(str(name))
        at = self.account.now() - timedelta(minutes=minutes_ago)
        done = []
        for number in reversed(range(count)):
            happened = self.account.world.resolve_at_once(at - timedelta(milliseconds=number), group)
            if body.get("tell", True):
                self.account.tell(happened)
            done.append(happened[-1].interaction)
        return [_chat(it) for it in done]

    def resolved(self, start: datetime, end: datetime, *, chats: bool) -> dict[str, Any]:
        """Tell the truth: what was resolved, by the group's name at the resolution."""
        found = self.account.world.resolved_between(start, end)
        groups = Counter(it.group_name for it in found)
        answer: dict[str, Any] = {
            "from": iso(start),
            "to": iso(end),
            "total": len(found),
            "groups": [{"group": name, "resolved": number} for name, number in groups.most_common()],
        }
        return answer | {"chats": [_chat(it) for it in found]} if chats else answer

    def state(self) -> dict[str, Any]:
        world, now = self.account.world, self.account.now()
        return {
            "simulated": True,
            "account_domain": self.account.domain,
            "token": self.account.token,
            "now": iso(now),
            "history_from": iso(world.began),
            "resolved": len(world.resolved),
            "resolved_in_the_last_hour": len(world.resolved_between(now - timedelta(hours=1), now)),
            "groups": [{"id": it.id, "name": it.name, "deleted": it.deleted} for it in world.cast.groups],
            "switches": asdict(self.account.switches),
            "app": self.app.state(),
            "webhook": self.webhook.state(),
            "reports": len(self.desk.jobs),
            "downloads": len(self.desk.downloads),
            "calls": {
                "total": self.account.calls_by_status.total(),
                "by_status": dict(self.account.calls_by_status),
            },
        }

    def calls(self) -> dict[str, Any]:
        """Return what was asked of the account and of its download host."""
        return {"calls": list(self.account.calls), "downloads": self.desk.downloads}

    def personal_data(self, most: int) -> dict[str, list[str]]:
        """Return what nobody else may store: so that a test can look for it."""
        users = list(islice(reversed(self.account.world.users.values()), most))
        return {
            "names": [f"{it.first_name} {it.last_name}" for it in users],
            "last_names": sorted({it.last_name for it in users}),
            "emails": [it.email for it in users],
            "phones": sorted({it.phone for it in users}),
        }


def _chat(it: Interaction) -> dict[str, Any]:
    assert it.resolved_at is not None
    return {
        "chat_id": it.conversation.id,
        "interaction_id": it.id,
        "group_id": it.group.id if it.group else None,
        "group": it.group_name,
        "opened_at": iso(it.opened_at),
        "resolved_at": iso(it.resolved_at),
    }
