"""What can go wrong when asking Freshchat, named by what the caller does about it."""

from typing import Literal

Reason = Literal[
    "unauthorised",  # 401: the key is wrong, or was replaced by a newer one
    "forbidden",  # 403: the key is right but lacks a scope
    "not_freshchat",  # a web page or a redirect: the domain is a portal's, or somebody else's
    "no_key",  # no Freshchat API key is stored
    "unreadable_key",  # the stored key was encrypted with another secret key
]


class FreshchatError(Exception):
    """Freshchat gave no usable answer. The message holds no key and nothing of an answer's text.

    ``problem`` is a stable code: that of the class, or the reason of a rejection.
    """

    problem: str


class RetryLater(FreshchatError):
    """Freshchat is busy, down or out of reach; ask again after ``retry_after`` seconds, if it said so."""

    problem = "retry_later"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Rejected(FreshchatError):
    """Asking again is of no use until a person changes the key or the domain."""

    def __init__(self, reason: Reason, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason: Reason = reason
        self.problem = reason


class BrokenAnswer(FreshchatError):
    """An answer that we do not understand, or one larger than we accept."""

    problem = "broken_answer"

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Garbled(BrokenAnswer):
    """An answer that breaks off, or is empty: damaged on the way, which says nothing against the domain."""
