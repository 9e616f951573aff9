"""The daemon's two doors: UDP for segments and TCP for sampling rules, on one number, as SDKs expect."""

from __future__ import annotations

import socket

ATTEMPTS = 50  # a free UDP port is another program's TCP port about once in a hundred times on a busy machine


def bound_pair(preferred: int | None) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket bound to one port of 127.0.0.1: the preferred one where both are free there, else any.
    Raises OSError when no port is found."""
    problem = OSError("no port is free for UDP and TCP")
    for port in ([preferred] if preferred else []) + [0] * ATTEMPTS:
        try:
            return _pair(port)
        except OSError as taken:
            problem = taken
    raise problem


def _pair(port: int) -> tuple[socket.socket, socket.socket]:
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not refused for connections that are closing
        tcp.bind(("127.0.0.1", port))
        udp.bind(tcp.getsockname())
        tcp.listen()
    except OSError:
        tcp.close()
        udp.close()
        raise
    return udp, tcp
