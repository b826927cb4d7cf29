"""A message before it has a form: what every channel says of the same thing, in the channel's language."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, StrictUndefined, Template

from services.translation import Words

TEMPLATE = Path(__file__).with_name("message.html")
PICTURE_NAME = "timeline.png"
Tone = Literal["failure", "warning", "success", "info"]
Link = tuple[str, str]
"""Label and address."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. ``figures``: label and value. ``sections``: heading and rows of cells, for a report."""

    language: str
    tone: Tone
    title: str
    sentences: tuple[str, ...]
    figures: tuple[tuple[str, str], ...] = ()
    step: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    sections: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    picture: bytes | None = None
    picture_text: str = ""


def as_text(message: Message) -> str:
    """Return the message for channels that show plain text."""
    labelled = Words(message.language).labelled
    blocks = ["\n".join(message.sentences)]
    if message.figures:
        blocks.append("\n".join(labelled(label, value) for label, value in message.figures))
    for heading, rows in message.sections:
        blocks.append("\n".join([heading, *(" · ".join(row) for row in rows)]))
    blocks += [block for block in (message.step, "\n".join(message.notes)) if block]
    blocks.append("\n".join(labelled(label, address) for label, address in message.links))
    return "\n\n".join(block for block in blocks if block)


def as_html(message: Message) -> str:
    """Return the message for e-mail; the picture is attached under PICTURE_NAME."""
    return _template().render(message=message, picture_name=PICTURE_NAME)


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
