"""What an address of a broker looks like: `host:port`, a host of IPv6 in brackets."""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final, NamedTuple

_FORM: Final = re.compile(
    r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^\[\]:/@\s]+)):(?P<port>[0-9]{1,5})", re.ASCII
)


class Address(NamedTuple):
    """Where a broker listens."""

    host: str
    port: int


def read_address(text: str) -> Address | None:
    """Read one address, blanks around it allowed; None where it is none."""
    parts = _FORM.fullmatch(text.strip())
    if parts is None or not 1 <= int(parts["port"]) <= 65_535:
        return None
    if parts["ipv6"] is None:
        return Address(parts["host"], int(parts["port"]))
    try:
        IPv6Address(parts["ipv6"])
    except AddressValueError:
        return None
    return Address(parts["ipv6"], int(parts["port"]))


def read_addresses(text: str) -> list[Address]:
    """Read addresses with commas between them; those that are none are left out."""
    return [each for each in map(read_address, text.split(",")) if each is not None]
