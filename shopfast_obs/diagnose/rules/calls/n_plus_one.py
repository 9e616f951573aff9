"""The same call once an item."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.call_pattern import CallPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "calls-one-by-one",
    "A call is made once an item (N+1)",
    Severity.MEDIUM,
    (FUNCTION,),
    CallPattern(
        ("n_plus_one",), "{name} makes {calls} calls of {call} one after another, {seconds} s a request ({traces})"
    ),
    when="a trace has the same call five times or more in a row, and together they cost something.",
    why="The answer gets slower with every item, and every call is paid for.",
    remedy="One call for all of them (a batch, a query), or at least several at a time.",
    limits="Only what the traces show: an SDK that is not patched makes calls that nobody sees.",
    misleads="Each single call is fast; only their number is slow.",
)
