"""Instants as Freshchat writes and reads them."""

from datetime import UTC, datetime


def to_milliseconds(at: datetime) -> datetime:
    """Return the instant without what is finer than a millisecond: Freshchat's clock has no more."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def epoch_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def iso(at: datetime) -> str:
    """2025-07-03T21:31:59.088Z"""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def report_time(at: datetime) -> str:
    """2020-09-14 00:01:00.0, as reports write an instant (UTC): a fraction of a second without trailing zeros."""
    fraction = f"{at.microsecond // 1000:03d}".rstrip("0") or "0"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{fraction}"


def read_instant(text: str) -> datetime:
    """Read an ISO instant or a plain date; without an offset it is UTC. Raises ValueError.

    A blank after the time is a plus sign that a query string lost.
    """
    at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
