"""The HTTP contract: what the app, admins, other programs and operators call."""
