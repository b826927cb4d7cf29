"""Who is signed in, and the way out. An open page goes to the sign-in by itself once its visitor is signed out."""

import streamlit as st

from pages.parts.reader import current, signs_in
from services.audit import ROLE_NAMES
from services.translation import Words

EVERY_SECONDS = 15
HTML = """
<form method="post" action="/sign-out">
<div><strong></strong><span></span></div>
<button></button>
</form>
"""
CSS = """
form { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; margin: 0;
       font-size: 0.875rem; color: var(--st-text-color); }
div { display: grid; min-width: 0; }
strong { overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
span { opacity: 0.8; }
button { font: inherit; cursor: pointer; color: var(--st-text-color); background: none; white-space: nowrap;
         border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.4rem);
         padding: 0.3rem 0.7rem; min-height: 2.25rem; }
button:focus-visible { outline: 2px solid var(--st-link-color); outline-offset: 2px; }
"""
# The door cuts the page off when its visitor is signed out; only the page itself can go somewhere else. What is told
# as active is a hand on the mouse or the keyboard, not the page's own refreshing: an idle session must end.
JS = """
let timer
let active = false
const note = () => { active = true }
const KINDS = ["pointerdown", "keydown", "wheel", "touchstart"]

export default function ({ parentElement, data, setTriggerValue }) {
    parentElement.querySelector("strong").textContent = data.name
    parentElement.querySelector("span").textContent = data.role_name
    const button = parentElement.querySelector("button")
    button.textContent = data.out
    button.hidden = !data.leaves
    const ask = async () => {
        let answer
        try {
            answer = await fetch(`/sign-in/still?active=${active ? "yes" : "no"}`, { method: "POST" })
        } catch {
            return
        }
        active = false
        const here = encodeURIComponent(location.pathname + location.search)
        if (answer.status === 401) location.assign(`/sign-in?next=${here}`)
        else if (answer.ok && (await answer.text()) !== data.role) setTriggerValue("role", Date.now())
    }
    clearInterval(timer)
    timer = setInterval(ask, data.every)
    for (const kind of KINDS) addEventListener(kind, note, { passive: true, capture: true })
    return () => {
        clearInterval(timer)
        for (const kind of KINDS) removeEventListener(kind, note, { capture: true })
    }
}
"""
_component = st.components.v2.component("stillwatch_signed_in", html=HTML, css=CSS, js=JS)


def signed_in(words: Words) -> None:
    """Draw who is signed in with the way out, or that nobody has to be."""
    if not signs_in():
        st.caption(words.text("No sign-in: whoever opens this page may do everything."), width="content")
        return
    person = current().person
    _component(
        key="signed_in",
        data={
            "name": person.name,
            "role": person.role,
            "role_name": words.text(ROLE_NAMES[person.role]),
            "out": words.text("Sign out"),
            # A proxy would let them in again at once.
            "leaves": not st.context.headers.get("X-Stillwatch-Visitor", "").startswith("proxy:"),
            "every": EVERY_SECONDS * 1000,
        },
        on_role_change=lambda: None,
    )
