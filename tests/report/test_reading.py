"""A call's time in a trace has the caller's own decoding in it."""

import pytest

from shopfast_obs.analysis.traces.overview.overview import Overview, overview
from shopfast_obs.model.telemetry import InvocationReport, Segment, Trace
from shopfast_obs.report.headlines import headlines
from shopfast_obs.report.trace_tables import steps


def scanning(memory_mb: int, takes: float = 0.8) -> Overview:
    """A function that scans a table."""
    scan = Segment(
        "s", "DynamoDB", 0.1, 0.1 + takes, namespace="aws", aws={"operation": "Scan", "table_name": "products"}
    )
    code = Segment(
        "f", "list", 0.05, 0.2 + takes, origin="AWS::Lambda::Function", parent_id="l", subsegments=(scan,),
        aws={"request_id": "r-1"},
    )  # fmt: skip
    service = Segment("l", "list", 0.0, 0.2 + takes, origin="AWS::Lambda", aws={"request_id": "r-1"})
    report = InvocationReport("r-1", 1.0, takes, takes, memory_mb, 70)
    return overview([Trace("1-a", (service, code))], {"r-1": report})


def test_a_table_is_not_blamed_for_what_the_function_decodes() -> None:
    """Whose CPU share it is, and that more memory helps."""
    found = scanning(1024)
    (told,) = [line for line in headlines(found) if "decoding" in line]
    assert told.startswith("DynamoDB Scan products takes 800 ms with the reading and decoding of its answers")
    assert "list has 58 % of a vCPU (1024 MB)" in told
    assert steps(found).lines == (told,)


@pytest.mark.parametrize(("memory_mb", "takes"), [(1769, 0.8), (1024, 0.02)])
def test_nothing_is_said_of_a_whole_cpu_or_a_quick_call(memory_mb: int, takes: float) -> None:
    """There it is the table, or nothing to speak of."""
    found = scanning(memory_mb, takes)
    assert not [line for line in (*headlines(found), *steps(found).lines) if "decoding" in line]
