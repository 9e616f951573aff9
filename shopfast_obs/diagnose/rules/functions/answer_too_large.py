"""Answers that Lambda does not pass on."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.log_pattern import LogPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-answer-too-large",
    "The function's answer is too large",
    Severity.HIGH,
    (FUNCTION,),
    LogPattern(
        # Lambda answers the caller with the first two; what it writes into the log is the runtime client's third.
        r"Function\.ResponseSizeTooLarge|Response payload size (?:\(\d+ bytes\) )?exceeded"
        r"|Failed to post handler success response\. Http response code: 413",
        "{name} answers with more than the 6 MB that Lambda passes on, {times} ({share} of its invocations)",
    ),
    when="its log has ResponseSizeTooLarge, or that the runtime failed to post the response (code 413).",
    why="The work is done and paid for, and the caller gets an error.",
    remedy="Page the answer, project the fields, stream it (up to 200 MB, through Function URLs and REST APIs), or put "
    "it into S3 and answer with a link.",
    limits="Only answers that were too large already; how near the others are is not in the log.",
    misleads="The handler ran to its end without an error.",
)
