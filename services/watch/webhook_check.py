"""Does Freshchat's own webhook arrive? What was accepted and what was refused, for the page that sets it up."""

from dataclasses import dataclass
from datetime import datetime

from data.activity import WEBHOOK_REFUSED, ActivityKind
from services.activity import NOT_ATTRIBUTED
from services.system import System, needs

__all__ = ["ActivityKind", "RefusedDeliveries", "WebhookCheck", "webhook_check"]
NOT_TAKEN_OF_WEBHOOK: frozenset[ActivityKind] = WEBHOOK_REFUSED | {
    "store_unavailable",
    "webhook_not_understood",
    "webhook_unknown_event",
}


@dataclass(frozen=True, slots=True)
class RefusedDeliveries:
    """Deliveries that were turned away, could not be kept, or were not understood, by the reason."""

    reason: ActivityKind
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookCheck:
    """``refused`` holds one entry for each reason, latest first."""

    last_accepted_at: datetime | None
    accepted: int
    refused: tuple[RefusedDeliveries, ...]

    @property
    def refused_lately(self) -> bool:
        """Tell whether the last thing that happened was a refusal."""
        if not self.refused:
            return False
        return self.last_accepted_at is None or self.refused[0].last_at > self.last_accepted_at


@needs("admin")
def webhook_check(system: System, integration_id: str) -> WebhookCheck:
    """Return what the webhook did up to this moment. Raises NotFound."""
    system.integration(integration_id)
    totals = system.activity.totals(integration_id)
    accepted = [entry for entry in totals if entry.kind == "webhook"]
    refused = [
        RefusedDeliveries(entry.kind, entry.occurrences, entry.last_at)
        for entry in totals
        if entry.kind in NOT_TAKEN_OF_WEBHOOK and entry.key_id == NOT_ATTRIBUTED
    ]
    return WebhookCheck(
        max((entry.last_at for entry in accepted), default=None),
        sum(entry.occurrences for entry in accepted),
        tuple(sorted(refused, key=lambda entry: entry.last_at, reverse=True)),
    )
