"""The regular turn of asking Freshchat: new credentials, groups, contacts without one, the probe, lost contacts."""

from collections.abc import Callable
from datetime import datetime

import structlog

from data.integrations import Integration
from services.asking.configuration import keep_checked
from services.asking.groups import keep_synchronised
from services.asking.missing_groups import keep_looking_up
from services.sealing.seals import keep_sealed
from services.system import System
from services.watch.fetching_back import keep_recovered
from services.watch.when_to_probe import keep_asking

log = structlog.get_logger()
Errand = Callable[[System, Integration, datetime], object]
ERRANDS: tuple[Errand, ...] = (
    keep_checked,
    keep_synchronised,
    keep_looking_up,
    keep_asking,
    keep_recovered,
    keep_sealed,
)


def ask_freshchat(system: System) -> None:
    """Run every errand for every integration; one that fails keeps no other from its turn."""
    for known in system.directory.active():
        for errand in ERRANDS:
            integration = system.directory.integrations[known.integration_id]  # an errand may have changed it
            try:
                errand(system, integration, system.clock())
            except Exception:
                log.exception("errand_failed", integration=known.integration_id, errand=errand.__name__)
