"""One module for each supported model of the catalogue."""
