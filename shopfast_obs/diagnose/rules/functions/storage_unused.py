"""Functions with a larger disk than usual."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

FREE = 512  # MB

RULE = Rule(
    "lambda-storage-large",
    "The function has more than the free ephemeral storage",
    Severity.INFO,
    (FUNCTION,),
    Property(
        "EphemeralStorage.Size",
        lambda value: (number(value) or FREE) <= FREE,
        "{name} has {value} MB of /tmp: what is above 512 MB is paid for every second that it runs",
    ),
    when="EphemeralStorage is above 512 MB.",
    why="The first 512 MB are free; the rest is billed for every GB-second, used or not.",
    remedy="512 MB, unless large files are really unpacked there.",
    limits="How full /tmp gets no metric says.",
    misleads="It does not show in the function's memory or duration.",
)
