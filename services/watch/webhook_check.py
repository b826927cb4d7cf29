"""Does Freshchat's own webhook arrive? What was accepted and what was refused, for the page that sets it up."""

from dataclasses import dataclass
from datetime import datetime

from services.system import System


@dataclass(frozen=True, slots=True)
class RefusedDeliveries:
    """Deliveries whose signature was not right. ``reason`` is one of services.ingest.webhook.Refusal."""

    reason: str
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


def webhook_check(system: System, integration_id: str) -> WebhookCheck:
    """Return what the webhook did up to this moment. Raises NotFound."""
    system.integration(integration_id)
    totals = system.activity.totals(integration_id)
    accepted = [entry for entry in totals if entry.kind == "webhook"]
    refused = [
        RefusedDeliveries(entry.kind, entry.occurrences, entry.last_at)
        for entry in totals
        if entry.kind.startswith("bad_signature")
    ]
    return WebhookCheck(
        max((entry.last_at for entry in accepted), default=None),
        sum(entry.occurrences for entry in accepted),
        tuple(sorted(refused, key=lambda entry: entry.last_at, reverse=True)),
    )
