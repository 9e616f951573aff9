"""`python -m tests.localcloud.standin_cloud PORT STATE`: MiniStack behind our gateway, with stand-ins for all other parts."""

from __future__ import annotations

import sys
from pathlib import Path

from shopfast_obs.localcloud.server import serve
from tests.localcloud.standins import LEDGER, Ledger, factories

if __name__ == "__main__":
    state = Path(sys.argv[2])
    state.mkdir(parents=True, exist_ok=True)
    serve(int(sys.argv[1]), state, "us-east-1", factories(Ledger(state / LEDGER)))
