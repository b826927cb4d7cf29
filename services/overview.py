"""All integrations at a glance, the worst first: the landing page's content."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.integrations import Integration
from data.turn import Turn
from data.watch import Incident
from services.causes import DataFlow
from services.contacts.table import ContactTable
from services.contacts.today import Today, today_of
from services.sealing.days import is_sealed
from services.set_up import SetUpStep, steps_done
from services.system import Damaged, System, needs
from services.watch.data_flow import Freshness, freshness

Order = Literal["worst", "name", "contacts"]
ORDERS: tuple[Order, ...] = ("worst", "name", "contacts")

WORST_FIRST: tuple[DataFlow, ...] = (
    "confirmed_loss",
    "silent",
    "partial_loss",
    "unknown",
    "quieter_than_usual",
    "waiting",
    "learning",
    "nothing_expected",
    "receiving",
    "paused",
)
CALM: frozenset[DataFlow] = frozenset({"receiving", "nothing_expected", "learning", "paused"})
WRONG_CONFIGURATION = frozenset({"invalid_credentials", "missing_scope", "not_freshchat"})


@dataclass(frozen=True, slots=True)
class Glance:
    """One integration. ``today``: None while no contact was ever counted.

    ``sealed`` of the ``over`` days that are over of the last 30 equal Freshchat's figures.
    """

    shown: Freshness
    today: Today | None
    sealed: int
    over: int
    set_up: frozenset[SetUpStep]

    @property
    def integration(self) -> Integration:
        return self.shown.integration

    @property
    def calm(self) -> bool:
        """Whether nobody needs to look at it now."""
        return self.shown.verdict.data_flow in CALM and not self.misconfigured

    @property
    def misconfigured(self) -> bool:
        """Whether Freshchat cannot be asked until somebody changes something."""
        return self.integration.configuration in WRONG_CONFIGURATION


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that goes on, and the integration that it befell."""

    glance: Glance
    incident: Incident


@dataclass(frozen=True, slots=True)
class Overview:
    """All integrations that are not deleted. ``unreadable``: what is stored of them cannot be read."""

    glances: list[Glance]
    unreadable: list[Integration]

    @property
    def open_incidents(self) -> list[OpenIncident]:
        """The incidents that go on, the one that began first on top."""
        found = [
            OpenIncident(glance, incident)
            for glance in self.glances
            for incident in glance.shown.assessment.incidents
            if incident.closed_at is None and not incident.false_alarm
        ]
        return sorted(found, key=lambda each: each.incident.opened_at)


@needs("supervisor")
def overview(
    system: System, now: datetime, *, weekdays_before: Callable[[str], Sequence[ContactTable]]
) -> Overview:
    """Look at every integration. ``weekdays_before``: see services.contacts.today; whoever asks often remembers them.

    Raises StoreUnavailable.
    """
    glances, unreadable = [], []
    active = system.directory.active()
    turn = Turn(system.database, [integration.integration_id for integration in active])
    for integration in active:
        try:
            shown = freshness(system, integration.integration_id, turn)
            today = today_of(system, integration, weekdays_before(integration.integration_id), now)
        except Damaged:
            unreadable.append(integration)
        else:
            glances.append(glance(shown, today))
    return Overview(glances, unreadable)


def glance(shown: Freshness, today: Today | None) -> Glance:
    over = [seal for seal in shown.seals if seal.state != "open"]
    return Glance(shown, today, sum(map(is_sealed, over)), len(over), steps_done(shown.assessment.evidence))


def in_order(glances: Iterable[Glance], order: Order) -> list[Glance]:
    """Return the integrations in this order; those alike by name."""
    keys: dict[Order, Callable[[Glance], tuple[float, ...]]] = {
        "worst": lambda each: (_badness(each), -_lateness(each)),
        "name": lambda _: (),
        "contacts": lambda each: (-each.today.so_far if each.today else 0,),
    }
    by_name = sorted(glances, key=lambda each: each.integration.name.casefold())
    return sorted(by_name, key=keys[order])


def matching(glances: Iterable[Glance], text: str) -> list[Glance]:
    """Return the integrations whose name or domain holds every word of the text."""
    return [each for each in glances if is_named(each.integration, text)]


def is_named(integration: Integration, text: str) -> bool:
    """Tell whether the name or the domain holds every word of the text."""
    known = f"{integration.name} {integration.domain}".casefold()
    return all(word in known for word in text.casefold().split())


def _badness(each: Glance) -> int:
    """Return the place in the order of badness; wrong credentials keep no contact away, but somebody must act."""
    place = WORST_FIRST.index(each.shown.verdict.data_flow)
    return min(place, WORST_FIRST.index("quieter_than_usual")) if each.misconfigured else place


def _lateness(each: Glance) -> float:
    """Return for how long something has been wrong, in seconds."""
    since = each.shown.since
    return 0.0 if each.calm or since is None else (each.shown.assessment.evidence.now - since).total_seconds()
