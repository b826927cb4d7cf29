"""The FAQ of injixo's help page as a decision tree: is the key that the app uses still valid, and what then?"""

from dataclasses import dataclass

from services.causes import CAUSES, Question, Step
from services.watch.verdict import Verdict

QUESTIONS: tuple[Question, ...] = (
    "data_missing",
    "key_valid",
    "app_alive",
    "other_queues_flow",
    "freshchat_answers",
)
LEAVES: dict[Question, tuple[bool, Step]] = {
    "data_missing": (False, "nothing_to_do"),
    "key_valid": (False, "paste_new_key"),
    "app_alive": (False, "check_app"),
    "other_queues_flow": (True, "check_group"),
    "freshchat_answers": (False, "wait_for_freshchat"),
}
"""The answer that leaves the tree at a question, and the step it usually leads to."""


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
    leaves_at = _leaves_at(verdict)
    walked = []
    for question in QUESTIONS:
        leaving, _ = LEAVES[question]
        walked.append((question, leaving if question == leaves_at else not leaving))
        if question == leaves_at:
            break
    return Path(tuple(walked), _step(verdict, leaves_at))


def _leaves_at(verdict: Verdict) -> Question | None:
    """Return the question whose answer leaves the tree, None where all of them lead on to support."""
    if not verdict.broken and verdict.cause in ("none", "freshchat_unreachable"):
        return "data_missing"
    return CAUSES[verdict.cause].found_by


def _step(verdict: Verdict, leaves_at: Question | None) -> Step:
    if leaves_at is None:
        return "contact_support"
    if leaves_at == "data_missing":
        return "keep_watching" if verdict.data_flow == "quieter_than_usual" else "nothing_to_do"
    step = CAUSES[verdict.cause].step
    if step == "paste_new_key" and any(finding.source == "key_never_used" for finding in verdict.findings):
        return "paste_waiting_key"
    return step
