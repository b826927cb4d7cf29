"""The FAQ of injixo's help page as a decision tree: is the key that the app uses still valid, and what then?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.watch import Incident
from services.causes import CAUSES, Question, Step
from services.contacts.table import unrecovered
from services.watch.evidence import Evidence
from services.watch.verdict import Verdict

QUESTIONS: tuple[Question, ...] = (
    "data_missing",
    "key_valid",
    "app_alive",
    "deliveries_taken",
    "other_queues_flow",
    "freshchat_answers",
)
LEAVES: dict[Question, tuple[bool, Step]] = {
    "data_missing": (False, "nothing_to_do"),
    "key_valid": (False, "paste_new_key"),
    "app_alive": (False, "check_app"),
    "deliveries_taken": (False, "paste_public_key"),
    "other_queues_flow": (True, "check_group"),
    "freshchat_answers": (False, "wait_for_freshchat"),
}
"""The answer that leaves the tree at a question, and the step it usually leads to."""

ABOUT_THE_APP: frozenset[Question] = frozenset({"key_valid", "app_alive"})


LOOKED_BACK = timedelta(days=30)
"""So long an outage that is over is something that is wrong with the data, while its contacts are not back."""


@dataclass(frozen=True, slots=True)
class Path:
    """The questions that were asked, each with its answer, and the step they lead to.

    ``leaves_at``: the question whose answer leaves the tree, None where all of them lead on to its end.
    """

    answers: tuple[tuple[Question, bool], ...]
    step: Step
    leaves_at: Question | None = None


def path(verdict: Verdict, not_asked: Collection[Question] = (), *, for_gap: Step | None = None) -> Path:
    """Walk the tree for this verdict. ``for_gap``: what to do about an earlier outage that left one."""
    if verdict.data_flow == "unknown":
        return Path((), "restart_stillwatch" if verdict.cause == "none" else CAUSES[verdict.cause].step)
    if verdict.data_flow == "paused":
        return Path((), "resume")
    leaves_at = _leaves_at(verdict)
    if leaves_at == "data_missing" and for_gap is not None:
        return Path((("data_missing", True),), for_gap if verdict.cause == "none" else _step(verdict))
    walked = []
    for question in QUESTIONS:
        leaving, _ = LEAVES[question]
        if question == leaves_at or question not in not_asked:
            walked.append((question, leaving if question == leaves_at else not leaving))
        if question == leaves_at:
            break
    return Path(tuple(walked), _step(verdict), leaves_at)


def step_for_gap(known: Sequence[Incident], now: datetime, *, has_api_key: bool) -> Step | None:
    """Return what to do about outages that are over and whose contacts are not all back; None where there are none."""
    left = [
        incident
        for incident in unrecovered(known)
        if incident.closed_at is not None
        and incident.closed_at > now - LOOKED_BACK
        and (incident.missed is None or incident.missed > incident.recovered)
    ]
    if not left:
        return None
    return "wait_for_fetching" if has_api_key else "save_freshchat_key"


def not_asked(evidence: Evidence) -> frozenset[Question]:
    """Return the questions that make no sense: about the app, where only Freshchat's webhook ever delivered."""
    used = any(key.last_used_at for key in evidence.keys)
    return ABOUT_THE_APP if evidence.webhook and not used else frozenset()


def _leaves_at(verdict: Verdict) -> Question | None:
    """Return the question whose answer leaves the tree, None where all of them lead on to its end.

    Whether data is missing, the verdict alone answers: why we cannot ask Freshchat does not bear on it.
    """
    waited_for = verdict.data_flow == "waiting" and verdict.cause != "none"
    if not verdict.broken and not waited_for:
        return "data_missing"
    if any(finding.source == "no_key_generated" for finding in verdict.findings):
        return "key_valid"
    facts = CAUSES[verdict.cause]
    return "other_queues_flow" if facts.vague and len(verdict.queues) == 1 else facts.found_by


def _step(verdict: Verdict) -> Step:
    if verdict.cause == "none":
        if verdict.broken:
            return "contact_support"
        return "keep_watching" if verdict.data_flow == "quieter_than_usual" else "nothing_to_do"
    told = (*verdict.findings, *verdict.hints)
    steps = (finding.step for finding in told if finding.cause == verdict.cause and finding.step)
    return next(steps, CAUSES[verdict.cause].step)
