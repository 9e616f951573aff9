"""Function URLs that anyone may call."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION_URL

RULE = Rule(
    "url-open",
    "A Function URL needs no sign-in",
    Severity.INFO,
    (FUNCTION_URL,),
    Property(
        "AuthType", lambda value: value != "NONE", "{name} answers anyone who knows its address: AuthType is {value}"
    ),
    when="AuthType is NONE.",
    why="It has no throttle, no firewall and no key of its own: whoever finds the address decides about load and cost.",
    remedy="`AuthType: AWS_IAM` behind CloudFront, or an API; at least a reserved concurrency and an alarm.",
    limits="Whether the answer is meant for everyone the rule cannot know; a distribution before it can be gone round.",
    misleads="Requests of strangers look like success.",
)
