"""Configuration status: do the Freshchat credentials work? It says nothing about data flow."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from data.chats import quarter_hour
from data.integrations import Configuration, ConfigurationReason, Integration
from services import integrations
from services.freshchat.client import FreshchatClient
from services.freshchat.errors import BrokenAnswer, FreshchatError, Garbled, Reason, Rejected, RetryLater
from services.system import System, needs

log = structlog.get_logger()

OPERATIONAL = "Freshchat accepts the API key."
GARBLED = (
    "The answer breaks off or is damaged, which says nothing against domain or API key. Try again later."
)
DETAILS: dict[Reason, tuple[Configuration, str]] = {
    "unauthorised": (
        "invalid_credentials",
        "Freshchat refuses the API key: it is wrong, or was replaced when somebody generated a new one. "
        "Copy the key that is valid now.",
    ),
    "forbidden": (
        "missing_scope",
        "The API key is valid but lacks a scope, as older ones do. An account administrator deletes it in "
        "Freshchat, generates a new one and enters it here.",
    ),
    "not_freshchat": (
        "not_freshchat",
        "The domain does not answer as Freshchat's API does; portals answer with a web page. Take the one that "
        'Freshchat shows as "Your chat URL", such as example.freshchat.com.',
    ),
    "no_key": ("invalid_credentials", "No Freshchat API key is stored. Enter it."),
    "unreadable_key": (
        "invalid_credentials",
        "The stored API key cannot be read: it was encrypted with another secret key. Enter it again.",
    ),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What Freshchat said to the Freshchat API key, and what to do about it."""

    configuration: Configuration
    detail: str
    reason: ConfigurationReason | None = None


@needs("admin", changes=True)
def check(system: System, integration_id: str) -> Checked:
    """Try the credentials now and remember the answer. Raises NotFound."""
    integration = system.integration(integration_id)
    found = _outcome(lambda: _try(system.freshchat(integration, attempts=1), system.clock()))
    integrations.note_configuration(system, integration_id, found.configuration, found.detail, found.reason)
    told = {"configuration": found.configuration}
    system.writer.write(
        lambda transaction: system.record(transaction, "credentials_checked", integration_id, after=told)
    )
    return found


def keep_checked(system: System, integration: Integration, now: datetime) -> None:  # noqa: ARG001 - an errand
    """Try credentials that nobody has tried yet: an admin who adds an integration over HTTP need not ask for it."""
    if integration.configuration is None and integration.freshchat_api_key is not None:
        check(system, integration.integration_id)


def note(system: System, integration: Integration, error: FreshchatError | None) -> None:
    """Remember what some other call has shown of the credentials: a refusal, or that they work after all.

    Only a change is written. A single call out of reach or not allowed says nothing about the credentials.
    """
    if isinstance(error, Rejected) and error.reason != "forbidden":
        found = Checked(*DETAILS[error.reason], error.reason)
    elif error is None and integration.configuration in (
        "invalid_credentials",
        "unreachable",
        "not_freshchat",
    ):
        found = Checked("operational", OPERATIONAL)
    else:
        return
    current = system.integration(integration.integration_id)
    # A key entered in the meantime is not what this answer was about.
    same = (current.freshchat_api_key, current.domain) == (integration.freshchat_api_key, integration.domain)
    if same and current.configuration != found.configuration:
        integrations.note_configuration(
            system, integration.integration_id, found.configuration, found.detail, found.reason
        )


def can_ask(integration: Integration) -> bool:
    """Tell whether it is worth while to ask for reports: older keys lack permissions that these do not need."""
    return integration.configuration in ("operational", "missing_scope")


def _try(client: FreshchatClient, now: datetime) -> None:
    """Ask for the account, and for an hour's figures, which need a permission of their own.

    Whether reports may be ordered shows when one is: each order counts against a small daily budget.
    """
    client.account_configuration()
    end = quarter_hour(now)
    with suppress(RetryLater, BrokenAnswer):  # says nothing against a key that the account was told to
        client.resolved_interactions(end - timedelta(hours=1), end, "1h")


def _outcome(ask: Callable[[], object]) -> Checked:
    try:
        ask()
    except Rejected as rejected:
        return Checked(*DETAILS[rejected.reason], rejected.reason)
    except BrokenAnswer as broken:
        log.warning("configuration_answer_not_understood", problem=str(broken))
        if isinstance(broken, Garbled):
            return Checked("unreachable", GARBLED, "garbled")
        # A host that answers this path with something else than an account is not Freshchat's API, unless it
        # speaks of an error as Freshchat does.
        if broken.code is None:
            return Checked("not_freshchat", f"{DETAILS['not_freshchat'][1]} ({broken})")
        return Checked("unreachable", f"Freshchat cannot tell now ({broken}). Try again later.")
    except FreshchatError as trouble:
        return Checked("unreachable", f"Freshchat cannot be reached now ({trouble}). Try again later.")
    return Checked("operational", OPERATIONAL)
