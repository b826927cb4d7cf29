"""How far an integration is set up: what is stored tells it, so that leaving and coming back loses nothing."""

from typing import Literal, get_args

from services.watch.evidence import Evidence

SetUpStep = Literal["added", "key", "app", "contact"]
SET_UP_STEPS: tuple[SetUpStep, ...] = get_args(SetUpStep)
"""Added, an injixo API key made (or Freshchat's webhook used instead), the app heard, the first contact counted."""


def steps_done(evidence: Evidence) -> frozenset[SetUpStep]:
    """Return the steps that are done."""
    heard = any(key.last_used_at for key in evidence.keys) or evidence.last_webhook_at is not None
    contact = evidence.last_contact_resolved_at is not None
    facts: dict[SetUpStep, bool] = {
        "added": True,
        "key": bool(evidence.keys) or evidence.webhook,
        "app": heard or contact,
        "contact": contact,
    }
    return frozenset(step for step, done in facts.items() if done)


def next_step_of(done: frozenset[SetUpStep]) -> SetUpStep | None:
    """Return the first step that is not done, None when all are."""
    return next((step for step in SET_UP_STEPS if step not in done), None)
