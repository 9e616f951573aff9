"""Calls to something that does not exist."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.log_pattern import LogPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-missing-resource",
    "The function calls something that does not exist",
    Severity.HIGH,
    (FUNCTION,),
    LogPattern(
        # Other names that end in NotFoundException are of records, as UserNotFoundException is.
        r"\b(ResourceNotFoundException|QueueDoesNotExist|NonExistentQueue|NoSuchBucket|StateMachineDoesNotExist)\b"
        r"|\((NotFoundException|ParameterNotFound)\) when calling",
        "{name} calls something that does not exist {times} ({share} of its invocations): {what}",
    ),
    when="its log has ResourceNotFoundException, QueueDoesNotExist, NoSuchBucket and their like.",
    why="The name comes from an environment variable or a default, and it is another stage's or an old one.",
    remedy="Compare the function's environment with what is deployed; fail at init when a name is missing.",
    limits="An application's own exception of exactly this name counts, too.",
    misleads="It reads like a missing permission, or like a record that is not there.",
)
