"""Sealing days: comparing each with Freshchat's own figures per source queue, and fetching every difference."""
