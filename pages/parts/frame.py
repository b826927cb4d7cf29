"""What surrounds our pages and is Streamlit's: its words in the reader's language, and how it behaves on a phone."""

import streamlit as st

from pages.parts.language import CHOSEN
from services.translation import LANGUAGE_COOKIE, LANGUAGES, N_, Words

WORDS = (
    N_("Skip to main content"),
    N_("Sidebar"),
    N_("App pages"),
    N_("Navigate to home page"),
    N_("Expand sidebar"),
    N_("Collapse sidebar"),
    N_("Open sidebar"),
    N_("Close sidebar"),
    N_("Running..."),
    N_("Stop script"),
    N_("Main menu"),
    N_("Help"),
    N_("Open"),
    N_("Close"),
    N_("Show password"),
    N_("Hide password"),
    N_("Choose date"),
    N_("Choose date range"),
    N_("Clear date"),
    N_("Clear time"),
    N_("Clear value"),
    N_("Clear all"),
    N_("Previous month"),
    N_("Next month"),
    N_("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    N_("No results"),
    N_("Choose an option"),
    N_("Choose options"),
    N_("Select all"),
    N_("Selected values"),
    N_("Press Enter to apply"),
    N_("Press Enter to submit form"),
    N_("Scroll tabs left"),
    N_("Scroll tabs right"),
    N_("Notifications"),
    N_("Connection error"),
    N_("Fullscreen"),
    N_("Close fullscreen"),
    N_("Copy to clipboard"),
)
"""What Streamlit 1.67 says in English and no setting of it changes."""

PATTERNS = {
    r"Help for (.+)": N_("Help for {name}"),
    r"Remove (.+)": N_("Remove {name}"),
    r"Year, (.+)": N_("Year, {name}"),
    r"Month, (.+)": N_("Month, {name}"),
    r"Day, (.+)": N_("Day, {name}"),
}
HIDDEN = """
<style>
[data-testid=stElementToolbar], .st-key-frame { display: none }
</style>
"""
# No setting of Streamlit's does any of this. Everything is found by what Streamlit's own tests hold on to
# (data-testid), and nothing breaks when it is not found.
JS = r"""
const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"]

function speak(data) {
    const known = new Map(data.words.flatMap(forms => forms.map(form => [form, forms.at(-1)])))
    const patterns = data.patterns.map(([pattern, said]) => [new RegExp(`^(?:${pattern})$`), said])
    const translated = text => {
        const trimmed = text.trim()
        if (!trimmed || trimmed.length > 200) return text
        if (known.has(trimmed)) return text.replace(trimmed, known.get(trimmed))
        for (const [pattern, said] of patterns) {
            const found = trimmed.match(pattern)
            if (found) return said.replace("{name}", found.slice(1).find(Boolean) ?? "")
        }
        return text
    }
    // What we say ourselves, and what others named, is in the main part and stays as it is.
    const named = "[data-testid=stMarkdown], [data-testid=stHeading], [role=option], [role=gridcell], code, textarea"
    const ours = node => node.parentElement?.closest(named)
    const sayText = node => {
        const text = ours(node) ? node.data : translated(node.data)
        if (text !== node.data) node.data = text
    }
    const sayAttributes = element => {
        for (const name of ATTRIBUTES) {
            const before = element.getAttribute(name)
            const after = before && translated(before)
            if (after !== before) element.setAttribute(name, after)
        }
    }
    const say = root => {
        if (root.nodeType === Node.TEXT_NODE) return sayText(root)
        if (root.nodeType !== Node.ELEMENT_NODE || root.closest("svg, style, script")) return
        sayAttributes(root)
        for (const element of root.querySelectorAll(ATTRIBUTES.map(name => `[${name}]`).join())) sayAttributes(element)
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
        while (texts.nextNode()) sayText(texts.currentNode)
    }
    const observer = new MutationObserver(changes => {
        for (const change of changes) {
            if (change.type === "attributes") sayAttributes(change.target)
            else if (change.type === "characterData") sayText(change.target)
            else change.addedNodes.forEach(say)
        }
    })
    say(document.body)
    const what = { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES }
    observer.observe(document.body, what)
    return () => observer.disconnect()
}

function closeDrawer(event) {
    if (!event.target.closest("[data-testid=stSidebarNavLink]") || innerWidth > 768) return
    setTimeout(() => document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click(), 100)
}

let undo = () => {}
let followed

// Streamlit calls this again with each new data, and what it returns only once, at the end.
export default function ({ data, setTriggerValue }) {
    undo()
    document.documentElement.lang = data.language
    // Streamlit names the months of its date picker by this.
    Object.defineProperty(navigator, "language", { get: () => data.locale, configurable: true })
    // And writes the numbers of its tables by this.
    Object.defineProperty(navigator, "languages", { get: () => [data.locale], configurable: true })
    if (data.remembered) {
        document.cookie = `${data.cookie}=${data.language}; path=/; max-age=31536000; samesite=lax`
    }
    const silence = speak(data)
    document.addEventListener("click", closeDrawer, true)
    const scheme = matchMedia("(prefers-color-scheme: dark)")
    // After Streamlit has changed its own colours: charts and marks are drawn by the server in the reader's scheme.
    const redraw = () => setTimeout(() => setTriggerValue("scheme", scheme.matches ? "dark" : "light"), 300)
    scheme.addEventListener("change", redraw)
    // It may have changed between the drawing and now; once, since a reader may prefer another than the system's.
    followed ??= scheme.matches === (data.scheme === "dark") || redraw()
    undo = () => {
        silence()
        document.removeEventListener("click", closeDrawer, true)
        scheme.removeEventListener("change", redraw)
    }
    return () => undo()
}
"""
_component = st.components.v2.component("stillwatch_frame", html="<span hidden></span>", js=JS)


def frame(words: Words) -> None:
    """Have the browser say Streamlit's words in the reader's language, close the drawer, and follow the scheme."""
    every = [Words(language) for language in LANGUAGES if language != words.language] + [words]
    st.html(HIDDEN)
    _component(
        key="frame",
        height=1,
        data={
            "language": words.language,
            "locale": str(LANGUAGES[words.language].locale).replace("_", "-"),
            "cookie": LANGUAGE_COOKIE,
            "scheme": st.context.theme.type or "light",
            "remembered": bool(st.session_state.get(CHOSEN)),
            # In every language: what was said before the language was changed is found again. The last one is said.
            "words": [[each.text(word) for each in every] for word in WORDS],
            "patterns": [[_pattern(english, every), words.text(said)] for english, said in PATTERNS.items()],
        },
        on_scheme_change=lambda: None,
    )


def _pattern(english: str, every: list[Words]) -> str:
    """Return what matches Streamlit's own words, and ours in each language."""
    said = [each.text(PATTERNS[english]) for each in every]
    return "|".join([english, *(text.replace(".", r"\.").replace("{name}", "(.+)") for text in said)])
