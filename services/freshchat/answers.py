"""The shapes of Freshchat's answers, and the records that are read from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from services.fields import if_readable, read_id, read_name
from services.freshchat.errors import BrokenAnswer
from services.freshchat.protocol import RESOLVED_METRIC

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Group:
    group_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Freshchat resolved ``count`` chats of a group (None: of no group) from ``start`` to before ``end``."""

    group_id: str | None
    start: datetime
    end: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """A report under way. ``links`` are the downloads of a completed one; there may be several, or none."""

    report_id: str
    state: Literal["pending", "completed", "failed"]
    links: tuple[str, ...] = ()


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _group_or_none(value: Any) -> str | None:
    """Read the group of a grouping; "no group" is written in several ways."""
    return None if value in (None, "", "null") else read_id(value)


Id = Annotated[str, BeforeValidator(read_id)]


class _Group(BaseModel):
    id: Id
    name: Annotated[str | None, BeforeValidator(read_name)] = None


class _Groups(BaseModel):
    groups: list[_Group]


OptionalId = Annotated[str | None, BeforeValidator(if_readable(read_id))]


class _Account(BaseModel):
    account_id: OptionalId = None
    organisation_id: OptionalId = None
    app_id: OptionalId = None


class _Chat(BaseModel):
    conversation_id: OptionalId = None
    id: OptionalId = None


class _Value(BaseModel):
    key: str | None = None
    value: float | str | None = None
    count: float | str | None = None


class _Series(BaseModel):
    start: datetime | None = None
    end: datetime | None = None
    values: list[_Value] = []


class _Grouping(BaseModel):
    key: str | None = None
    value: Annotated[str | None, BeforeValidator(_group_or_none)] = None


class _Datum(BaseModel):
    groupings: list[_Grouping] = []
    series: list[_Series] = []


class _Metrics(BaseModel):
    data: list[_Datum]


class _Href(BaseModel):
    href: str | None = None


class _ReportLink(BaseModel):
    status: str = ""
    link: _Href | None = None


class _Report(BaseModel):
    id: Id
    status: str = ""
    links: list[_ReportLink] | None = None
    link: _Href | None = None


def check_account(data: dict[str, Any]) -> None:
    """Raise BrokenAnswer for what describes no account: any service may answer with some JSON object.

    Descriptions disagree on whether the account stands alone or under ``configuration``.
    """
    inner = data.get("configuration")
    told = _read(_Account, inner if isinstance(inner, dict) else data)
    if (told.account_id or told.organisation_id or told.app_id) is None:
        raise BrokenAnswer("an answer that names no account")


def check_chat(data: dict[str, Any]) -> None:
    """Raise BrokenAnswer for what describes no chat."""
    told = _read(_Chat, data)
    if (told.conversation_id or told.id) is None:
        raise BrokenAnswer("an answer that names no chat")


def read_groups(data: Any) -> list[Group]:
    """Return the groups that have a name."""
    return [Group(group.id, group.name) for group in _read(_Groups, data).groups if group.name]


def read_resolved(data: Any, *, start: datetime, end: datetime) -> list[Resolved]:
    """Return the counts of a metrics answer. A series that names no span is about the whole one."""
    return [
        Resolved(
            _group_id(datum),
            _in_utc(series.start) if series.start else start,
            _in_utc(series.end) if series.end else end,
            count,
        )
        for datum in _read(_Metrics, data).data
        for series in datum.series
        for count in _counts(series)
    ]


def read_report_id(data: Any) -> str:
    return _read(_Report, data).id


def read_report(data: Any) -> Report:
    """Return the state of a report: failed or pending when any of its parts is."""
    told = _read(_Report, data)
    parts = told.links or []
    states = [told.status.upper(), *(part.status.upper() for part in parts)]
    if "FAILED" in states:
        return Report(told.id, "failed")
    hrefs = [part.link and part.link.href for part in parts] or ([told.link.href] if told.link else [])
    whole = states[0] in ("COMPLETED", "SUCCESS", "") and all(
        state in ("COMPLETED", "SUCCESS") for state in states[1:]
    )
    if not whole or not all(hrefs) or (states[0] == "" and not hrefs):
        return Report(told.id, "pending")
    return Report(told.id, "completed", tuple(href for href in hrefs if href))


def _counts(series: _Series) -> Iterator[int]:
    by_key = {value.key: value for value in series.values}
    value = (
        by_key.get(RESOLVED_METRIC) or by_key.get("count") or (series.values[0] if series.values else None)
    )
    told = None if value is None else (value.value if value.value is not None else value.count)
    if told is None or told in ("", "null"):
        return
    try:
        number = float(told)
    except ValueError:
        raise BrokenAnswer("a count that is no number") from None
    if not isfinite(number) or number < 0:
        raise BrokenAnswer("a count that cannot be")
    yield round(number)


def _group_id(datum: _Datum) -> str | None:
    values = [grouping.value for grouping in datum.groupings if grouping.key in ("group", None)]
    return values[0] if values else None


def _read(model: type[Model], data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise BrokenAnswer(f"unexpected answer at {place}: {problem['type']}") from None
