"""Whom to tell what and when: channels, pure decisions, and the rows that are written with what they tell of."""
