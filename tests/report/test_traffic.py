"""Traffic for a reader."""

from shopfast_obs.analysis.traffic import Summary, summarize
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.model.traffic import Sample
from shopfast_obs.report import traffic


def run(*requests: tuple[str, int, float, float, float | None]) -> Summary:
    """A run of (route, status, wait, Duration, init)."""
    samples = [Sample(route, status, 0.0, wait, str(n)) for n, (route, status, wait, _, _) in enumerate(requests)]
    reports = [InvocationReport(str(n), 9.0, took, took, 128, 70, init) for n, (*_, took, init) in enumerate(requests)]
    return summarize(samples, 2.0, reports)


def test_the_wait_and_what_the_function_took() -> None:
    """Milliseconds, with a line for each route in both tables."""
    seen = run(("GET /a", 200, 0.25, 0.2, None), ("GET /a", 502, 5.0, 3.0, 1.5))
    assert traffic.rows(seen) == [("GET /a", "2", "50%", "200:1 502:1", "250", "5,000", "5,000")]
    assert traffic.function_rows(seen) == [("GET /a", "200", "3,000", "3,000", "1", "1,500", "275")]


def test_what_no_report_names_has_no_row() -> None:
    """There is nothing to say."""
    assert traffic.function_rows(summarize([Sample("GET /a", 200, 0.0, 1.0)], 1.0)) == []


def test_before_and_after_leave_out_cold_starts_and_say_so() -> None:
    """The functions' own time stands below the client's."""
    before = run(("GET /a", 502, 4.0, 3.0, None), ("GET /gone", 200, 1.0, 1.0, None))
    after = run(("GET /a", 200, 2.9, 0.8, 1.5), ("GET /a", 200, 1.0, 0.7, None))
    assert traffic.compared(before, after) == [
        ("GET /a", "1 of 1 (100%)", "0 of 2 (0%)", "4,000 ms", "1,000 ms"),
        ("  in the function", "", "", "3,000 ms", "700 ms"),
    ]
    assert traffic.cold(before, after) == "p95 leaves out requests that met a cold start: 0 before, 1 after."
    assert traffic.cold(before, before) == ""
