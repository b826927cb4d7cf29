"""Our name and our mark, wherever they are shown: pages, the browser's tab, and what is drawn before both."""

from urllib.parse import quote

NAME = "Stillwatch"
DRAWING = (
    '<rect width="32" height="32" rx="7" fill="#0F7682"/>'
    '<path d="M8 26v-9M14.5 26V9M21 26V14" stroke="#FFF" stroke-width="3.6" stroke-linecap="round"/>'
    '<circle cx="26" cy="24.6" r="2.3" fill="#F7B84B"/>'
)
"""Contacts in bars, and a light where the next one is missing: on 32 by 32, and on both grounds."""
MARK = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{DRAWING}</svg>'
ICON = f"data:image/svg+xml,{quote(MARK)}"
"""The mark as the address of a tab's icon: nothing is asked for, so that it is there with the page."""
