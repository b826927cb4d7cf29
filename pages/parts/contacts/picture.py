"""The chart as a picture: the browser has drawn it, so the browser saves it, with its title, legend and rule."""

import streamlit as st

from pages.parts.language import words_for

HTML = """
<button type="button" data-kind="png"></button>
<button type="button" data-kind="svg"></button>
"""
CSS = """
:host, div { display: inline-flex; gap: 1rem }
button {
    font: inherit; font-size: 0.875rem; cursor: pointer; padding: 0.25rem 0.75rem; min-height: 2.5rem;
    color: var(--st-text-color); background: var(--st-background-color);
    border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.4rem);
}
button:hover { border-color: var(--st-primary-color); color: var(--st-link-color) }
button:focus-visible { outline: 2px solid var(--st-link-color); outline-offset: 2px }
"""
JS = r"""
const SVG = "http://www.w3.org/2000/svg"
const LINE = 20, EDGE = 16, SHARPNESS = 2

function text(content, x, y, fill, size) {
    const element = document.createElementNS(SVG, "text")
    element.textContent = content
    for (const [name, value] of Object.entries({ x, y, fill, "font-size": size, "font-family": "sans-serif" }))
        element.setAttribute(name, value)
    return element
}

// The legend is ours and stands beside the drawing: its marks and names go below it, as many in a line as fit.
function legend(width, y, ink) {
    const group = document.createElementNS(SVG, "g")
    let x = EDGE
    for (const entry of document.querySelectorAll(".st-key-contacts_legend [data-series]")) {
        const name = entry.textContent.trim(), room = 30 + name.length * 8
        if (x > EDGE && x + room > width) { x = EDGE; y += LINE }
        const mark = document.createElementNS(SVG, "rect")
        const box = { x, y: y - 10, width: 11, height: 11, fill: entry.dataset.series }
        for (const [key, value] of Object.entries(box)) mark.setAttribute(key, value)
        group.append(mark, text(name.replace(/^■\s*/, ""), x + 17, y, ink, 13))
        x += room
    }
    return [group, y]
}

function picture(data) {
    const drawn = document.querySelector(".st-key-contacts_drawing svg.marks")
    if (!drawn) return null
    const { width, height } = drawn.getBoundingClientRect()
    const whole = document.createElementNS(SVG, "svg")
    const chart = drawn.cloneNode(true)
    chart.setAttribute("x", EDGE)
    chart.setAttribute("y", 2 * LINE)
    chart.removeAttribute("style")
    chart.setAttribute("width", width)
    chart.setAttribute("height", height)
    const [names, below] = legend(width, 2 * LINE + height + LINE, data.ink)
    const size = [width + 2 * EDGE, below + 2 * LINE]
    whole.setAttribute("xmlns", SVG)
    whole.setAttribute("width", size[0])
    whole.setAttribute("height", size[1])
    const ground = document.createElementNS(SVG, "rect")
    ground.setAttribute("width", "100%")
    ground.setAttribute("height", "100%")
    ground.setAttribute("fill", data.ground)
    const note = text(data.note, EDGE, below + LINE + 4, data.ink, 12)
    whole.append(ground, text(data.title, EDGE, 26, data.ink, 16), chart, names, note)
    return [new XMLSerializer().serializeToString(whole), ...size]
}

function save(blob, name) {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
}

async function sharp(svg, width, height) {
    const image = new Image()
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg)
    await image.decode()
    const canvas = document.createElement("canvas")
    canvas.width = width * SHARPNESS
    canvas.height = height * SHARPNESS
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
    return new Promise(done => canvas.toBlob(done, "image/png"))
}

export default function ({ parentElement, data }) {
    for (const button of parentElement.querySelectorAll("button")) {
        const kind = button.dataset.kind
        button.textContent = data.labels[kind]
        button.onclick = async () => {
            const made = picture(data)
            if (!made) return
            const [svg, width, height] = made
            const blob = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await sharp(svg, width, height)
            save(blob, `${data.name}.${kind}`)
        }
    }
}
"""
_component = st.components.v2.component("stillwatch_picture", html=HTML, css=CSS, js=JS)


def picture_buttons(name: str, *, title: str, note: str, ground: str, ink: str) -> None:
    """Draw the buttons that save the chart as PNG and SVG. ``name``: of the file, without its ending."""
    words = words_for()
    _component(
        key="picture",
        width="content",
        data={
            "name": name,
            "title": title,
            "note": note,
            "ground": ground,
            "ink": ink,
            "labels": {"png": words.text("Chart as PNG"), "svg": words.text("Chart as SVG")},
        },
    )
