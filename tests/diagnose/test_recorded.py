"""The rules over logs recorded from real runs."""

from __future__ import annotations

import json
from pathlib import Path

from shopfast_obs.diagnose.collect import collect
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.model.findings import Diagnosis, Severity
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.testing import FakeCloud
from tests.diagnose.builders import function

LOGS = Path(__file__).parents[1] / "recorded" / "logs"


def diagnosed(name: str, **properties: object) -> Diagnosis:
    """The diagnosis of a function that wrote the recorded log."""
    lines = (LOGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    events = [
        LogEvent(milliseconds / 1000, message, "/aws/lambda/web", stream)
        for milliseconds, stream, message in map(json.loads, lines)
    ]
    inventory = Inventory("recorded", (function(**properties),))
    window = TimeRange(events[0].timestamp, events[-1].timestamp + 1)
    return diagnose(inventory, collect(FakeCloud(inventory, {"/aws/lambda/web": events}), inventory, window))


def test_a_function_that_fails_for_lack_of_cpu_is_understood() -> None:
    """Killed by the timeout, starved of CPU, neither out of memory nor raising errors."""
    findings = {f.rule: f for f in diagnosed("timeout-kills-128mb").findings}
    assert findings["lambda-timeout-kills"].title == (
        "web is killed by its 3 s timeout in 39 % of its invocations (17 of 44)"
    )
    assert findings["lambda-reinit-loop"].evidence[0].numbers["reinit"] == 10
    assert findings["lambda-cpu-starved"].severity is Severity.HIGH
    assert findings["lambda-default-size"].severity is Severity.MEDIUM
    assert findings["lambda-logs-unstructured"].evidence[0].numbers["unstructured"] == 34
    assert not {"lambda-out-of-memory", "lambda-errors"} & set(findings)
    changes = {c.property: c.after for c in findings["lambda-timeout-kills"].remedy.changes}
    assert changes == {"MemorySize": 1024, "Timeout": 10}


def test_the_same_function_with_enough_is_left_alone() -> None:
    """After the fix none of it is found; that it still takes long is true of the busy machine of the recording."""
    findings = {
        f.rule for f in diagnosed("healthy-1024mb", Timeout=10, MemorySize=1024).findings if f.severity > Severity.INFO
    }
    blind = {"lambda-not-traced", "lambda-logs-unstructured", "lambda-no-alarm"}
    assert findings <= blind | {"lambda-near-timeout", "lambda-slow-init"}


def test_what_ran_before_the_fix_does_not_count_against_it() -> None:
    """The old log under the new size is not enough data."""
    diagnosis = diagnosed("timeout-kills-128mb", Timeout=10, MemorySize=1024)
    assert "lambda-timeout-kills" not in {f.rule for f in diagnosis.findings}
