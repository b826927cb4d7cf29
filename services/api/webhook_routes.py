"""Where Freshchat's own webhook delivers, for accounts that cannot install the app."""

from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter, Header, Request, Response

from data.integrations import Integration
from services import ingest
from services.activity import NOT_ATTRIBUTED
from services.api.access import RateLimit, TheSystem
from services.api.app_routes import EventsAnswer
from services.api.body import read_body
from services.api.problems import Problem, problems
from services.ingest.events import BadEvent
from services.ingest.webhook import Evidence, read_delivery, read_public_key, refusal_of
from services.system import System

router = APIRouter(prefix="/v1/freshchat", tags=["webhook"])
log = structlog.get_logger()

_log_limit = RateLimit(1)
"""One line a minute about each integration's refusals: a flood must not fill the log."""

EXPLANATIONS = {
    "bad_signature": "not signed with the key whose public half was pasted: copy the public key from Freshchat again",
    "bad_signature_altered": "signed with the right key, but other bytes than these: something on the way changed them",
    "bad_signature_non_ascii": "signed with the right key, but not these bytes, which hold letters outside ASCII",
}
DELIVERY_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


@router.post(
    "/webhooks/{integration_id}",
    response_model=EventsAnswer,
    response_model_exclude_none=True,
    responses=problems(400, 401, 404, 408, 409, 413, 422, 503),
    openapi_extra=DELIVERY_BODY,
)
async def receive(
    request: Request,
    integration_id: str,
    system: TheSystem,
    signature: Annotated[str | None, Header(alias="X-Freshchat-Signature")] = None,
) -> Response:
    """Take a delivery; what it tells is on disk before the answer, and what it lacks is looked up afterwards.

    A delivery that is Freshchat's is always answered with 200, also one that is not understood: sending it
    again would not help, and how often Freshchat does so before it gives the webhook up is not documented.
    """
    integration = system.integration(integration_id)
    body = await _checked_body(request, system, integration, signature)
    now = system.clock()
    system.activity.note(integration_id, NOT_ATTRIBUTED, "webhook", now)
    try:
        found = read_delivery(body, received_at=now)
    except BadEvent as error:
        system.activity.note(integration_id, NOT_ATTRIBUTED, "webhook_not_understood", now)
        rejected = [{"index": 0, "code": "bad_event", "detail": str(error)}]
        return _answer(ingest.Receipt(), ignored=0, rejected=rejected)
    if found is None:
        return _answer(ingest.Receipt(), ignored=1)
    delivery = ingest.Delivery(integration_id, [found], once_per_chat=integration.counting == "once_per_chat")
    receipt = await system.writer.keep(ingest.record, delivery)
    return _answer(receipt, ignored=int(found[1].kind != "resolved"))


async def _checked_body(
    request: Request, system: System, integration: Integration, signature: str | None
) -> bytes:
    """Return the body of a delivery that Freshchat signed. Raises Problem 409, 413, 408, 400 or 401."""
    if integration.webhook_public_key is None:
        raise Problem(409, "no_public_key", "paste the public key from Freshchat's webhook settings first")
    key = read_public_key(integration.webhook_public_key)
    body = b"" if signature is None else await read_body(request)
    evidence = refusal_of(key, signature, body)
    if evidence is not None:
        _note_refusal(system, integration, evidence)
        raise Problem(401, "bad_signature", EXPLANATIONS[evidence.reason])
    return body


def _note_refusal(system: System, integration: Integration, evidence: Evidence) -> None:
    """Count the refusal, and log its facts now and then: enough to tell its cause, nothing of the body."""
    system.activity.note(integration.integration_id, NOT_ATTRIBUTED, evidence.reason, system.clock())
    if not _log_limit.seconds_to_wait(integration.integration_id):
        log.warning(
            "webhook_refused",
            integration=integration.integration_id,
            reason=evidence.reason,
            key_bits=evidence.key_bits,
            signature_bytes=evidence.signature_bytes,
            body_bytes=evidence.body_bytes,
            all_ascii=evidence.all_ascii,
        )


def _answer(
    receipt: ingest.Receipt, *, ignored: int, rejected: list[dict[str, Any]] | None = None
) -> Response:
    answer: dict[str, Any] = {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "ignored": ignored,
    }
    if rejected:
        answer["rejected"] = rejected
    return Response(orjson.dumps(answer), media_type="application/json")
