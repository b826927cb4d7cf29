"""Signing in: people, passwords, invitations, sessions and tokens."""
