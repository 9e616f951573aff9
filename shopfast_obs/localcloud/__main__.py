"""`python -m shopfast_obs.localcloud --state DIR` is the cloud's process."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable
from pathlib import Path

from shopfast_obs.localcloud.components import Factories
from shopfast_obs.localcloud.gateway.listener import listening
from shopfast_obs.localcloud.protocol.routing import DEFAULT_REGION
from shopfast_obs.localcloud.server import serve


def main(factories: Callable[[Path], Factories] | None = None) -> None:
    """Serve until the process is told to end; `factories` makes other parts for a state folder."""
    parser = argparse.ArgumentParser(prog="shopfast_obs.localcloud", description="The local cloud, in the foreground.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="where to listen")
    where.add_argument("--listener", type=int, metavar="FD", help="a socket that listens already, and is handed on")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--region", default=DEFAULT_REGION)
    parser.add_argument("--libraries", type=Path, metavar="DIR", help="the packages of Lambda's runtime")
    arguments = parser.parse_args()
    state = arguments.state.resolve()
    given = arguments.listener
    listener = listening(arguments.port) if given is None else socket.socket(fileno=given)
    listener.set_inheritable(False)
    serve(listener, state, arguments.region, arguments.libraries, factories(state) if factories else None)


if __name__ == "__main__":
    main()
