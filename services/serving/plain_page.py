"""A page that needs neither Streamlit nor a sign-in: a heading and what is told, light or dark as the reader has it."""

from html import escape

from services.brand import ICON, NAME

PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · {name}</title>
<link rel="icon" href="{icon}">
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: {above} auto; padding: 0 1.5rem }}
{style}</style>
<h1>{title}</h1>
{body}
</html>
"""


def plain_page(language: str, title: str, body: str, *, above: str, style: str = "") -> str:
    """Return the page. ``title`` is text, ``body`` is HTML; ``above``: the room above the page, as CSS writes it."""
    return PAGE.format(
        language=language, title=escape(title), name=NAME, icon=ICON, body=body, above=above, style=style
    )
