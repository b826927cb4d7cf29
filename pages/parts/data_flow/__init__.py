"""Parts of the data flow page."""
