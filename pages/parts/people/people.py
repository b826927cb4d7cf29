"""People: a card for each, with role, integrations and the ways to change them; and the form for a new one."""

from collections.abc import Callable, Collection

import streamlit as st

from pages.parts.copy_button import copy_button
from pages.parts.in_full import Drawer, drawer, in_full
from pages.parts.plain import plain
from pages.parts.reader import current
from services.audit import ROLE_NAMES
from services.people.known import called
from services.people.person import ROLES, Role
from services.signing_in.people import (
    LastAdmin,
    StoredPerson,
    add_person,
    change_person,
    invite,
    remove_person,
)
from services.signing_in.tokens import listed_tokens
from services.system import Invalid, NotFound, System
from services.translation import N_, Words

INVITATION = "invitation"
ASKED = "asked_for_new_person"
NEW_PERSON = "new_person"
PROBLEM = "problem_of_new_person"
WRONG = {
    "bad_person": N_("Give an e-mail address such as kim@example.com."),
    "person_known": N_("This person is on the list already."),
}
WHAT_ROLES_MAY: dict[Role, str] = {
    "supervisor": N_("reads contacts and how far they can be trusted"),
    "support": N_("also data flow, support bundles, backfills and false alarms"),
    "admin": N_("everything, of every integration"),
}


def person_card(person: StoredPerson, words: Words) -> None:
    """Draw somebody, with what an admin may do about them."""
    _ = words.text
    own = person.person_id == current().person.person_id
    with st.container(border=True, key=f"person_{person.person_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(person.name)}**", width="content")
            st.badge(_(ROLE_NAMES[person.role]), color="blue")
            st.caption(_state(person, words), width="content")
        if own:
            st.caption(_("This is you. Another admin can change or remove you."))
            return
        with st.container(horizontal=True):
            if "accounts" in current().settings.sign_ins and person.provider is None:
                st.button(
                    _("New invitation link"),
                    key=f"invite_{person.person_id}",
                    icon=":material/link:",
                    on_click=_invite,
                    args=(person.person_id,),
                )
            if st.button(_("Change"), key=f"change_{person.person_id}", icon=":material/edit:"):
                st.dialog(_("Change role"), icon=":material/edit:")(_change)(person, words)
            if st.button(_("Remove"), key=f"remove_{person.person_id}", icon=":material/person_remove:"):
                st.dialog(_("Remove person?"), icon=":material/person_remove:")(_confirm)(person, words)


def add_form(words: Words) -> None:
    """Draw the fields for a new person. No form of Streamlit's: it can lose what was chosen while a page loads."""
    _ = words.text
    with st.container(border=True, key="add_person"):
        st.markdown("**" + _("Add a person") + "**")
        st.text_input(_("E-mail address"), max_chars=254, key=NEW_PERSON)
        _role_fields("new", "supervisor", None, words)
        problem = st.session_state.pop(PROBLEM, None)
        if problem is not None:
            st.error(_(WRONG.get(problem, problem)), icon=":material/error:")
        st.button(_("Add"), type="primary", icon=":material/person_add:", key="add", on_click=_add)


def _add() -> None:
    """Add whoever the fields name, as they are now, and invite them where they choose a password."""

    def add(kept: Drawer) -> Invalid | None:
        system = current()
        name, role, only = asked = [st.session_state[field] for field in (NEW_PERSON, "role_new", "only_new")]
        try:
            added = add_person(system, name, role, only or None)
        except Invalid as problem:
            # A second click has broken off the first, which added them.
            return None if problem.code == "person_known" and kept.get(ASKED) == asked else problem
        kept[ASKED] = asked
        if "accounts" in system.settings.sign_ins:
            kept[INVITATION] = _invitation(system, added.person_id)
        return None

    def show(problem: Invalid | None) -> None:
        if problem is not None:
            st.session_state[PROBLEM] = problem.code
            return
        st.session_state.update({NEW_PERSON: "", "role_new": ROLES[0], "only_new": []})

    in_full(add, show)


def show_invitation(words: Words) -> None:
    """Show the link that was made just now, until the reader says that it is copied."""
    made: tuple[str, str] | None = drawer().get(INVITATION)
    if made is None:
        return
    _ = words.text
    name, link = made
    with st.container(border=True):
        st.markdown(
            _(
                "**Invitation for {name}.** Send them this link; it works once, for seven days.",
                name=plain(name),
            )
        )
        st.code(link, language=None, wrap_lines=True)
        copy_button("copy_invitation", link, words, asks=False, on_copied=lambda: None)
        st.button(_("I have copied it"), key="invitation_copied", icon=":material/check:", on_click=_forget)


def _state(person: StoredPerson, words: Words) -> str:
    _ = words.text
    names = {known.integration_id: known.name for known in current().directory.active()}
    parts = [_("comes by {provider} alone", provider=_label(person.provider))] if person.provider else []
    if person.integrations is not None:
        seen = [names[known] for known in person.integrations if known in names]
        parts.append(_("only {integrations}", integrations=", ".join(seen) or "–"))
    if person.signed_in_at is not None:
        parts.append(_("last signed in {moment}", moment=words.moment(person.signed_in_at)))
    elif person.invitation_hash is not None:
        parts.append(_("invited"))
    else:
        parts.append(_("never signed in"))
    return plain(" · ".join(parts))


def _label(provider: str) -> str:
    """Return what people call a provider; one that is set no more has its name only."""
    labels = {known.name: known.label for known in current().settings.providers}
    return labels.get(provider) or provider


def _role_fields(
    key: str, role: str, only: Collection[str] | None, words: Words
) -> tuple[Role, list[str] | None]:
    """Draw the role and the integrations, and return what they show."""
    _ = words.text
    chosen: Role = st.radio(
        _("Role"),
        ROLES,
        index=ROLES.index(role),
        format_func=lambda each: _(ROLE_NAMES[each]),
        captions=[_(WHAT_ROLES_MAY[each]) for each in ROLES],
        key=f"role_{key}",
    )
    names = {known.integration_id: known.name for known in current().directory.active()}
    seen = st.multiselect(
        _("Only these integrations"),
        list(names),
        default=[known for known in only or () if known in names],
        format_func=lambda known: names[known],
        placeholder=_("All integrations"),
        help=_("Empty: all of them. An admin always sees all."),
        key=f"only_{key}",
    )
    return chosen, seen or None


def _change(person: StoredPerson, words: Words) -> None:
    _ = words.text
    st.markdown(plain(person.name))
    role, only = _role_fields(person.person_id, person.role, person.integrations, words)
    with st.container(horizontal=True):
        saved = st.button(
            _("Save"),
            type="primary",
            key=f"save_{person.person_id}",
            on_click=_or_say_why,
            args=(lambda: change_person(current(), person.person_id, role, only), words),
        )
        if saved or st.button(_("Cancel"), key=f"keep_role_{person.person_id}"):
            st.rerun()


def _confirm(person: StoredPerson, words: Words) -> None:
    _ = words.text
    st.markdown(_("**{name}** is signed out everywhere and cannot come in again.", name=plain(person.name)))
    if person.told_by == "provider":
        st.markdown(
            _("Their role comes from your company's sign-in: take it away there too, or they come back.")
        )
    theirs = [token.name for token in listed_tokens(current()) if token.created_by == called(person)]
    if theirs:
        told = _(
            "They made these API tokens, which stay valid: {tokens}. Revoke those that they may still know.",
            tokens=plain(", ".join(theirs)),
        )
        st.warning(told, icon=":material/vpn_key:")
    with st.container(horizontal=True):
        removed = st.button(
            _("Yes, remove"),
            type="primary",
            key=f"really_remove_{person.person_id}",
            icon=":material/person_remove:",
            on_click=_or_say_why,
            args=(lambda: remove_person(current(), person.person_id), words),
        )
        if removed or st.button(_("Cancel"), key=f"keep_{person.person_id}"):
            st.rerun()


def _invite(person_id: str) -> None:
    def make(kept: Drawer) -> None:
        kept[INVITATION] = _invitation(current(), person_id)

    in_full(make, lambda _: None)


def _invitation(system: System, person_id: str) -> tuple[str, str]:
    """Make a new invitation; return whom it is for, and the link."""
    path = invite(system, person_id)
    return system.known.people[person_id].name, f"{system.settings.own_url}{path}"


def _forget() -> None:
    drawer().pop(INVITATION, None)


def _or_say_why(change: Callable[[], None], words: Words) -> None:
    try:
        change()
    except LastAdmin:
        st.toast(words.text("Somebody has to remain an admin."), icon=":material/error:")
    except NotFound:
        pass  # somebody else was faster
