"""Bodies that ask for something: no field of one is dropped without a word."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

LONGEST_ECHO = 100


class Asked(BaseModel):
    """A body that refuses fields which it does not know: one of them may be a known one, mistyped.

    ``shown``: those that our own answer has. Who reads an object, changes it and sends it back sends them along;
    they change nothing.
    """

    model_config = ConfigDict(extra="forbid")
    shown: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _known_ones(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        known = [field.alias or name for name, field in cls.model_fields.items()]
        by_name = cls.model_fields if cls.model_config.get("validate_by_name") else ()
        kept = {name: value for name, value in given.items() if name not in cls.shown.difference(known)}
        unknown = kept.keys() - {*known, *by_name}
        if unknown:
            # As Python writes it: half a character is JSON, but cannot be sent back.
            name = repr(min(unknown)[:LONGEST_ECHO])
            problem = "there is no field {name}; there are {known}"
            raise PydanticCustomError("unknown_field", problem, {"name": name, "known": ", ".join(known)})
        return kept
