"""Alarms in a report: as they stand, and what they did in the window."""

import json
import time

from shopfast_obs.errors import DeniedError
from shopfast_obs.model.telemetry import AlarmChange, AlarmStatus, Segment, TimeRange, Trace
from shopfast_obs.testing import FakeCloud
from tests.cli.test_report import TRACE, observed, run


class WithoutHistory(FakeCloud):
    """A cloud whose credentials may read alarms, and not their history."""

    def alarm_history(self, window: TimeRange) -> dict[str, list[AlarmChange]]:
        """Refused."""
        raise DeniedError("cloudwatch:DescribeAlarmHistory was refused.")


def test_alarms_in_alarm_and_call_patterns_are_in_the_report() -> None:
    """What shouts, and a function that calls one table in a loop."""
    cloud, now = observed(), time.time()
    loop = [
        Segment(
            f"c{n}",
            "DynamoDB",
            now - 60 + n * 0.02,
            now - 60 + n * 0.02 + 0.02,
            namespace="aws",
            aws={"operation": "GetItem", "table_name": "orders"},
        )
        for n in range(9)
    ]
    root = Segment("f", "web", now - 60, now - 59, origin="AWS::Lambda::Function", subsegments=tuple(loop))
    cloud.recorded_traces = [*cloud.recorded_traces, Trace(TRACE, (root,))]
    cloud.alarm_statuses = [AlarmStatus("web-errors", "ALARM", "3 of 5 datapoints"), AlarmStatus("web-slow", "OK")]
    rung = [AlarmChange(now - 300, "ALARM", True), AlarmChange(now - 200, "OK", False)]
    cloud.alarm_histories = {"web-slow": [AlarmChange(now - 9000, "ALARM", True), *rung], "deleted": rung}
    cloud.alarm_histories |= {"web-errors": [AlarmChange(now - 300, "OK", True)]}
    text = run(cloud, "traces").stdout
    assert "web-errors" in text
    assert "1 in OK." in text
    assert "1 alarm rang and fell silent again: web-slow." in text
    assert "OK (by hand)" in text
    assert "1 more changed their state without ringing." in text
    assert "web: DynamoDB Get" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    document = json.loads(run(cloud, "traces", "--format", "json").stdout)
    (pattern,) = document["patterns"]
    assert (pattern["kind"], pattern["exemplars"]) == ("n_plus_one", [TRACE])
    assert [alarm["name"] for alarm in document["alarms"]] == ["web-errors", "web-slow"]
    assert [len(alarm["changes"]) for alarm in document["alarms"]] == [1, 2]


def test_alarms_without_their_history_are_still_there() -> None:
    """What is refused is named."""
    cloud = WithoutHistory(recorded_traces=observed().recorded_traces, alarm_statuses=[AlarmStatus("web", "ALARM")])
    document = json.loads(run(cloud, "traces", "--format", "json").stdout)
    assert [(alarm["name"], alarm["changes"]) for alarm in document["alarms"]] == [("web", [])]
    told = "denied: no history of alarms, because cloudwatch:DescribeAlarmHistory was refused."
    assert told in document["warnings"]
