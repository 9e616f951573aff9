"""The socket of a cloud. Whoever starts one opens it and hands it on."""

from __future__ import annotations

import socket


def listening(port: int) -> socket.socket:
    """A socket that listens on the port of 127.0.0.1, 0 for any free one; raises OSError where another program does."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that are closing do not count
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except BaseException:
        listener.close()
        raise
    return listener
