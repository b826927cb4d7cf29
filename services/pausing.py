"""Pausing an integration: events are accepted and kept all the while, and nothing new is shown."""

from contextlib import suppress

from data.integrations import Integration
from services.asking import configuration
from services.backfill.jobs import BadSpan, TooManyJobs, request
from services.integrations.editing import update
from services.system import System, needs


@needs("admin", changes=True)
def pause(system: System, integration_id: str, *, paused: bool) -> Integration:
    """Stop or resume showing new contacts; events are accepted and kept all the while."""
    integration = system.integration(integration_id)
    if paused == (integration.paused_at is not None):
        return integration
    changed = update(system, integration_id, paused_at=system.clock() if paused else None)
    if integration.paused_at is not None and configuration.can_ask(integration):
        # Nothing pushed was lost, but what the app could not push in the meantime went unnoticed.
        with suppress(BadSpan, TooManyJobs):
            request(system, integration_id, integration.paused_at, system.clock(), "resume")
    return changed
