"""Who is reading, and the system as they may ask it."""

from dataclasses import replace

import streamlit as st

from services.people.person import LOCAL, Asker, Role
from services.system import System, installed


def current() -> System:
    """Return the running system, bound to whoever reads the page."""
    person = replace(LOCAL, name=_told_by_proxy() or LOCAL.name)
    return installed().asked_by(Asker(lambda: person))


def may(role: Role) -> bool:
    """Return whether the reader may do what needs this role: what would be refused is not offered."""
    return current().person.may(role)


def _told_by_proxy() -> str | None:
    """Return the name that a reverse proxy with sign-in tells (see ``server.trustedUserHeaders``)."""
    user = st.user.to_dict()
    found = next((user[claim] for claim in ("username", "name", "email") if user.get(claim)), None)
    return None if found is None else str(found)[:100]
