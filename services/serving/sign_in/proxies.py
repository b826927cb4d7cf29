"""What a proxy says of its visitor is believed from the proxies that are set, and thrown away from everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

TOLD = "stillwatch.told"
"""Where the scope keeps whom a trusted proxy names."""
OF_PROXIES = (b"x-forwarded-user", b"x-forwarded-roles")


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a trusted proxy names, and their roles."""

    name: str
    roles: tuple[str, ...]


class Proxies:
    """ASGI middleware. ``proxies``: addresses and networks."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        self._app = app
        self._networks = [ip_network(proxy) for proxy in proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        changed = dict(scope)
        if scope["client"] and self._trusted(scope["client"][0]):
            changed["client"] = (self._visitor(scope["client"][0], headers), 0)
            names = headers.getlist("x-forwarded-user")
            if len(names) == 1 and names[0].strip():
                roles = ",".join(headers.getlist("x-forwarded-roles")).replace(";", ",").split(",")
                changed[TOLD] = Told(_utf8(names[0]).strip(), tuple(_utf8(role).strip() for role in roles))
        changed["headers"] = [header for header in scope["headers"] if header[0].lower() not in OF_PROXIES]
        await self._app(changed, receive, send)

    def _visitor(self, peer: str, headers: Headers) -> str:
        """Return the last address of the way here that is no proxy of ours: what stands before it anybody can write."""
        way = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed([hop.strip() for hop in way if hop.strip()]):
            if _address(hop) is None:
                break
            peer = hop
            if not self._trusted(hop):
                break
        return peer

    def _trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._networks)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if isinstance(mapped, IPv4Address) else address


def _utf8(text: str) -> str:
    """Return a header's text: Starlette reads Latin-1, proxies write UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
