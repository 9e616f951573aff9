"""Functions that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.unwatched import unwatched
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = unwatched(
    "lambda-no-alarm",
    "No alarm watches the function's errors",
    Severity.MEDIUM,
    FUNCTION,
    ("Errors",),
    says="{name} has no alarm on its errors: alarms watch {watched}",
    dimension="FunctionName",
    why="The first to notice a failure is then a customer.",
    limits="An alarm in another product is not seen. An alarm on the sum over all functions does not count.",
)
