"""What is done and what is not as a row of small cells: the last 30 days, sealed or not; the steps of a set-up."""

from collections.abc import Sequence
from html import escape

from pages.parts.charts.colours import Colours
from pages.parts.charts.seals import look_of, looks
from pages.parts.overview.picture import source_of
from services.overview import Glance
from services.sealing.days import LOOKED_BACK
from services.set_up import SET_UP_STEPS, SetUpStep
from services.translation import Words

HEIGHT, CELL, GAP = 12, 3, 1


def seals_html(each: Glance, words: Words, palette: Colours) -> str:
    """Return the days that are over of the last 30, the newest on the right, and how many of them are sealed."""
    drawn = looks(palette)
    over = [seal for seal in each.shown.seals if seal.state != "open"]
    cells = [drawn[look_of(seal)].colour for seal in over]
    before = [palette.faint] * (LOOKED_BACK - len(cells))
    told = words.text(
        "{sealed} of {days} days sealed", sealed=words.number(each.sealed), days=words.number(each.over)
    )
    return _strip([*before, *cells], CELL, told)


def steps_html(done: frozenset[SetUpStep], words: Words, palette: Colours) -> str:
    """Return how far the set-up is."""
    cells = [palette.good if step in done else palette.line for step in SET_UP_STEPS]
    return _strip(cells, 8 * CELL, steps(done, words))


def sealed(each: Glance, words: Words) -> str:
    """Return how many of the last days are sealed, in words."""
    return words.text(
        "{sealed} of the last {days} days sealed",
        sealed=words.number(each.sealed),
        days=words.number(each.over),
    )


def steps(done: frozenset[SetUpStep], words: Words) -> str:
    """Return how many steps of the set-up are done, in words."""
    return words.text(
        "Set-up: {done} of {all} steps done",
        done=words.number(len(done)),
        all=words.number(len(SET_UP_STEPS)),
    )


def _strip(colours: Sequence[str], cell: int, told: str) -> str:
    """Return the cells over what they say, as HTML. The words say all of it: the picture has no text of its own."""
    step, width = cell + GAP, len(colours) * (cell + GAP) - GAP
    cells = "".join(
        f'<rect x="{place * step}" width="{cell}" height="{HEIGHT}" rx="1" fill="{colour}"/>'
        for place, colour in enumerate(colours)
    )
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}">{cells}</svg>'
    return (
        f'<div><img alt="" src="{source_of(drawn)}" width="{width}" height="{HEIGHT}" '
        f'style="display:block;margin-bottom:.2rem">{escape(told)}</div>'
    )
