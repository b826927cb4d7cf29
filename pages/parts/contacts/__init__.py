"""Parts of the contacts page."""
