"""Which address a request came from, and whether it may send alerts.  Pure."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


def client_address(
    peer: str | None, forwarded_for: Sequence[str], trusted_proxies: Iterable[Network]
) -> Address | None:
    """Return the address that sent the request; None where it cannot be known.

    `forwarded_for` are the X-Forwarded-For headers.  Anybody can write one, so a hop counts only
    where the hop that reported it is a trusted proxy: the rightmost untrusted one is the client.
    """
    trusted = tuple(trusted_proxies)
    address = _parse(peer or "")
    hops = [hop for header in forwarded_for for hop in header.split(",")]
    while hops and address is not None and is_in(address, trusted):
        address = _parse(hops.pop())
    return address


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A socket that listens on IPv6 shows IPv4 clients in this form.
    return getattr(address, "ipv4_mapped", None) or address
