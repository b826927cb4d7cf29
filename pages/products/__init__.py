"""One module for each supported product of the catalogue."""
