"""How many incidents go on, for whoever glances at a tab."""

from data.alerts import open_alerts
from services.system import System, needs


@needs("supervisor")
def incidents_going_on(system: System) -> int:
    """Return how many incidents are open of the integrations that whoever asks may see. Raises StoreUnavailable."""
    seen = {integration.integration_id for integration in system.directory.active()}
    return sum(one.kind == "incident" and one.integration_id in seen for one in open_alerts(system.database))
