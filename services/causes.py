"""Causes of a broken data flow: everything that the rest of the house knows of one stands in its row here.

A new cause is a row, its spelling in ``data.watch.Cause``, a rule in ``services.watch.findings`` that finds it,
and its German words.
"""

from dataclasses import dataclass
from typing import Literal

from data.watch import Cause, DataFlow
from services.translation import N_

__all__ = [
    "ABOUT_FRESHCHAT",
    "BROKEN",
    "CAUSES",
    "OUR_OWN",
    "STRENGTH",
    "Cause",
    "CauseFacts",
    "DataFlow",
    "Question",
    "Step",
]

Question = Literal[
    "data_missing", "key_valid", "app_alive", "deliveries_taken", "other_queues_flow", "freshchat_answers"
]
Step = Literal[
    "nothing_to_do",
    "keep_watching",
    "resume",
    "restart_stillwatch",
    "wait_for_fetching",
    "set_clock",
    "mend_store",
    "generate_key",
    "install_app",
    "paste_new_key",
    "paste_waiting_key",
    "check_app",
    "paste_public_key",
    "correct_webhook_address",
    "switch_webhook_on",
    "check_proxy",
    "fetch_missing",
    "check_group",
    "renew_freshchat_key",
    "save_freshchat_key",
    "wait_for_freshchat",
    "contact_support",
]


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """What follows from a cause.

    ``name``: in a reader's words. ``found_by``: the FAQ's question at which it leaves the tree, None for none.
    ``step``: what usually mends it; a finding may know better. ``mended_by_events``: over when events come again;
    of others only figures can tell. ``figures_alone``: only statistics or the probe speak for it. ``vague``: names
    nothing that could be mended, and gives way to any cause that does.
    """

    name: str
    found_by: Question | None
    step: Step
    mended_by_events: bool = False
    figures_alone: bool = False
    vague: bool = False


CAUSES: dict[Cause, CauseFacts] = {
    "key_revoked": CauseFacts(
        N_("The app uses an injixo API key that was revoked"),
        "key_valid",
        "paste_new_key",
        mended_by_events=True,
    ),
    "key_expired": CauseFacts(
        N_("The app uses an injixo API key that has expired"),
        "key_valid",
        "paste_new_key",
        mended_by_events=True,
    ),
    "key_unknown": CauseFacts(
        N_("The app uses an injixo API key that Stillwatch does not know"),
        "key_valid",
        "paste_new_key",
        mended_by_events=True,
    ),
    "key_not_installed": CauseFacts(
        N_("A new injixo API key was generated, but the app still has the old one"),
        "key_valid",
        "paste_new_key",
        mended_by_events=True,
    ),
    "heartbeat_missing": CauseFacts(
        N_("The injixo app gives no sign of life"), "app_alive", "check_app", mended_by_events=True
    ),
    "app_not_installed": CauseFacts(
        N_("The injixo app is not installed"), "app_alive", "install_app", mended_by_events=True
    ),
    "webhook_refused": CauseFacts(
        N_("Freshchat's webhook is turned away"),
        "deliveries_taken",
        "paste_public_key",
        mended_by_events=True,
    ),
    "events_not_understood": CauseFacts(
        N_("Deliveries arrive that Stillwatch cannot read"),
        "deliveries_taken",
        "contact_support",
        mended_by_events=True,
    ),
    "own_outage": CauseFacts(
        N_("Stillwatch itself was not running or not reachable"), None, "wait_for_fetching"
    ),
    "clock_wrong": CauseFacts(N_("Stillwatch's own clock is wrong"), None, "set_clock"),
    "store_failing": CauseFacts(N_("Stillwatch cannot keep what arrives"), None, "mend_store"),
    "queue_gone": CauseFacts(
        N_("One group was renamed, deleted or is no longer reported"),
        "other_queues_flow",
        "check_group",
        figures_alone=True,
    ),
    "freshchat_credentials": CauseFacts(
        N_("Freshchat refuses the Freshchat API key"), "freshchat_answers", "renew_freshchat_key"
    ),
    "freshchat_unreachable": CauseFacts(
        N_("Freshchat cannot be reached"), "freshchat_answers", "wait_for_freshchat"
    ),
    "key_valid_contact_support": CauseFacts(
        N_("The key is valid, and the cause lies elsewhere"),
        None,
        "contact_support",
        figures_alone=True,
        vague=True,
    ),
    "none": CauseFacts(N_("No cause for concern"), None, "nothing_to_do", vague=True),
}

ABOUT_FRESHCHAT: frozenset[Step] = frozenset(
    {"renew_freshchat_key", "save_freshchat_key", "wait_for_freshchat"}
)
"""Steps that mend how we ask Freshchat, not how contacts come."""

OUR_OWN: frozenset[Cause] = frozenset({"own_outage", "store_failing"})
"""Causes that are ours: in such an outage nobody received, or kept, what was sent."""

STRENGTH: dict[DataFlow, int] = {"partial_loss": 1, "silent": 2, "confirmed_loss": 3}
"""The states in which contacts are lost, the better proven the higher."""

BROKEN: frozenset[DataFlow] = frozenset(STRENGTH)
