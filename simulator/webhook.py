"""Freshchat's own webhook: signed deliveries to the one address that an admin entered."""

import asyncio
import base64
from collections import Counter
from typing import Any

import httpx
import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from simulator import shapes
from simulator.account import Account
from simulator.delivery import Outbox, Shares, summary
from simulator.entities import Happening, Interaction
from simulator.times import iso

TRIES, TRY_AGAIN_SECONDS = 4, 0.5
TIMEOUT_SECONDS = 5.0
MESSAGE_OF_2020 = (
    "message_parts", "app_id", "actor_id", "id", "channel_id", "conversation_id", "message_type", "actor_type",
    "created_time", "user_id", "message_source",
)  # fmt: skip
PAYLOAD_VERSIONS = {"2020": "1", "2022": "2"}

Json = dict[str, Any]


class Signer:
    """An RSA key of 2048 bits that signs bodies with PKCS#1 v1.5 and SHA-256."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, body: bytes) -> str:
        return base64.b64encode(self._key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()

    @property
    def public_key(self) -> str:
        """The public key as Freshchat shows it: in one line, and labelled as what it is not."""
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        lines = pem.decode().strip().splitlines()[1:-1]
        return " ".join(["-----BEGIN RSA PUBLIC KEY-----", *lines, "-----END RSA PUBLIC KEY-----"])


class WebhookSender:
    """Sends every happening to the address, if there is one."""

    def __init__(self, account: Account, signer: Signer | None = None) -> None:
        self.account, self.target = account, ""
        self.signer = signer or Signer()
        self.counts: Counter[str] = Counter({"delivered": 0, "lost": 0, "tries": 0})
        self.last_status = 0
        self.outbox = Outbox(self._deliver, self._shares)
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)

    def tell(self, happening: Happening) -> None:
        """Take a happening. The webhook tells of a new conversation by its first message alone."""
        silent = happening.kind == "opened" and happening.interaction.over_rest
        if self.target and not silent:
            self.outbox.add(happening)

    def _shares(self) -> Shares:
        switches = self.account.switches
        return switches.webhook_lose_share, switches.webhook_duplicate_share, switches.webhook_reorder_share

    async def run(self) -> None:
        """Send until cancelled."""
        await self.outbox.run()

    async def close(self) -> None:
        await self._client.aclose()

    async def _deliver(self, happening: Happening) -> None:
        generation = self.account.switches.webhook_payloads
        body = orjson.dumps(payload(happening, self.account.world.cast.app_id, generation))
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Freshchat-Signature": self.signer.sign(body),
            "X-Freshchat-Payload-Version": PAYLOAD_VERSIONS[generation],
        }
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(TRY_AGAIN_SECONDS * 2**attempt)
            self.counts["tries"] += 1
            self.last_status = await self._try(body, headers | {"X-Retry-Count": str(attempt)})
            if 200 <= self.last_status < 300:
                self.counts["delivered"] += 1
                return
        self.counts["lost"] += 1

    async def _try(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            return (await self._client.post(self.target, content=body, headers=headers)).status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0

    def state(self) -> Json:
        return {
            "target": self.target,
            "public_key": self.signer.public_key,
            "last_status": self.last_status,
            "counts": summary(dict(self.counts), self.outbox),
        }


def payload(happening: Happening, app_id: str, generation: str) -> Json:
    """Return the webhook's payload of a happening, in the shape of 2020 or of 2022."""
    it, modern = happening.interaction, generation == "2022"
    actor_type, actor_id = _actor(happening)
    action, key, data = _data(happening, app_id, modern, actor_type, actor_id)
    if modern:
        data = data | {"interaction_id": it.id}
    if modern and happening.kind == "resolved":
        data = data | {"user": shapes.listed_user(it.conversation.user)}
    return {
        "actor": {"actor_type": actor_type, "actor_id": actor_id},
        "action": action,
        "action_time": iso(happening.at),
        "data": {key: data},
    }


def _data(
    happening: Happening, app_id: str, modern: bool, actor: str, actor_id: str
) -> tuple[str, str, Json]:
    it = happening.interaction
    talk = _conversation(happening, app_id, modern)
    if happening.kind == "resolved":
        return (
            "conversation_resolution",
            "resolve",
            {"resolver": actor, "resolver_id": actor_id, "conversation": talk},
        )
    if happening.kind == "reopened":
        return (
            "conversation_reopen",
            "reopen",
            {"reopener": actor, "reopener_id": actor_id, "conversation": talk},
        )
    if happening.kind == "assigned":
        assignment = {
            "assignor": actor,
            "assignor_id": actor_id,
            "to_agent_id": it.agent.id if it.agent else "",
            "to_group_id": it.group.id if it.group else "",
            "from_agent_id": "",
            "from_group_id": "",
            "conversation": talk,
        }
        return "conversation_assignment", "assignment", assignment
    message = happening.message or shapes.interaction_messages(it, app_id)[0]
    return (
        "message_create",
        "message",
        message if modern else {name: message[name] for name in MESSAGE_OF_2020},
    )


def _conversation(happening: Happening, app_id: str, modern: bool) -> Json:
    """The conversation inside a webhook: no times in it; in 2020 a resolution named no group either."""
    it = happening.interaction
    found: Json = {
        "conversation_id": it.conversation.id,
        "app_id": app_id,
        "status": {"resolved": "resolved", "reopened": "reopened"}.get(happening.kind, "assigned"),
        "channel_id": it.conversation.channel.id,
    }
    if not modern and happening.kind != "assigned":
        return found
    if modern:
        found |= {"skill_id": 0, "sla_policy_id": 0, "sla_breached": False}
    if it.assignee is not None:
        found["assigned_agent_id"] = it.assignee.id
        if modern:
            found["assigned_org_agent_id"] = it.assignee.org_id
    if it.group is not None:
        found["assigned_group_id"] = it.group.id
    return found


def _actor(happening: Happening) -> tuple[str, str]:
    it: Interaction = happening.interaction
    if happening.kind == "assigned" or (happening.kind == "resolved" and it.resolver == "system"):
        return "system", ""
    if happening.kind == "resolved" and it.resolver == "agent" and it.agent is not None:
        return "agent", it.agent.id
    return "user", it.conversation.user.id
