"""Addresses as browsers, people and sockets write them."""

from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

USUAL_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return scheme, host and port as a browser writes them: lower case, no usual port, no umlauts."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    port = "" if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{in_url(host)}{port}"


def host_and_port(url: str) -> tuple[str, int | None]:
    """Return the host, an IPv6 address in brackets, and the port, also the usual one."""
    parts = urlsplit(url)
    return in_url(parts.hostname or ""), parts.port or USUAL_PORTS.get(parts.scheme)


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def lowered(name: str) -> str:
    """Return somebody's address without its capitals. A sign that only looks like a letter of ASCII does not become one
    (the Kelvin sign's small letter is k): it would be another person's address then."""
    return "".join(
        sign.lower() if sign.isascii() or not sign.lower().isascii() else sign for sign in name.strip()
    )


def network_of(host: str) -> str:
    """Return what stands for one caller: the address, or of IPv6 the network that one line is given."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, 64), strict=False))
    return str(address)
