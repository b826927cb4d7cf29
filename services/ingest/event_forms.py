"""What an event looks like as it comes: a Freshworks product event, or the compact form.

Only what is named here is read of a payload.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from services.fields import LONGEST_ID, if_readable, read_id, read_instant, read_name


def _object_or_none(value: Any) -> Any:
    return value if isinstance(value, dict) else None


_ID_SCHEMA: JsonSchemaValue = {"type": ["string", "integer"], "minLength": 1, "maxLength": LONGEST_ID}
_STAMP_SCHEMA: JsonSchemaValue = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "integer", "description": "milliseconds, or seconds, since 1970"},
    ]
}
_OPTIONAL_ID_SCHEMA: JsonSchemaValue = {"type": ["string", "integer", "null"], "maxLength": LONGEST_ID}
_OPTIONAL_STAMP_SCHEMA: JsonSchemaValue = {"anyOf": [*_STAMP_SCHEMA["anyOf"], {"type": "null"}]}
_OPTIONAL_NAME_SCHEMA: JsonSchemaValue = {"type": ["string", "null"]}

Id = Annotated[str, BeforeValidator(read_id), WithJsonSchema(_ID_SCHEMA)]
Stamp = Annotated[datetime, BeforeValidator(read_instant), WithJsonSchema(_STAMP_SCHEMA)]
OptionalId = Annotated[str | None, BeforeValidator(if_readable(read_id)), WithJsonSchema(_OPTIONAL_ID_SCHEMA)]
OptionalStamp = Annotated[
    datetime | None, BeforeValidator(if_readable(read_instant)), WithJsonSchema(_OPTIONAL_STAMP_SCHEMA)
]
GroupName = Annotated[str | None, BeforeValidator(read_name), WithJsonSchema(_OPTIONAL_NAME_SCHEMA)]
"""What is optional and cannot be read is left out: it never costs a contact."""


class Group(BaseModel):
    """The group that a chat was assigned to when it was resolved."""

    id: OptionalId = None
    name: GroupName = None


OptionalGroup = Annotated[Group | None, BeforeValidator(_object_or_none)]


class CompactEvent(BaseModel):
    """One resolution, told in as few words as possible."""

    chat_id: Id
    resolved_at: Stamp
    interaction_id: OptionalId = None
    opened_at: OptionalStamp = None
    group: OptionalGroup = None


class Conversation(BaseModel):
    conversation_id: OptionalId = None
    id: OptionalId = None
    interaction_id: OptionalId = None
    assigned_group_id: OptionalId = None
    created_time: OptionalStamp = None
    reopened_time: OptionalStamp = None
    resolved_time: OptionalStamp = None


class _Associations(BaseModel):
    group: OptionalGroup = None


class _ModelChanges(BaseModel):
    status: tuple[Any, Any]


class _Changes(BaseModel):
    model_changes: _ModelChanges


class _Data(BaseModel):
    conversation: Conversation
    associations: Annotated[_Associations | None, BeforeValidator(_object_or_none)] = None
    changes: _Changes


class ProductEvent(BaseModel):
    """A Freshworks ``onConversationUpdate`` that resolves or reopens a chat; unknown fields are left alone."""

    event: Literal["onConversationUpdate"]
    timestamp: OptionalStamp = None
    data: _Data


class OtherProductEvent(BaseModel):
    """Any other product event: a sign of life."""

    event: str
