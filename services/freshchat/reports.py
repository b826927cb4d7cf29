"""The rows of a downloaded ``Conversation-Resolved`` report: a ZIP with CSV files inside, or a bare CSV.

Columns are found by the names in the header; only ids, the group and the time are read. The time is
``YYYY-MM-DD HH:mm:ss.S`` in UTC. https://crmsupport.freshworks.com/support/solutions/articles/50000004465
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import IO

from services.fields import if_readable, read_id, read_instant, read_name
from services.freshchat.errors import BrokenAnswer

MOST_UNZIPPED_BYTES = 256 * 1024 * 1024
MOST_RATIO = 200
MOST_FILES = 50
MOST_ROWS = 1_000_000
LONGEST_FIELD = 1024 * 1024
LONGEST_SHAPE = 60
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
CLOCK_SKEW = timedelta(hours=1)

COLUMNS = {
    "chat_id": ("conversation_id",),
    "interaction_id": ("interaction_id",),
    "resolved_at": ("resolved_at", "created_at"),
    "group_id": ("group_id",),
    "group_name": ("group_name",),
}
NEEDED = ("chat_id", "resolved_at")
NONE = frozenset({"", "null", "none", "n/a", "-"})


@dataclass(frozen=True, slots=True)
class ResolvedRow:
    """One resolution, as a report tells it."""

    chat_id: str
    resolved_at: datetime
    interaction_id: str | None = None
    group_id: str | None = None
    group_name: str | None = None


@dataclass(frozen=True, slots=True)
class ReportRows:
    """What a download holds; ``unreadable`` counts rows without a chat or a time, or with an impossible time.

    ``unreadable_shape``: the first of them without its content, 9 for a digit and a for a letter. Of an impossible
    time it ends with what is wrong: before 2015 or ahead of now.
    """

    rows: list[ResolvedRow]
    unreadable: int = 0
    unreadable_shape: str | None = None


def read_rows(content: bytes, now: datetime | None = None) -> ReportRows:
    """Return the rows of a download; ``now``: nothing was resolved later. Raises BrokenAnswer."""
    latest = FOREVER if now is None else now + CLOCK_SKEW
    csv.field_size_limit(LONGEST_FIELD)
    rows: list[ResolvedRow] = []
    unreadable = 0
    shape: str | None = None
    try:
        for file in _files(content):
            for row in _rows(
                io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""), latest
            ):
                if isinstance(row, ResolvedRow):
                    rows.append(row)
                else:
                    unreadable += 1
                    shape = shape or row
                if len(rows) + unreadable > MOST_ROWS:
                    raise _too_many_rows()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, csv.Error):
        raise BrokenAnswer("a report that cannot be unpacked or read") from None
    return ReportRows(rows, unreadable, shape)


def _files(content: bytes) -> Iterator[IO[bytes]]:
    if not content.startswith(b"PK"):
        yield io.BytesIO(content)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise BrokenAnswer("a report of too many files")
        left = min(MOST_UNZIPPED_BYTES, MOST_RATIO * len(content))
        for entry in entries:
            with archive.open(entry) as packed:
                # What an archive says of its own sizes need not be true: count what comes out.
                counted = _Counted(packed, left)
                yield io.BufferedReader(counted)
                left = counted.left


class _Counted(io.RawIOBase):
    """Reads on until more has come than may come."""

    def __init__(self, packed: IO[bytes], left: int) -> None:
        self._packed = packed
        self.left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        data = self._packed.read(len(buffer))
        self.left -= len(data)
        if self.left < 0:
            raise BrokenAnswer("a report that is far larger than it looks")
        buffer[: len(data)] = data
        return len(data)


def _rows(lines: Iterable[str], latest: datetime) -> Iterator[ResolvedRow | str]:
    """Yield each row, or the shape of one that cannot be read or was resolved at an impossible time."""
    reader = csv.reader(lines)
    header = next((line for line in reader if any(cell.strip() for cell in line)), None)
    if header is None:
        return
    places = _places(header)
    for number, line in enumerate(reader):
        if number >= MOST_ROWS:  # blank lines count here too: they cost time
            raise _too_many_rows()
        if any(cell.strip() for cell in line):
            cells = {name: line[place].strip() for name, place in places.items() if place < len(line)}
            row = _row(cells)
            if row is None:
                yield shape_of(cells)
            elif EARLIEST <= row.resolved_at <= latest:
                yield row
            else:
                yield f"{shape_of(cells)} ({_impossible(row.resolved_at)})"


def shape_of(cells: Mapping[str, str]) -> str:
    """Return what the columns look like that must be readable, without their content: a row may name people."""
    return "; ".join(
        f"{COLUMNS[name][-1]}: {_blackened(cells.get(name, ''))[:LONGEST_SHAPE]}" for name in NEEDED
    )


def _impossible(resolved_at: datetime) -> str:
    """Return in signs that need no language why nothing can have been resolved then."""
    return f"< {EARLIEST.year}" if resolved_at < EARLIEST else "> now"


def _blackened(text: str) -> str:
    return "".join("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in text)


def _too_many_rows() -> BrokenAnswer:
    return BrokenAnswer(f"a report of more than {MOST_ROWS} rows")


def _places(header: list[str]) -> dict[str, int]:
    """Return the index of each column that we know. Raises BrokenAnswer when a needed one is missing."""
    names = {"_".join(cell.lower().split()): index for index, cell in reversed(list(enumerate(header)))}
    places = {}
    for column, aliases in COLUMNS.items():
        found = next((names[alias] for alias in aliases if alias in names), None)
        if found is not None:
            places[column] = found
    missing = [column for column in NEEDED if column not in places]
    if missing:
        raise BrokenAnswer(f"a report without the column {COLUMNS[missing[0]][0]}")
    return places


def _row(cells: Mapping[str, str]) -> ResolvedRow | None:
    chat_id = _id(cells.get("chat_id"))
    resolved_at = _instant(cells.get("resolved_at"))
    if chat_id is None or resolved_at is None:
        return None
    return ResolvedRow(
        chat_id,
        resolved_at,
        _id(cells.get("interaction_id")),
        _id(cells.get("group_id")),
        read_name(_text(cells.get("group_name"))),
    )


def _text(cell: str | None) -> str | None:
    return None if cell is None or cell.lower() in NONE else cell


def _id(cell: str | None) -> str | None:
    return if_readable(read_id)(_text(cell))


def _instant(cell: str | None) -> datetime | None:
    return if_readable(partial(read_instant, without_offset=UTC))((cell or "").removesuffix(" UTC"))
