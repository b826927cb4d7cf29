"""Reports come zipped or not, with columns in any order; nothing of a person is read from them."""

import io
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from services.freshchat import reports
from services.freshchat.errors import BrokenAnswer
from services.freshchat.reports import ResolvedRow, read_rows

AT = datetime(2026, 3, 2, 8, 15, 30, 500_000, tzinfo=UTC)
CSV = (
    "conversation_id,interaction_id,created_at,channel_name,group_id,group_name,agent_name,reopened\n"
    "c1,1-2,2026-03-02 08:15:30.5,Web,g1,Kundensupport,Jane Doe,false\n"
    'c2,,2026-03-02 08:15:30.5,"A, ""B""\nC",null,,,true\n'
)
ROWS = [ResolvedRow("c1", AT, "1-2", "g1", "Kundensupport"), ResolvedRow("c2", AT)]


def zipped(*files: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("folder/", b"")
        for number, content in enumerate(files):
            archive.writestr(f"folder/report-{number}.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.replace("\n", "\r\n").encode(),
        zipped(CSV.encode()),
        zipped(CSV.encode("utf-8-sig")),
        zipped(CSV.encode(), method=zipfile.ZIP_STORED),
    ],
)
def test_a_report_is_read_zipped_or_bare_with_or_without_a_mark(content: bytes) -> None:
    assert read_rows(content).rows == ROWS


def test_all_files_of_an_archive_are_read() -> None:
    assert read_rows(zipped(CSV.encode(), CSV.encode())).rows == ROWS * 2


def test_columns_are_found_by_their_names() -> None:
    text = "\n\nGroup_Name, Resolved At ,extra,CONVERSATION_ID,created_at\nSupport,2026-03-02T08:15:30.5Z,x,c1,bad\n"
    assert read_rows(text.encode()).rows == [ResolvedRow("c1", AT, group_name="Support")]


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ("2026-03-02 08:15:30.5", AT),
        ("2026-03-02 08:15:30.500", AT),
        ("2026-03-02 08:15:30.5 UTC", AT),
        ("2026-03-02T09:15:30.5+01:00", AT),
        ("2026-03-02 08:15:30", AT - timedelta(seconds=0.5)),
        ("1772439330500", AT),
        ("1772439330.5", AT),
    ],
)
def test_times_are_read_as_utc(time: str, read: datetime) -> None:
    assert read_rows(f"conversation_id,created_at\nc1,{time}\n".encode()).rows == [ResolvedRow("c1", read)]


def test_rows_without_a_chat_or_a_time_are_counted_apart() -> None:
    text = f"conversation_id,created_at\nc1,yesterday\n,2026-03-02 08:15:30.5\nc2\n{'x' * 201},2026-03-02 08:15:30\n"
    assert read_rows(text.encode()) == reports.ReportRows(
        [], unreadable=4, unreadable_shape="conversation_id: a9; created_at: aaaaaaaaa"
    )


def test_the_shape_of_an_unreadable_row_tells_its_form_and_nothing_of_its_content() -> None:
    text = "conversation_id,created_at,agent_name\nc1,03/02/2026 08:00 Uhr,Jane Doe\n"
    shape = read_rows(text.encode()).unreadable_shape
    assert shape == "conversation_id: a9; created_at: 99/99/9999 99:99 aaa"


@pytest.mark.parametrize(
    ("time", "why"), [("1970-01-01 00:00:00.0", "< 2015"), ("2062-03-02 08:15:30.5", "> now")]
)
def test_a_row_of_an_impossible_time_is_counted_apart_and_its_shape_says_why(time: str, why: str) -> None:
    text = f"conversation_id,created_at\nc1,{time}\nc2,2026-03-02 08:15:30.5\n"
    shape = f"conversation_id: a9; created_at: 9999-99-99 99:99:99.9 ({why})"
    assert read_rows(text.encode(), AT) == reports.ReportRows([ResolvedRow("c2", AT)], 1, shape)


def test_ids_and_names_are_read_as_the_app_and_the_webhook_tell_them() -> None:
    chat = "4ec945ec-6717-409d-9549-198d5d121bd1"
    header = "conversation_id,created_at,group_id,group_name"
    text = f"{header}\n{chat.upper()},{AT.isoformat()},{chat.upper()},Bu\u0308ro\u200b\n"
    assert read_rows(text.encode()).rows == [ResolvedRow(chat, AT, None, chat, "Büro")]


@pytest.mark.parametrize("content", [b"", b"\n\n", zipped(b""), b"conversation_id,created_at\n"])
def test_an_empty_report_has_no_rows(content: bytes) -> None:
    assert read_rows(content) == reports.ReportRows([])


@pytest.mark.parametrize(
    "content",
    [
        b"<Error><Code>AccessDenied</Code></Error>",
        b"conversation_id,group_id\nc1,g1\n",
        b"created_at\n2026-03-02 08:15:30.5\n",
        b"PK\x03\x04 but no archive",
        zipped(CSV.encode())[:-30],
        zipped(*[b""] * 60),
        b"conversation_id,created_at\n" + b"x" * (2 * 1024 * 1024),
    ],
)
def test_what_is_no_report_is_a_broken_answer(content: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        read_rows(content)


def test_a_damaged_archive_is_a_broken_answer() -> None:
    content = bytearray(zipped(CSV.encode() * 50))
    content[80:120] = bytes(40)
    with pytest.raises(BrokenAnswer):
        read_rows(bytes(content))


def test_an_archive_that_unpacks_without_end_is_cut_off() -> None:
    bomb = zipped(b"conversation_id,created_at\n" + (b" " * 9_999 + b"\n") * 3_000)
    assert len(bomb) * reports.MOST_RATIO < 30_000_000
    with pytest.raises(BrokenAnswer):
        read_rows(bomb)


def test_an_archive_that_lies_about_its_size_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped(CSV.encode() * 100)
    monkeypatch.setattr(reports, "MOST_UNZIPPED_BYTES", 1000)
    with pytest.raises(BrokenAnswer):
        read_rows(content)


def test_a_report_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    for content in (zipped(CSV.encode(), CSV.encode()), CSV.encode() + b"\n" * 4):
        with pytest.raises(BrokenAnswer, match="more than 3 rows"):
            read_rows(content)


def test_any_bytes_are_read_or_refused() -> None:
    for seed in range(300):
        noise = zlib.compress(str(seed).encode() * 3)
        for content in (noise, b"PK" + noise, zipped(noise), b"conversation_id,created_at\n" + noise):
            try:
                assert read_rows(content).rows == []
            except BrokenAnswer:
                continue
