"""A button that copies a text, on touch screens and without the permission to use the clipboard too."""

from collections.abc import Callable

import streamlit as st

from services.translation import Words

HTML = """
<button type="button"></button>
<span role="status"></span>
"""
CSS = """
button {
    font: inherit; cursor: pointer; padding: 0.4rem 0.9rem; min-height: 2.5rem;
    color: #fff; background: var(--st-primary-color); border: 0; border-radius: var(--st-button-radius, 0.4rem);
}
button:focus-visible { outline: 2px solid var(--st-link-color); outline-offset: 2px; }
span { margin-inline-start: 0.75rem; color: var(--st-text-color); }
"""
# Only a page of HTTPS or of this machine may use navigator.clipboard, and only when the reader allows it; what is
# selected can be copied anywhere. Leaving the tab asks until the text was copied.
JS = """
async function copied(text) {
    try {
        await navigator.clipboard.writeText(text)
        return true
    } catch {
        const field = document.createElement("textarea")
        field.value = text
        field.readOnly = true
        field.style = "position: fixed; top: 0; opacity: 0"
        // Beside what has the focus: an open dialog keeps it to itself.
        const place = document.querySelector("[role=dialog]") ?? document.body
        place.append(field)
        field.select()
        const done = document.execCommand("copy")
        field.remove()
        return done
    }
}

// Streamlit calls this again with each new data, and what it returns only once, at the end.
export default function ({ parentElement, data, setTriggerValue }) {
    const button = parentElement.querySelector("button")
    const said = parentElement.querySelector("span")
    button.textContent = data.label
    button.onclick = async () => {
        const done = await copied(data.text)
        said.textContent = done ? data.done : data.failed
        if (done) setTriggerValue("copied", true)
    }
    // One and the same function is added once at most. Each button has its own, or the end of the one before, which may
    // come after the beginning of this one, would take this one's away.
    const ask = (parentElement.asks ??= event => event.preventDefault())
    if (data.asks) addEventListener("beforeunload", ask)
    else removeEventListener("beforeunload", ask)
    return () => removeEventListener("beforeunload", ask)
}
"""
_component = st.components.v2.component("stillwatch_copy", html=HTML, css=CSS, js=JS)


def copy_button(key: str, text: str, words: Words, *, asks: bool, on_copied: Callable[[], None]) -> None:
    """Draw the button. ``asks``: leaving the tab asks first, since the text would be lost."""
    _component(
        key=key,
        data={
            "text": text,
            "asks": asks,
            "label": words.text("Copy"),
            "done": words.text("Copied."),
            "failed": words.text("The browser does not copy: select the text above and copy it."),
        },
        on_copied_change=on_copied,
    )
