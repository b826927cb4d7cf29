"""A verdict in sentences: what is the case, why, and what to do next."""

from collections.abc import Callable

from data.watch import Cause, DataFlow, NotRecovered
from services.causes import Question, Step
from services.translation import N_, Words
from services.watch.evidence_words import finding_sentence
from services.watch.verdict import Verdict

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
    "wait_for_fetching": N_(
        "Nothing needs to be done where a valid Freshchat API key is saved: what was missed is fetched by itself. "
        "Without one the gap stays."
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
    "save_freshchat_key": N_(
        "Contacts of an outage that is over are still missing. Save a Freshchat API key under Credentials, and they "
        "are fetched by themselves; without one the gap stays."
    ),
    "wait_for_freshchat": N_("Check whether Freshchat is available and whether the domain is right."),
    "contact_support": N_("Contact injixo support and attach the support bundle."),
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
    return f"{_CALM[verdict.data_flow](verdict, words)} {unasked(verdict, words)}".rstrip()


def unasked(verdict: Verdict, words: Words) -> str:
    """Return what it costs that Freshchat cannot be asked; empty while it can."""
    return words.text(_UNASKED[verdict.cause]) if verdict.cause in _UNASKED else ""


def hints(verdict: Verdict, words: Words) -> list[str]:
    """Return what is odd and claims no loss, a sentence each."""
    return [finding_sentence(finding, words) for finding in verdict.hints]


def advice(step: Step, words: Words) -> str:
    """Return what to do next."""
    return words.text(STEP_TEXTS[step])


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
    figures = {
        "expected": words.number(verdict.expected or 0),
        "since": words.moment(verdict.since),
        "received": words.number(verdict.received or 0),
    }
    if verdict.queues:
        told = N_(
            "The source queue {queue} is quieter than usual: expected {expected} contacts since {since}, "
            "got {received}."
        )
        return words.text(told, queue=", ".join(verdict.queues), **figures)
    return words.text(
        N_("It is quieter than usual: expected {expected} contacts since {since}, got {received}."), **figures
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
