"""Where Freshchat's own webhook delivers, for accounts that cannot install the app."""

from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter, Header, Request, Response

from data.activity import ActivityKind
from data.database import StoreUnavailable
from data.integrations import Integration
from services import ingest
from services.activity import NOT_ATTRIBUTED
from services.api.access import RateLimit, TheSystem
from services.api.app_routes import EventsAnswer
from services.api.body import read_body, require_uncompressed
from services.api.problems import Problem, problems
from services.ingest.events import BadEvent, UnknownEvent
from services.ingest.webhook import Evidence, read_delivery, read_public_keys, refusal_of
from services.system import NotFound, System

router = APIRouter(prefix="/v1/freshchat", tags=["webhook"])
log = structlog.get_logger()

_attributing = RateLimit(60)
"""Checking a signature by the keys of all integrations takes time."""

_log_limit = RateLimit(1)
"""One line a minute about each integration's refusals: a flood must not fill the log."""

EXPLANATIONS = {
    "bad_signature": "not signed with the key whose public half was pasted: copy the public key from Freshchat again",
    "bad_signature_altered": "signed with the right key, but other bytes than these: something on the way changed them",
    "bad_signature_non_ascii": "signed with the right key, but not these bytes, which hold letters outside ASCII",
    "no_signature": "without X-Freshchat-Signature: Freshchat signs whatever it sends",
}
DELIVERY_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


@router.post(
    "/webhooks/{integration_id}",
    response_model=EventsAnswer,
    response_model_exclude_none=True,
    responses=problems(400, 401, 404, 408, 409, 413, 415, 422, 503),
    openapi_extra=DELIVERY_BODY,
)
async def receive(
    request: Request,
    integration_id: str,
    system: TheSystem,
    signature: Annotated[str | None, Header(alias="X-Freshchat-Signature")] = None,
) -> Response:
    """Take a delivery; what it tells is on disk before the answer, and what it lacks is looked up afterwards.

    A delivery that is Freshchat's and not compressed is always answered with 200, also one that is not understood:
    sending it again would not help, and how often Freshchat does so before it gives the webhook up is not
    documented.
    """
    integration = await _addressee(request, system, integration_id, signature)
    body = await _checked_body(request, system, integration, signature)
    now = system.clock()

    def note(kind: ActivityKind) -> None:
        system.activity.note(integration_id, NOT_ATTRIBUTED, kind, now)

    try:
        found = read_delivery(body, received_at=now)
    except UnknownEvent:
        note("webhook_unknown_event")
        return _answer(ingest.Receipt(), ignored=1)
    except BadEvent as error:
        note("webhook_not_understood")
        rejected = [{"index": 0, "code": "bad_event", "detail": str(error)}]
        return _answer(ingest.Receipt(), ignored=0, rejected=rejected)
    receipt = ingest.Receipt()
    if found is not None:
        delivery = ingest.Delivery(
            integration_id, [found], once_per_chat=integration.counting == "once_per_chat"
        )
        try:
            receipt = await system.writer.keep(ingest.record, delivery)
        except StoreUnavailable:
            note("store_unavailable")
            raise
    note("webhook")
    return _answer(receipt, ignored=int(found is None or found[1].kind != "resolved"))


async def _addressee(
    request: Request, system: System, integration_id: str, signature: str | None
) -> Integration:
    """Return the integration of an address. Raises Problem 404.

    What is signed with a key that an integration has was meant for it: the address in Freshchat's settings is
    wrong. Everything else is counted for the operator.
    """
    try:
        return system.integration(integration_id)
    except NotFound:
        now = system.clock()
        meant = None
        if signature is not None and not _attributing.seconds_to_wait(""):
            body = await read_body(request)
            meant = next(
                (known for known in system.directory.active() if _signed_for(known, signature, body)), None
            )
        if meant is not None:
            system.activity.note(meant.integration_id, NOT_ATTRIBUTED, "wrong_address", now)
        else:
            deleted = integration_id in system.directory.integrations
            kind: ActivityKind = "integration_deleted" if deleted else "unknown_integration"
            system.activity.note(NOT_ATTRIBUTED, NOT_ATTRIBUTED, kind, now)
        raise


def _signed_for(integration: Integration, signature: str, body: bytes) -> bool:
    text = integration.webhook_public_key
    return text is not None and refusal_of(read_public_keys(text), signature, body) is None


async def _checked_body(
    request: Request, system: System, integration: Integration, signature: str | None
) -> bytes:
    """Return the body of a delivery that Freshchat signed. Raises Problem 409, 413, 408, 400, 401 or 415."""
    if integration.webhook_public_key is None:
        if signature is not None:
            system.activity.note(integration.integration_id, NOT_ATTRIBUTED, "no_public_key", system.clock())
        raise Problem(409, "no_public_key", "paste the public key from Freshchat's webhook settings first")
    keys = read_public_keys(integration.webhook_public_key)
    body = b"" if signature is None else await read_body(request)
    evidence = refusal_of(keys, signature, body)
    if evidence is not None:
        _note_refusal(system, integration, evidence)
        raise Problem(401, "bad_signature", EXPLANATIONS[evidence.reason])
    try:
        require_uncompressed(request)
    except Problem:
        system.activity.note(
            integration.integration_id, NOT_ATTRIBUTED, "webhook_not_understood", system.clock()
        )
        raise
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
