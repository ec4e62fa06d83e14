"""Networks that an operator names, such as `127.0.0.0/8, ::1`."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from seuil.model.errors import UsageError

Network = IPv4Network | IPv6Network
_ONE_CUSTOMER = 64  # bits of an IPv6 address: whoever has one has all that begin so


def read_networks(text: str, setting: str) -> tuple[Network, ...]:
    """The networks of a list with commas between. Raises UsageError that names the setting."""
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise UsageError(f"{setting}: {error}; expected addresses and networks such as 127.0.0.1, 10.0.0.0/8") from None


def is_in(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of the networks. What is no address is in none."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


@lru_cache(maxsize=4096)
def client_key(address: str) -> str:
    """One key for all addresses that a client has at will."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _ONE_CUSTOMER), strict=False))
    return address


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
