"""A network of one's own in which every address is here: whoever connects, connects to us.

    default route of IPv4 and IPv6 -> local, by the loopback device
    TCP to any address that is not loopback -> our listener, which asks the kernel for the address that was meant
    UDP: port 53 -> our name server, all else -> a socket that only notes it

There is no other device, so nothing can leave. The listeners are given to the supervisor, which lives outside.
"""

import socket
import subprocess

TCP, UDP, DNS, GATE = 60001, 60002, 53, 4873
_ROUTES = (
    ("link", "set", "lo", "up"),
    ("route", "add", "local", "default", "dev", "lo"),
    ("-6", "route", "add", "local", "default", "dev", "lo"),
)
_RULES = f"""
table inet lazaretto {{
  chain out {{
    type nat hook output priority -100;
    ip daddr 127.0.0.0/8 return
    ip6 daddr ::1 return
    meta l4proto tcp redirect to :{TCP}
    udp dport {DNS} redirect to :{DNS}
    meta l4proto udp redirect to :{UDP}
  }}
}}
"""


def listen(ip: str, nft: str) -> list[socket.socket]:
    """Set the network up and return the listeners: TCP, names and UDP over IPv4 and IPv6, then the firewall's place.

    Args:
        ip: path of iproute2's `ip`.
        nft: path of nftables' `nft`.

    Raises:
        OSError: the kernel refuses.
        subprocess.SubprocessError: one of the two programs fails.
    """
    for words in _ROUTES:
        subprocess.run([ip, *words], check=True, capture_output=True, timeout=10)  # noqa: S603 - our own words
    subprocess.run([nft, "-f", "-"], input=_RULES.encode(), check=True, capture_output=True, timeout=10)  # noqa: S603
    return [
        _socket(socket.AF_INET, socket.SOCK_STREAM, TCP),
        _socket(socket.AF_INET6, socket.SOCK_STREAM, TCP),
        _socket(socket.AF_INET, socket.SOCK_DGRAM, DNS),
        _socket(socket.AF_INET6, socket.SOCK_DGRAM, DNS),
        _socket(socket.AF_INET, socket.SOCK_DGRAM, UDP),
        _socket(socket.AF_INET6, socket.SOCK_DGRAM, UDP),
        _socket(socket.AF_INET, socket.SOCK_STREAM, GATE, "127.0.0.1"),
    ]


def _socket(family: socket.AddressFamily, kind: socket.SocketKind, port: int, host: str = "") -> socket.socket:
    made = socket.socket(family, kind)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind((host, port))
    if kind == socket.SOCK_STREAM:
        made.listen(128)
    return made
