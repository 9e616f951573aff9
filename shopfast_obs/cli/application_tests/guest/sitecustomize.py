"""Loaded by the application's Python at its start: imports come from the copy, and no connection leaves the machine."""

import os
import socket
import sys

ORIGINAL = os.environ.get("SHOPFAST_OBS_PROOF_ORIGINAL", "")
COPY = os.environ.get("SHOPFAST_OBS_PROOF_COPY", "")
NEAR = ("127.", "localhost", "::1", "0.0.0.0")  # noqa: S104 - compared, not bound


def copied(path):
    """The path in the copy, for one in the original."""
    inside = path == ORIGINAL or path.startswith(ORIGINAL + os.sep)
    inner = path[len(ORIGINAL) :].lstrip(os.sep) if inside else ""
    moved = os.path.join(COPY, inner) if inner else COPY
    return moved if inside and os.path.exists(moved) else path


def redirect():
    """An editable installation names the original; what is imported must be the copy."""
    sys.path[:] = [copied(path) for path in sys.path]
    for finder in sys.meta_path:
        module = sys.modules.get(getattr(finder, "__module__", ""), None)
        mapping = getattr(module, "MAPPING", None)
        if isinstance(mapping, dict):
            mapping.update({name: copied(path) for name, path in mapping.items() if isinstance(path, str)})


def guarded(connect):
    """The socket method, for addresses of this machine only."""

    def near(self, address, *rest):
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(NEAR):
            raise OSError("no network while tests are compared")
        return connect(self, address, *rest)

    return near


def resolving(getaddrinfo):
    """Names of other machines are not looked up."""

    def near(host, *rest, **named):
        text = host.decode() if isinstance(host, bytes) else host
        if text and not text.startswith(NEAR) and text != socket.gethostname():
            raise socket.gaierror(socket.EAI_NONAME, "no network while tests are compared")
        return getaddrinfo(host, *rest, **named)

    return near


if ORIGINAL:
    redirect()
    socket.socket.connect = guarded(socket.socket.connect)
    socket.socket.connect_ex = guarded(socket.socket.connect_ex)
    socket.getaddrinfo = resolving(socket.getaddrinfo)
