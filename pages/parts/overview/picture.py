"""A drawing of our own as a picture of a page."""

from base64 import b64encode


def source_of(drawing: str) -> str:
    """Return an SVG as the source of an image: in the page itself its parts would be taken for markup."""
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
