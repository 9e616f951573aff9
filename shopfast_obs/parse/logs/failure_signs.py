"""What a line has in it that may tell of a failure, for those who ask a service for such lines instead of reading all.

`failures` reads nothing from a function's line without one of these; a test holds both equal.
"""

from __future__ import annotations

SIGNS = (
    "rror", "ERROR", "xception", "CRITICAL", "atal", "FATAL", "SEVERE", "Traceback", "Task timed out", "Process exited",
    "panic", "\tfail\t", "\tcrit\t", '"level":50', '"level":60', "    at ", "\tat ",
)  # fmt: skip
EXIT = "Runtime exited"  # whether that is told already depends on the lines before it
# A platform record is a failure by its status; these stand together in one line.
TEXT_STATUS = ("REPORT ", "Status: ")
JSON_STATUS = ('"platform.', '"status"')
SUCCESS = '"success"'  # the one status that is no failure
FAULT = '"platform.fault"'
BEGINNINGS = ("START RequestId: ", '"platform.start"')
REPORTS = ("REPORT RequestId: ", '"platform.report"')
