"""This machine's addresses in numbers, on the networks at home: names that end in `.local` many phones cannot
find. Nothing is sent for it: the system is asked which address it would send from.

    addresses()         ["192.168.1.20", "fd12:3456::20"]       the likeliest first
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import socket
from pathlib import Path

_AT_HOME = tuple(
    ipaddress.ip_network(network)
    for network in ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "169.254.0.0/16", "fc00::/7")
)
"""RFC 1918, 3927 and 4193. What begins with fe80 means another machine on every network, and is no address
that a phone could be shown."""
_ELSEWHERE = (
    ("192.0.2.1", socket.AF_INET),  # nobody's: the way out of the home
    ("192.168.255.254", socket.AF_INET),
    ("10.255.255.254", socket.AF_INET),
    ("172.31.255.254", socket.AF_INET),
    ("2001:db8::1", socket.AF_INET6),  # nobody's, too
    ("fd00::1", socket.AF_INET6),
)
_DISCARD = 9
_KERNEL = Path("/proc/net")


def addresses() -> list[str]:
    """The addresses by which a phone at home reaches this machine; none where it is on no such network."""
    found = [*_sent_from(), *_listed()]
    return list(dict.fromkeys(address for address in found if is_at_home(address)))


def is_at_home(address: str) -> bool:
    """Is it an address of a home's own network? Written as one writes it."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(read in network for network in _AT_HOME)


def plain_address(address: str) -> str:
    """The address, always written the same; one of IPv4 within IPv6 as that of IPv4. "" where it is none."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(read, "ipv4_mapped", None) or read)


def is_this_machine(address: str) -> bool:
    """Does it ask from this machine itself?"""
    plain = plain_address(address)
    return bool(plain) and ipaddress.ip_address(plain).is_loopback


def in_url(address: str, port: int) -> str:
    """`http://192.168.1.20:8000`, or with brackets around an address of IPv6."""
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"


def _sent_from() -> list[str]:
    found = []
    for there, family in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as door:
            door.connect((there, _DISCARD))  # of a datagram socket: it remembers whereto, and sends nothing
            found.append(plain_address(door.getsockname()[0]))
    return found


def _listed() -> list[str]:
    """All addresses, from the kernel's own lists; other systems than Linux have no such files."""
    found = []
    with contextlib.suppress(OSError):
        lines = (_KERNEL / "fib_trie").read_text("ascii", "replace").splitlines()
        for above, line in itertools.pairwise(lines):
            if "/32 host LOCAL" in line:
                found.append(plain_address(above.split()[-1]))
    with contextlib.suppress(OSError):
        for line in (_KERNEL / "if_inet6").read_text("ascii", "replace").splitlines():
            digits = line.split()[0]
            if len(digits) == 32:
                found.append(plain_address(":".join(digits[at : at + 4] for at in range(0, 32, 4))))
    return found
