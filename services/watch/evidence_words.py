"""Each piece of evidence as a sentence, with its times and figures."""

from collections.abc import Callable
from datetime import datetime

from data.activity import ActivityKind
from data.failures import FailureReason
from services.translation import N_, Words
from services.watch.findings import Finding

FIVE_YEARS_IN_WEEKS = 260

STORE_FAILURES: dict[FailureReason, str] = {
    "disk_full": N_("the disk is full"),
    "not_permitted": N_("its files may not be written"),
    "damaged": N_("a part of the database file is damaged"),
    "out_of_memory": N_("there is not enough memory"),
    "failing": N_("the database refuses every change"),
}


def finding_sentence(finding: Finding, words: Words) -> str:
    """Return one piece of evidence with its times and figures."""
    return _FINDINGS[finding.source](finding, words)


def rarity(once_in_weeks: float | None, words: Words) -> str:
    """Return how seldom this happens by chance."""
    if once_in_weeks is None:
        return ""
    if once_in_weeks > FIVE_YEARS_IN_WEEKS:
        return words.text(N_("This happens by chance less than once in five years."))
    return words.count(
        "This happens by chance once in {n} week.",
        "This happens by chance once in {n} weeks.",
        max(1, round(once_in_weeks)),
    )


def store_failure(reason: FailureReason, since: datetime, words: Words) -> str:
    """Return since when and why nothing is kept."""
    return words.text(
        N_("Stillwatch has not been able to keep what arrives since {since}: {reason}."),
        since=words.moment(since),
        reason=words.text(STORE_FAILURES[reason]),
    )


def _store(finding: Finding, words: Words) -> str:
    assert finding.reason is not None
    return store_failure(finding.reason, finding.since, words)  # type: ignore[arg-type]  # its source has no other


def _clock(finding: Finding, words: Words) -> str:
    assert finding.last_at is not None
    if finding.reason == "answers":
        return words.text(
            N_(
                "Stillwatch's own clock is wrong: Freshchat answered on {told} by its clock and on {at} by ours. "
                "Everything is kept, but nothing can be judged."
            ),
            told=words.moment(finding.last_at),
            at=words.moment(finding.since),
        )
    return words.text(
        N_(
            "Stillwatch's own clock is wrong: what Freshchat resolved on {resolved} by its clock was received on "
            "{received} by ours. Everything is kept, but nothing can be judged."
        ),
        resolved=words.moment(finding.last_at),
        received=words.moment(finding.since),
    )


def _own_absence(finding: Finding, words: Words) -> str:
    assert finding.last_at is not None
    return words.text(
        N_(
            "Stillwatch itself was not running or not reachable from {since} to {until}: nobody received what was "
            "sent in that time. What comes now is judged in a few minutes."
        ),
        since=words.moment(finding.since),
        until=words.moment(finding.last_at),
    )


def _clock_jump(finding: Finding, words: Words) -> str:
    return words.text(
        N_(
            "Stillwatch's own clock jumped at {at}: it was set, or the machine slept. What comes now is judged in a "
            "few minutes."
        ),
        at=words.moment(finding.since),
    )


def _no_key_generated(_: Finding, words: Words) -> str:
    return words.text(
        N_("No event has arrived yet: no injixo API key has been generated, so no app can report anything.")
    )


def _refused_key(finding: Finding, words: Words) -> str:
    assert finding.key is not None
    assert finding.last_at is not None
    if finding.hint:
        return words.text(
            N_(
                "Somebody sends a wrong secret with the id of the injixo API key {prefix}, which works: {requests}, "
                "last at {last}."
            ),
            prefix=finding.key.prefix,
            requests=words.count("{n} request", "{n} requests", finding.count or 0),
            last=words.moment(finding.last_at),
        )
    return words.text(
        N_("The injixo API key {prefix} has been refused since {since}: {requests}, last at {last}."),
        prefix=finding.key.prefix,
        since=words.moment(finding.since),
        requests=words.count("{n} request", "{n} requests", finding.count or 0),
        last=words.moment(finding.last_at),
    )


def _key_never_used(finding: Finding, words: Words) -> str:
    assert finding.key is not None
    return words.text(
        N_(
            "A new key was generated on {created}, but the app still has the old one, which ended on {ended}."
        ),
        created=words.moment(finding.key.created_at),
        ended=words.moment(finding.since),
    )


def _no_key_left(finding: Finding, words: Words) -> str:
    assert finding.key is not None
    return words.text(
        N_("No injixo API key is valid any more: {prefix}, which the app has, ended on {ended}."),
        prefix=finding.key.prefix,
        ended=words.moment(finding.since),
    )


WEBHOOK_REFUSALS: dict[ActivityKind, str] = {
    "bad_signature": N_("they are not signed with the public key that is saved here"),
    "bad_signature_altered": N_("something on the way changes their content"),
    "bad_signature_non_ascii": N_("they hold letters such as ä, which Freshchat signs differently"),
    "no_public_key": N_("no public key is saved here"),
    "wrong_address": N_("the address in Freshchat's webhook settings is wrong"),
}


def _webhook(finding: Finding, words: Words) -> str:
    assert finding.reason is not None
    assert finding.last_at is not None
    deliveries = words.count("{n} delivery", "{n} deliveries", finding.count or 0)
    if finding.reason == "store_unavailable":
        return words.text(
            N_(
                "Stillwatch could not keep {deliveries} of Freshchat's webhook from {since} to {last} and answered "
                "503; none has come since."
            ),
            deliveries=deliveries,
            since=words.moment(finding.since),
            last=words.moment(finding.last_at),
        )
    return words.text(
        N_(
            "Freshchat's webhook has been turned away since {since}, because {reason}: {deliveries}, last at {last}."
        ),
        since=words.moment(finding.since),
        reason=words.text(WEBHOOK_REFUSALS[finding.reason]),  # type: ignore[index]  # its source has no other
        deliveries=deliveries,
        last=words.moment(finding.last_at),
    )


def _not_understood(finding: Finding, words: Words) -> str:
    assert finding.last_at is not None
    deliveries = words.count("{n} delivery", "{n} deliveries", finding.count or 0)
    told = N_("{deliveries} since {since} could not be read, last at {last}; others were.")
    none = N_("Deliveries arrive, but none could be read since {since}: {deliveries}, last at {last}.")
    return words.text(
        told if finding.hint else none,
        deliveries=deliveries,
        since=words.moment(finding.since),
        last=words.moment(finding.last_at),
    )


def _probe(finding: Finding, words: Words) -> str:
    return words.text(
        N_("Freshchat resolved {freshchat} chats since {since}, {received} of them arrived here."),
        freshchat=words.number(finding.expected or 0),
        since=words.moment(finding.since),
        received=words.number(finding.received or 0),
    ) + _named_queues(finding, words)


def _goodbye(finding: Finding, words: Words) -> str:
    return words.text(N_("The injixo app was uninstalled on {at}."), at=words.moment(finding.since))


def _heartbeat(finding: Finding, words: Words) -> str:
    return words.text(
        N_("The injixo app has given no sign of life since {since}."), since=words.moment(finding.since)
    )


def _statistics(finding: Finding, words: Words) -> str:
    sentence = words.text(
        N_("Expected {expected} contacts since {since}, got {received}."),
        expected=words.number(finding.expected or 0),
        since=words.moment(finding.since),
        received=words.number(finding.received or 0),
    )
    return " ".join(
        filter(None, (sentence + _named_queues(finding, words), rarity(finding.once_in_weeks, words)))
    )


def _named_queues(finding: Finding, words: Words) -> str:
    if not finding.queues:
        return ""
    return " " + words.text(N_("Source queues concerned: {queues}."), queues=", ".join(finding.queues))


_FINDINGS: dict[str, Callable[[Finding, Words], str]] = {
    "store": _store,
    "clock": _clock,
    "own_absence": _own_absence,
    "clock_jump": _clock_jump,
    "no_key_generated": _no_key_generated,
    "refused_key": _refused_key,
    "key_never_used": _key_never_used,
    "no_key_left": _no_key_left,
    "webhook": _webhook,
    "not_understood": _not_understood,
    "probe": _probe,
    "goodbye": _goodbye,
    "heartbeat": _heartbeat,
    "statistics": _statistics,
}
