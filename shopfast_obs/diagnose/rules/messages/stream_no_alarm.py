"""Functions that can fall behind their stream without anyone being told."""

from __future__ import annotations

from shopfast_obs.analysis.wiring.delivery import streams
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def _reads(function: Resource, context: Context) -> str:
    return "" if streams(function, context.references) else "it reads no Kinesis or DynamoDB stream"


RULE = Rule(
    "stream-no-alarm",
    "No alarm watches how far a function is behind its stream",
    Severity.LOW,
    (FUNCTION,),
    MissingAlarm(
        ("IteratorAge",), "FunctionName", "{name} has no alarm on the age of what it reads: alarms watch {watched}"
    ),
    spared=_reads,
    why="One batch that fails again and again holds up all behind it, until the stream drops them.",
    limits="An alarm on the stream's own GetRecords.IteratorAgeMilliseconds serves as well, and is not seen.",
    misleads="Errors of one function in a stream look like a few failures.",
)
