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
const LINE = 20, SMALL = 17, EDGE = 16, SMALLEST = 9, SHARPNESS = 2, MOST_PIXELS = 16e6
const DRAWING = ".st-key-contacts_drawing", LEGEND = ".st-key-contacts_legend"
const measure = document.createElement("canvas").getContext("2d")

function shape(kind, attributes) {
    const element = document.createElementNS(SVG, kind)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
}

function text(content, x, y, fill, size, weight = 400) {
    const look = { x, y, fill, "font-size": size, "font-weight": weight, "font-family": "sans-serif" }
    const element = shape("text", look)
    element.textContent = content
    return element
}

function fits(content, width, size, weight) {
    measure.font = `${weight} ${size}px sans-serif`
    return measure.measureText(content).width <= width
}

function cut(content, width, size, weight) {
    if (fits(content, width, size, weight)) return content
    const letters = [...content]
    while (letters.length && !fits(letters.join("") + "…", width, size, weight)) letters.pop()
    return letters.join("") + "…"
}

// The words in as many lines as it takes.
function wrapped(content, width, size, weight) {
    const lines = [""]
    for (const word of content.split(/\s+/)) {
        const longer = `${lines.at(-1)} ${word}`.trim()
        if (!lines.at(-1) || fits(longer, width, size, weight)) lines[lines.length - 1] = longer
        else lines.push(word)
    }
    return lines.map(line => cut(line, width, size, weight))
}

// What stands over a chart is written where it stands, in one line as wide as the chart: a picture's letters are its
// reader's own, and often wider than the page's.
function writing(part, field, top, charts) {
    const box = part.getBoundingClientRect(), look = getComputedStyle(part), weight = look.fontWeight
    const below = charts.find(chart => chart.top >= box.top && Math.abs(chart.left - box.left) < chart.width / 2)
    const width = below ? below.width : box.width, content = part.innerText.trim()
    let size = parseFloat(look.fontSize)
    while (size > SMALLEST && !fits(content, width, size, weight)) size -= 0.5
    const y = top + box.y - field.y + parseFloat(look.fontSize)
    return text(cut(content, width, size, weight), EDGE + box.x - field.x, y, look.color, size, weight)
}

function ramp(legend, y, width) {
    const colours = legend.dataset.ramp.split(", ")
    const fade = shape("linearGradient", { id: "ramp" })
    colours.forEach((colour, place) =>
        fade.append(shape("stop", { offset: place / (colours.length - 1), "stop-color": colour })))
    return [fade, shape("rect", { x: EDGE, y: y - 10, width, height: 11, fill: "url(#ramp)" })]
}

// The legend is ours and stands beside the drawing: its marks and names go below it, as many in a line as fit, then
// what it says.
function legend(width, y, data) {
    const group = document.createElementNS(SVG, "g")
    let x = EDGE
    for (const entry of document.querySelectorAll(`${LEGEND} :is([data-series], [data-ramp])`)) {
        const name = entry.textContent.trim().replace(/^■\s*/, "").replace(/\s{2,}/, " – ")
        const wide = entry.dataset.ramp ? 112 : 11
        const room = wide + 19 + name.length * 8
        if (x > EDGE && x + room > width) { x = EDGE; y += LINE }
        if (entry.dataset.ramp) group.append(...ramp(entry, y, wide))
        else group.append(shape("rect", { x, y: y - 10, width: wide, height: 11, fill: entry.dataset.series }))
        group.append(text(name, x + wide + 6, y, data.ink, 13))
        x += room
    }
    if (x > EDGE) y += LINE
    const told = document.querySelectorAll(`${LEGEND} [data-testid=stCaptionContainer]`)
    const lines = [...[...told].map(each => each.innerText), data.note]
    for (const line of lines.flatMap(each => wrapped(each, width, 12, 400))) {
        group.append(text(line, EDGE, y, data.ink, 12))
        y += SMALL
    }
    return [group, y]
}

function picture(data) {
    const drawing = document.querySelector(DRAWING)
    if (!drawing) return null
    const charts = [...drawing.querySelectorAll("svg.marks")]
    if (!charts.length || charts.length < drawing.querySelectorAll("[data-testid=stVegaLiteChart]").length) return null
    const field = drawing.getBoundingClientRect(), top = 2 * LINE
    let lowest = 0
    const boxes = charts.map(drawn => drawn.getBoundingClientRect())
    const parts = charts.map((drawn, at) => {
        const box = boxes[at], chart = drawn.cloneNode(true), { width, height } = box
        // Not cut off at its edge: the picture's letters may be wider than the page's.
        const place = { x: EDGE + box.x - field.x, y: top + box.y - field.y, width, height, overflow: "visible" }
        chart.removeAttribute("style")
        for (const [name, value] of Object.entries(place)) chart.setAttribute(name, value)
        lowest = Math.max(lowest, place.y + height)
        return chart
    })
    const written = [...drawing.querySelectorAll(":is(button, [data-testid=stCaptionContainer]) p")]
    const [names, below] = legend(field.width, lowest + LINE, data)
    const size = { width: field.width + 2 * EDGE, height: below + EDGE }
    const whole = shape("svg", { xmlns: SVG, ...size })
    whole.append(
        shape("rect", { width: "100%", height: "100%", fill: data.ground }),
        text(data.title, EDGE, 26, data.ink, 16), ...parts,
        ...written.map(part => writing(part, field, top, boxes)), names)
    return [new XMLSerializer().serializeToString(whole), size]
}

function save(blob, name) {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
}

// Twice as sharp as the screen, unless that were more pixels than some browsers draw.
async function sharp(svg, { width, height }) {
    const image = new Image()
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg)
    await image.decode()
    const sharpness = Math.min(SHARPNESS, Math.sqrt(MOST_PIXELS / (width * height)))
    const canvas = document.createElement("canvas")
    canvas.width = width * sharpness
    canvas.height = height * sharpness
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
            const [svg, size] = made
            const blob = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await sharp(svg, size)
            save(blob, `${data.name}.${kind}`)
        }
    }
}
"""
_component = st.components.v2.component("stillwatch_picture", html=HTML, css=CSS, js=JS)


def picture_buttons(name: str, *, title: str, note: str, ground: str, ink: str) -> None:
    """Draw the buttons that save what is in contacts_drawing, with contacts_legend, as PNG and SVG.

    ``name``: of the file, without its ending.
    """
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
