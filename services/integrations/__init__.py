"""Integrations and their injixo API keys: adding, changing and deleting them, and who may push with which key."""

from data.integrations import Integration
from services.integrations.draft import Draft, draft_of
from services.integrations.editing import NameTaken, add, change, delete, note_configuration
from services.integrations.keys import KeysChanged, ListedKey, generate_key, listed_keys, revoke_key

__all__ = [
    "Draft",
    "Integration",
    "KeysChanged",
    "ListedKey",
    "NameTaken",
    "add",
    "change",
    "delete",
    "draft_of",
    "generate_key",
    "listed_keys",
    "note_configuration",
    "revoke_key",
]
