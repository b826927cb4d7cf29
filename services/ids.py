"""Ids of our own: of integrations, incidents, jobs and whatever else a row is called by."""

import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 12
"""These are 71 bits: nobody meets one twice."""


def new_id(length: int = ID_LENGTH) -> str:
    """Return a random id of letters and digits."""
    return "".join(secrets.choice(BASE62) for _ in range(length))
