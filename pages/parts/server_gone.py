"""A page that stays open while the server is gone: it is greyed, says since when, and goes on by itself.

Only the browser can tell: whatever the server would draw does not come any more.
"""

import streamlit as st

from services.translation import LANGUAGES, N_, Words

TOLD = N_(
    "No connection to Stillwatch since {since}. What is shown is from then and may be out of date; the page goes on "
    "by itself once the connection is back."
)
STYLE = """
<style>
.st-key-server_gone { display: none }
html.server-gone [data-testid=stMain] { filter: grayscale(1); opacity: 0.65 }
html.server-gone [data-testid=stApp] { top: var(--server-gone-height) }
/* What Streamlit says of it: that it connects, and later a dialog in English that covers everything. */
html.server-gone [data-testid=stConnectionStatus], .connection-error { display: none !important }
#server-gone {
    position: fixed; inset: 0 0 auto 0; z-index: 2000000; box-sizing: border-box; padding: 0.7rem 1rem;
    font-weight: 600; line-height: 1.4; text-align: center; color: #fff; background: #8a1c26;
}
</style>
"""
# Gone is said after two failures in a row, or after one so long after the last answer (a laptop that wakes, a tab
# whose timers the browser held back): 8 + 5 + 3 + 5 seconds after the last answer at the worst. Streamlit says itself
# how its connection is (data-test-connection-state); where that is not found, the answer of the server is enough.
JS = r"""
const EVERY = 8000, AGAIN = 3000, PATIENCE = 5000, LONGEST = 20000
const IN_A_ROW = 2

let data, ask = () => {}, timer, asking = false
let failures = 0, answers = 0, answeredAt = Date.now()

const gone = () => document.documentElement.classList.contains("server-gone")

async function answered() {
    const patience = new AbortController()
    const over = setTimeout(() => patience.abort(), PATIENCE)
    try {
        const answer = await fetch("/_stcore/health", { cache: "no-store", signal: patience.signal })
        const app = document.querySelector("[data-testid=stApp]")
        return answer.ok && (app?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED"
    } catch {
        return false
    } finally {
        clearTimeout(over)
    }
}

function say() {
    const since = new Date(answeredAt)
    const today = since.toDateString() === new Date().toDateString()
    const form = today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "medium" }
    const banner = document.getElementById("server-gone") ?? document.createElement("div")
    banner.id = "server-gone"
    banner.role = "alert"
    const text = data.told.replace("{since}", since.toLocaleString(data.locale, form))
    if (banner.textContent !== text) banner.textContent = text
    if (!banner.isConnected) document.body.append(banner)
    document.documentElement.classList.add("server-gone")
    document.documentElement.style.setProperty("--server-gone-height", `${banner.offsetHeight}px`)
    // The dialog has no mark of its own; its title is Streamlit's, in whatever language ours has made of it.
    for (const title of document.querySelectorAll("[data-testid=stDialog] [role=heading], [role=dialog] h2"))
        if (data.titles.includes(title.textContent.trim()))
            title.closest("[data-testid=stDialog]")?.classList.add("connection-error")
}

function recover() {
    document.documentElement.classList.remove("server-gone")
    document.getElementById("server-gone")?.remove()
}

async function look() {
    if (asking) return
    asking = true
    clearTimeout(timer)
    const well = await answered()
    asking = false
    if (well) {
        failures = 0
        answers += 1
        answeredAt = Date.now()
        if (gone() && answers === 1) ask()
        if (gone() && answers >= IN_A_ROW) recover()
    } else {
        answers = 0
        failures += 1
        if (failures >= IN_A_ROW || Date.now() - answeredAt > LONGEST) say()
    }
    timer = setTimeout(look, well && !gone() ? EVERY : AGAIN)
}

const seen = () => document.visibilityState === "visible" && look()

// Streamlit calls this again with each new data, and what it returns only once, at the end.
export default function (component) {
    data = component.data
    // What is shown is drawn anew before it counts as live again.
    ask = () => component.setTriggerValue("back", Date.now())
    timer ??= setTimeout(look, EVERY)
    document.addEventListener("visibilitychange", seen)  // one and the same function is added once at most
    return () => {
        clearTimeout(timer)
        timer = undefined
        document.removeEventListener("visibilitychange", seen)
        recover()
    }
}
"""
_component = st.components.v2.component("stillwatch_server_gone", html="<span hidden></span>", js=JS)


def server_gone(words: Words) -> None:
    """Have the browser ask every few seconds whether the server is still there, and say it when it is not."""
    st.html(STYLE)
    titles = ["Connection error", *(Words(language).text("Connection error") for language in LANGUAGES)]
    _component(
        key="server_gone",
        height=1,
        data={
            "told": words.text(TOLD),
            "titles": titles,
            "locale": str(LANGUAGES[words.language].locale).replace("_", "-"),
        },
        on_back_change=lambda: None,
    )
