"""Calls that take long."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.call_pattern import CallPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "calls-slow",
    "A call to another service is slow",
    Severity.INFO,
    (FUNCTION,),
    CallPattern(("slow",), "{name} waits {seconds} s for {call} ({traces})"),
    when="a call takes half a second or more.",
    why="The customer waits as long, and the function is paid for waiting.",
    remedy="Ask for less (a page, a projection), nearer, or not in the request at all.",
    limits="At a small CPU share the SDK's own parsing counts as part of the call.",
    misleads="The function's duration does not say who took the time.",
)
