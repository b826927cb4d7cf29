"""Where an instant lies on an axis that counts intervals."""

from datetime import datetime

import numpy as np

from services.contacts.view import ContactView


def place_of(view: ContactView, at: datetime) -> float:
    """Return the place of an instant, at the axis's end for what lies beyond it."""
    # Differences of local times would be an hour off when the clock changes.
    borders = [start.timestamp() for start in (*view.table.starts, view.end)]
    return float(np.interp(at.timestamp(), borders, np.arange(len(borders))))
