"""A verdict in sentences: what is the case, why, and what to do next."""

from collections.abc import Callable
from datetime import datetime

from data.activity import ActivityKind
from data.failures import FailureReason
from data.watch import Cause, DataFlow, NotRecovered
from services.causes import Question, Step
from services.translation import N_, Words
from services.watch.findings import Finding
from services.watch.verdict import Verdict

FIVE_YEARS_IN_WEEKS = 260

DATA_FLOW_NAMES: dict[DataFlow, str] = {
    "waiting": N_("Waiting for the first event"),
    "learning": N_("Learning"),
    "receiving": N_("Receiving"),
    "nothing_expected": N_("Nothing expected now"),
    "quieter_than_usual": N_("Quieter than usual"),
    "silent": N_("Silent"),
    "partial_loss": N_("Contacts are missing"),
    "confirmed_loss": N_("Loss confirmed by Freshchat"),
    "paused": N_("Paused"),
    "unknown": N_("Unknown"),
}

STEP_TEXTS: dict[Step, str] = {
    "nothing_to_do": N_("Nothing needs to be done."),
    "keep_watching": N_("Nothing needs to be done yet: if it goes on, Stillwatch raises the alarm."),
    "resume": N_("Resume the integration; what arrived in the meantime is then shown and judged."),
    "restart_stillwatch": N_(
        "Look into Stillwatch's log and restart it: until then nobody watches the data flow."
    ),
    "set_clock": N_(
        "Set the clock of the machine that Stillwatch runs on, and keep it set by a time server."
    ),
    "mend_store": N_(
        "See to the disk and the database file that Stillwatch keeps its data in; its log names the file."
    ),
    "generate_key": N_(
        "Generate an injixo API key here and paste it on the installation page of the injixo app in Freshchat."
    ),
    "install_app": N_("Install the injixo app in Freshchat and enter the injixo API key there."),
    "paste_new_key": N_(
        "Generate a new injixo API key here and paste it on the installation page of the injixo app in Freshchat."
    ),
    "paste_waiting_key": N_(
        "Paste the new injixo API key on the installation page of the injixo app in Freshchat. "
        "It was shown only once: if nobody copied it, generate another one here."
    ),
    "check_app": N_("Check in Freshchat that the injixo app is still installed and enabled."),
    "paste_public_key": N_(
        "Copy the public key from Freshchat's webhook settings and save it here, beside the one before if in doubt."
    ),
    "correct_webhook_address": N_(
        "Copy the webhook's address here and paste it into Freshchat's webhook settings."
    ),
    "switch_webhook_on": N_(
        "Look in Freshchat's settings whether the webhook is still switched on, and switch it on again."
    ),
    "check_proxy": N_("Check the reverse proxy before Stillwatch: it must pass requests on as they are."),
    "fetch_missing": N_(
        "Fetch the missing contacts from Freshchat now. If it happens again, ask injixo support and attach the "
        "support bundle."
    ),
    "check_group": N_("Check in Freshchat whether the group was renamed or deleted."),
    "renew_freshchat_key": N_(
        "Copy a valid Freshchat API key of an Account Administrator and save it under Credentials."
    ),
    "wait_for_freshchat": N_("Check whether Freshchat is available and whether the domain is right."),
    "contact_support": N_("Contact injixo support and attach the support bundle."),
}

STORE_FAILURES: dict[FailureReason, str] = {
    "disk_full": N_("the disk is full"),
    "not_permitted": N_("its files may not be written"),
    "damaged": N_("a part of the database file is damaged"),
    "out_of_memory": N_("there is not enough memory"),
    "failing": N_("the database refuses every change"),
}

NOT_RECOVERED: dict[NotRecovered, str] = {
    "report_lacks": N_("Freshchat's report lacks what Freshchat's own figures count"),
    "report_empty": N_("Freshchat's report was empty"),
    "rows_unreadable": N_("rows of Freshchat's report could not be read"),
    "unreachable": N_("Freshchat's figures to compare with could not be had"),
}
"""Why an incident that is over has not given its contacts back yet."""

QUESTION_TEXTS: dict[Question, str] = {
    "data_missing": N_("Is something wrong with the data?"),
    "key_valid": N_("Is the injixo API key that the app uses still valid?"),
    "app_alive": N_("Does the injixo app still give signs of life?"),
    "deliveries_taken": N_("Can Stillwatch accept and read what is delivered?"),
    "other_queues_flow": N_("Is only one source queue affected?"),
    "freshchat_answers": N_("Does Freshchat answer to the Freshchat API key?"),
}


def headline(verdict: Verdict, words: Words) -> str:
    """Return the verdict as one sentence or two: the strongest evidence, and the figures where there are any."""
    if verdict.findings and verdict.data_flow != "waiting":
        strongest, *others = verdict.findings
        figures = [finding for finding in others if finding.expected is not None]
        told = [strongest, *(figures or others)[:1]]
        return " ".join(finding_sentence(finding, words) for finding in told)
    calm = _CALM[verdict.data_flow](verdict, words)
    return f"{calm} {words.text(_UNASKED[verdict.cause])}" if verdict.cause in _UNASKED else calm


def hints(verdict: Verdict, words: Words) -> list[str]:
    """Return what is odd and claims no loss, a sentence each."""
    return [finding_sentence(finding, words) for finding in verdict.hints]


def advice(step: Step, words: Words) -> str:
    """Return what to do next."""
    return words.text(STEP_TEXTS[step])


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
    return words.text(
        N_(
            "Stillwatch's own clock is wrong: what Freshchat resolved on {resolved} by its clock was received on "
            "{received} by ours. Everything is kept, but nothing can be judged."
        ),
        resolved=words.moment(finding.last_at),
        received=words.moment(finding.since),
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

_UNASKED: dict[Cause, str] = {
    "freshchat_credentials": N_(
        "Freshchat refuses the Freshchat API key, so nothing can be compared or fetched back."
    ),
    "freshchat_unreachable": N_("Freshchat cannot be reached, so nothing can be compared or fetched back."),
}
"""What it costs that Freshchat cannot be asked, beside a data flow that does not depend on it."""


def _plain(message: str) -> Callable[[Verdict, Words], str]:
    return lambda _, words: words.text(message)


def _quieter(verdict: Verdict, words: Words) -> str:
    if verdict.since is None:
        return words.text(N_("It is quieter than usual."))
    return words.text(
        N_("It is quieter than usual: expected {expected} contacts since {since}, got {received}."),
        expected=words.number(verdict.expected or 0),
        since=words.moment(verdict.since),
        received=words.number(verdict.received or 0),
    )


def _waiting(verdict: Verdict, words: Words) -> str:
    if verdict.findings:
        return finding_sentence(verdict.findings[0], words)
    return words.text(
        N_("No event has arrived yet. Stillwatch is waiting for the injixo app's first sign of life.")
    )


def _learning(verdict: Verdict, words: Words) -> str:
    """Claim no more than was seen: the last contact, or that there was none."""
    seen = (
        words.text(N_("The last contact arrived on {moment}."), moment=words.moment(verdict.last_contact_at))
        if verdict.last_contact_at
        else words.text(N_("Events arrive, but no contact was among them yet."))
    )
    promise = N_("With less than 14 days of history Stillwatch cannot promise to notice a silence.")
    return f"{seen} {words.text(promise)}"


_CALM: dict[DataFlow, Callable[[Verdict, Words], str]] = {
    "waiting": _waiting,
    "learning": _learning,
    "receiving": _plain(N_("Contacts arrive as expected.")),
    "nothing_expected": _plain(N_("No contacts are expected at this time of day.")),
    "quieter_than_usual": _quieter,
    "paused": _plain(
        N_("The integration is paused: events are kept, and nothing new is shown until it is resumed.")
    ),
    "unknown": _plain(
        N_("The monitor itself is late or has failed. Nothing can be said about the data flow.")
    ),
}
