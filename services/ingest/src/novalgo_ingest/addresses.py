"""Which address a request came from, and whether it may send alerts.  Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_WITH_PORT = re.compile(r"^(?:\[([^\]]*)\]|([0-9.]+):[0-9]+)(?::[0-9]+)?$")
_ELEMENT = re.compile(r'(?:[^,"]|"[^"]*")+')
_FOR = re.compile(r'(?:^|;)\s*for=("[^"]*"|[^;\s]*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a request tells of where it came from."""

    peer: str | None
    """The other end of the connection."""
    x_forwarded_for: Sequence[str] = ()
    """The headers of that name, in their order."""
    forwarded: Sequence[str] = ()
    """The same, of RFC 7239."""
    certificate: str | None = None
    """The subject of the client's certificate, where TLS ends here and it showed one."""


def origin_of(scope: Mapping[str, Any]) -> Origin:
    """Return what an ASGI request tells of it."""
    client = scope.get("client")
    headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
    tls = scope.get("extensions", {}).get("tls", {})
    return Origin(
        peer=client[0] if client else None,
        x_forwarded_for=_values(headers, b"x-forwarded-for"),
        forwarded=_values(headers, b"forwarded"),
        certificate=tls.get("client_cert_name"),
    )


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for own, value in headers if own == name]


def client_address(origin: Origin, trusted_proxies: Iterable[Network]) -> Address | None:
    """Return the address that sent the request; None where it cannot be known.

    Anybody can write such headers, so a hop counts only where the hop that reported it is a
    trusted proxy: the rightmost untrusted one is the client.  A proxy writes one of the two
    headers and may pass the other on as it came, so that where both are there they must agree.
    """
    trusted = tuple(trusted_proxies)
    told = [hops for hops in (_x_forwarded_for(origin), _forwarded(origin)) if hops]
    found = {_rightmost_untrusted(origin.peer or "", hops, trusted) for hops in told or [[]]}
    return found.pop() if len(found) == 1 else None


def _rightmost_untrusted(peer: str, hops: list[str], trusted: Sequence[Network]) -> Address | None:
    address = parse_address(peer)
    while hops and address is not None and is_in(address, trusted):
        address = parse_address(hops.pop())
    return address


def _x_forwarded_for(origin: Origin) -> list[str]:
    return [hop for header in origin.x_forwarded_for for hop in header.split(",")]


def _forwarded(origin: Origin) -> list[str]:
    """Return the `for` of each hop; a hop without one cannot be an address."""
    hops = [hop for header in origin.forwarded for hop in _ELEMENT.findall(header)]
    return [found[1].strip('"') if (found := _FOR.search(hop)) else "" for hop in hops if hop]


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=1024)
def parse_address(text: str) -> Address | None:
    """Return the address, which may stand with a port; None where it is none."""
    text = text.strip()
    with_port = _WITH_PORT.match(text)
    try:
        address = ip_address(with_port[1] or with_port[2] if with_port else text)
    except ValueError:
        return None
    # A socket that listens on IPv6 shows IPv4 clients in this form.
    return getattr(address, "ipv4_mapped", None) or address
