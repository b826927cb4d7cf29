"""Contacts as readers see them: per source queue and interval, against the usual, as charts and exports."""
