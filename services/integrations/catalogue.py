"""What can be integrated: vendors and their models. Adding a model is an entry here and a module that asks for it.

A supported model's module is ``pages/models/<slug>.py``; its ``add`` draws the form.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.translation import N_


@dataclass(frozen=True, slots=True)
class Model:
    """One product of a vendor, and what it would bring."""

    slug: str
    name: str
    brings: str
    supported: bool = False


@dataclass(frozen=True, slots=True)
class Vendor:
    slug: str
    name: str
    models: tuple[Model, ...]

    @property
    def supported(self) -> bool:
        return any(model.supported for model in self.models)


CATALOGUE: tuple[Vendor, ...] = (
    Vendor(
        "freshworks",
        "Freshworks",
        (
            Model(
                "freshchat",
                "Freshchat",
                N_("One contact for each resolved chat, one source queue for each group."),
                supported=True,
            ),
            Model("freshdesk", "Freshdesk", N_("One contact for each new ticket and each reply.")),
            Model("freshcaller", "Freshdesk Contact Center", N_("Calls and the status of agents.")),
        ),
    ),
    Vendor("8x8", "8x8", (Model("contact_center", "Contact Center", N_("Calls and the status of agents.")),)),
    Vendor("genesys", "Genesys", (Model("cloud", "Genesys Cloud", N_("Calls, e-mails and chats.")),)),
    Vendor("zendesk", "Zendesk", (Model("support", "Zendesk Support", N_("Tickets and their changes.")),)),
)


def vendor(slug: str | None) -> Vendor | None:
    return next((vendor for vendor in CATALOGUE if vendor.slug == slug), None)


def model(slug: str | None) -> Model | None:
    """Return the supported model of this name."""
    return next((model for model in supported_models() if model.slug == slug), None)


def supported_models() -> Iterator[Model]:
    return (model for vendor in CATALOGUE for model in vendor.models if model.supported)
