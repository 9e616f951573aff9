"""`python -m tests.localcloud.standin_cloud --port N --state DIR`: MiniStack and our gateway among stand-ins."""

import os

from shopfast_obs.localcloud.__main__ import main
from tests.localcloud.standins import LEDGER, Ledger, factories

if __name__ == "__main__":
    if os.environ.get("STANDIN_FAILS"):
        raise SystemExit("this cloud does not start")
    main(lambda state: factories(Ledger(state / LEDGER)))
