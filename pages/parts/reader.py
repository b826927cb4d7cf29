"""Who is reading, and the system as they may ask it."""

from dataclasses import replace

import streamlit as st

from services.people.person import LOCAL, Asker, Role
from services.signing_in.sessions import visitor
from services.system import System, installed

VISITOR, ADDRESS = "X-Stillwatch-Visitor", "X-Stillwatch-Address"
"""What the door before the pages tells of the visitor (``services/serving/sign_in/door.py``)."""


def current() -> System:
    """Return the running system, bound to whoever reads the page. What they may is looked up with each call."""
    system = installed()
    if not signs_in():
        person = replace(LOCAL, name=_told_by_proxy() or LOCAL.name)
        return system.asked_by(Asker(lambda: person))
    named = st.context.headers.get(VISITOR) or ""
    return system.asked_by(Asker(lambda: visitor(system, named), st.context.headers.get(ADDRESS) or ""))


def signs_in() -> bool:
    """Return whether there is a door before the pages."""
    return bool(installed().settings.sign_ins)


def leave_anothers_session() -> None:
    """Forget what somebody else did in this window: Streamlit may take up their session after a short break."""
    named = st.context.headers.get(VISITOR) or ""
    if st.session_state.setdefault("visitor", named) != named:
        st.session_state.clear()
        st.session_state["visitor"] = named


def may(role: Role) -> bool:
    """Return whether the reader may do what needs this role: what would be refused is not offered."""
    return current().person.may(role)


def _told_by_proxy() -> str | None:
    """Return the name that a reverse proxy with sign-in tells (see ``server.trustedUserHeaders``)."""
    if not st.get_option("server.trustedUserHeaders"):
        return None  # and Streamlit does not look for its secrets on the disk
    user = st.user.to_dict()
    found = next((user[claim] for claim in ("username", "name", "email") if user.get(claim)), None)
    return None if found is None else str(found)[:100]
