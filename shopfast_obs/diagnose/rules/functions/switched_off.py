"""Functions that nobody can call."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-switched-off",
    "Reserved concurrency is 0",
    Severity.HIGH,
    (FUNCTION,),
    Property(
        "ReservedConcurrentExecutions",
        lambda value: value is None or number(value) != 0,
        "{name} is switched off: its reserved concurrency is 0, every call is refused",
        declared=True,
    ),
    when="ReservedConcurrentExecutions is 0.",
    why="Zero is how Lambda is told to run a function never; it is set in an emergency and forgotten.",
    remedy="Remove the reservation, or set what the function needs.",
    limits="Where more than a hundred functions are of no stack, their reservations are not asked for.",
    misleads="The function itself has no errors and no log lines: it does not run.",
)
