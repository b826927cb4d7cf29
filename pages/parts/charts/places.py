"""Where an instant lies on an axis that counts intervals."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from services.contacts.view import ContactView


def places_of(view: ContactView, instants: Sequence[datetime]) -> np.ndarray:
    """Return the places of instants, at the axis's end for what lies beyond it."""
    # Differences of local times would be an hour off when the clock changes.
    borders = [start.timestamp() for start in (*view.table.starts, view.end)]
    return np.interp([at.timestamp() for at in instants], borders, np.arange(len(borders)))
