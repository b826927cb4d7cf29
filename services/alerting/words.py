"""The words of messages that no page says: what is told of, how it stands, why a channel fails."""

from data.alerts import AlertState, NotificationKind, NotificationState
from services.translation import N_, Words

STATE_NAMES: dict[AlertState, str] = {
    "confirmed_loss": N_("Loss confirmed by Freshchat"),
    "silent": N_("Silent"),
    "partial_loss": N_("Contacts are missing"),
    "one_queue": N_("One source queue is affected"),
    "refused_key": N_("A key is refused"),
    "freshchat_credentials": N_("Freshchat refuses the Freshchat API key"),
    "unknown": N_("The monitor itself is late or has failed"),
    "unsealed_day": N_("A day could not be sealed"),
}
"""What a channel may want to be told of."""

KIND_NAMES: dict[NotificationKind, str] = {
    "opened": N_("Alarm"),
    "changed": N_("More is known"),
    "reminder": N_("Reminder"),
    "closed": N_("All-clear"),
    "test": N_("Test"),
    "weekly": N_("Weekly report"),
}
NOTIFICATION_STATES: dict[NotificationState, str] = {
    "waiting": N_("Waiting"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Failed, is tried again"),
    "given_up": N_("Given up"),
    "superseded": N_("No longer needed"),
}
MONITOR: dict[str, str] = {
    "watcher_late": N_("The watcher has not run lately: nothing can be said about any data flow."),
    "evaluation_failed": N_("The data flow of an integration cannot be judged."),
    "clock_wrong": N_("Stillwatch's own clock is wrong: everything is kept, but nothing can be judged."),
    "own_outage": N_(
        "Stillwatch itself was not running or not reachable: nobody received what was sent in that time. What comes "
        "now is judged in a few minutes."
    ),
    "store_failing": N_("Stillwatch cannot keep what arrives."),
}
"""What is wrong with the monitor itself."""

FAILURES: dict[str, str] = {
    "unreachable": N_("it cannot be reached"),
    "sign_in": N_("it refuses user name or password"),
    "timeout": N_("it does not answer in time"),
    "interrupted": N_("Stillwatch ended while it was being sent"),
    "unreadable": N_(
        "its address cannot be read, because Stillwatch's own secret key was changed: enter it again"
    ),
    "not_sent": N_("it did not take the message"),
}
HTTP = "http_"


def failure_text(failure: str, words: Words) -> str:
    """Return why a channel failed, for the middle of a sentence."""
    if failure.startswith(HTTP):
        return words.text(N_("it answered with HTTP status {status}"), status=failure.removeprefix(HTTP))
    return words.text(FAILURES[failure])


REFUSALS = {
    "link_used": N_("This link has been used already; it works once."),
    "is_over": N_("It is over already: nothing needs to be done."),
    "link_old": N_("This link has ended: it works for seven days. A later message has a new one."),
    "long_reason": N_("Say it in 500 characters, and press the button again."),
    "no_reason": N_("Say why nothing is to be said of it, and press the button again."),
    "bad_silence": N_("Choose for how long nothing is to be said."),
}
"""Why an alert was not acknowledged or silenced, by link or on the page."""
