"""The FAQ of injixo's help page as a decision tree: is the key that the app uses still valid, and what then?"""

from dataclasses import dataclass
from typing import Literal

from services.watch.states import Cause
from services.watch.verdict import Verdict

Question = Literal["data_missing", "key_valid", "app_alive", "other_queues_flow", "freshchat_answers"]
Step = Literal[
    "nothing_to_do",
    "keep_watching",
    "resume",
    "restart_stillwatch",
    "install_app",
    "paste_new_key",
    "paste_waiting_key",
    "check_app",
    "check_group",
    "renew_freshchat_key",
    "wait_for_freshchat",
    "contact_support",
]

QUESTIONS: tuple[Question, ...] = (
    "data_missing",
    "key_valid",
    "app_alive",
    "other_queues_flow",
    "freshchat_answers",
)
KEY_CAUSES: frozenset[Cause] = frozenset({"key_revoked", "key_expired", "key_unknown", "key_not_installed"})
# The answer that leaves the tree at a question, and the step it leads to.
LEAVES: dict[Question, tuple[bool, Step]] = {
    "data_missing": (False, "nothing_to_do"),
    "key_valid": (False, "paste_new_key"),
    "app_alive": (False, "check_app"),
    "other_queues_flow": (True, "check_group"),
    "freshchat_answers": (False, "wait_for_freshchat"),
}


@dataclass(frozen=True, slots=True)
class Path:
    """The questions that were asked, each with its answer, and the step they lead to."""

    answers: tuple[tuple[Question, bool], ...]
    step: Step


def path(verdict: Verdict) -> Path:
    """Walk the tree for this verdict."""
    if verdict.data_flow == "unknown":
        return Path((), "restart_stillwatch")
    if verdict.data_flow == "paused":
        return Path((), "resume")
    cause = verdict.cause
    answers: dict[Question, bool] = {
        "data_missing": verdict.broken or cause not in ("none", "freshchat_unreachable"),
        "key_valid": cause not in KEY_CAUSES,
        "app_alive": cause not in ("heartbeat_missing", "app_not_installed"),
        "other_queues_flow": cause == "queue_gone",
        "freshchat_answers": cause not in ("freshchat_credentials", "freshchat_unreachable"),
    }
    walked = []
    for question in QUESTIONS:
        walked.append((question, answers[question]))
        leaving, step = LEAVES[question]
        if answers[question] == leaving:
            return Path(tuple(walked), _precise(step, verdict))
    return Path(tuple(walked), "contact_support")


def _precise(step: Step, verdict: Verdict) -> Step:
    if step == "nothing_to_do" and verdict.data_flow == "quieter_than_usual":
        return "keep_watching"
    if verdict.cause == "app_not_installed":
        return "install_app"
    if verdict.cause == "freshchat_credentials":
        return "renew_freshchat_key"
    if step == "paste_new_key" and any(finding.source == "key_never_used" for finding in verdict.findings):
        return "paste_waiting_key"
    return step
