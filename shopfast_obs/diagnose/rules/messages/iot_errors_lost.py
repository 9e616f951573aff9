"""IoT rules whose failed actions leave no trace."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity

RULE = Rule(
    "iot-rule-errors-lost",
    "An IoT rule has no error action",
    Severity.INFO,
    ("AWS::IoT::TopicRule",),
    Property(
        "TopicRulePayload.ErrorAction",
        bool,
        "{name} has no ErrorAction: a message whose action fails is gone",
        declared=True,
    ),
    when="ErrorAction is not set.",
    why="An action that is denied or throttled drops the message; the device is told nothing.",
    remedy="`ErrorAction`: a queue or a log group, with an alarm.",
    limits="IoT's own logging, where it is switched on for the account, tells of failures, too.",
    misleads="The topic receives every message.",
)
