"""What can be integrated: vendors and their products. A new one is an entry here and a module that asks for it.

A supported product's module is ``pages/products/<slug>.py``; its ``add`` draws the form. injixo's interface says
"model" for it, and so do ours and its addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.translation import N_


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a vendor, and what it would bring."""

    slug: str
    name: str
    brings: str
    supported: bool = False


@dataclass(frozen=True, slots=True)
class Vendor:
    slug: str
    name: str
    products: tuple[Product, ...]

    @property
    def supported(self) -> bool:
        return any(product.supported for product in self.products)


CATALOGUE: tuple[Vendor, ...] = (
    Vendor(
        "freshworks",
        "Freshworks",
        (
            Product(
                "freshchat",
                "Freshchat",
                N_("One contact for each resolved chat, one source queue for each group."),
                supported=True,
            ),
            Product("freshdesk", "Freshdesk", N_("One contact for each new ticket and each reply.")),
            Product("freshcaller", "Freshdesk Contact Center", N_("Calls and the status of agents.")),
        ),
    ),
    Vendor(
        "8x8", "8x8", (Product("contact_center", "Contact Center", N_("Calls and the status of agents.")),)
    ),
    Vendor("genesys", "Genesys", (Product("cloud", "Genesys Cloud", N_("Calls, e-mails and chats.")),)),
    Vendor("zendesk", "Zendesk", (Product("support", "Zendesk Support", N_("Tickets and their changes.")),)),
)


def vendor(slug: str | None) -> Vendor | None:
    return next((vendor for vendor in CATALOGUE if vendor.slug == slug), None)


def product(slug: str | None) -> Product | None:
    """Return the supported product of this name."""
    return next((product for product in supported_products() if product.slug == slug), None)


def supported_products() -> Iterator[Product]:
    return (product for vendor in CATALOGUE for product in vendor.products if product.supported)
