"""Deployments in the report: a headline that does not mix two versions, marks on the axis, tables."""

from shopfast_obs.analysis.traces.overview.overview import Overview, overview
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.report.headlines import headlines
from shopfast_obs.report.html.data import page_data
from shopfast_obs.report.html.tiles import tiles
from shopfast_obs.report.traces import trace_document, trace_report
from shopfast_obs.testing import function_trace

NOON = 1_769_860_800.0
FIX = Deployment(NOON + 50, "stack shop updated", "CloudFormation events", ("web",), NOON + 45, ("fix 0002",))


def request(second: float, name: str = "web", *, fault: bool = False) -> Trace:
    """One request to a function, so long after noon."""
    at = NOON + second
    return function_trace(f"1-{int(at):08x}-{int(second):024x}", at, name=name, fault=fault)


def fixed(*deployments: Deployment, until: int = 100) -> Overview:
    """A function that failed until it was fixed at half past, and one beside it that nobody touched and that fails."""
    web = [request(second, fault=second < 48) for second in range(0, until, 2)]
    mail = [request(second, "mail", fault=second == 11) for second in range(1, until, 10)]
    return overview([*web, *mail], None, deployments)


def section(found: Overview, title: str) -> list[tuple[str, ...]]:
    """The rows of a section of the report."""
    return [row for one in trace_report(found, "of a test").sections if one.title == title for row in one.rows]


def test_the_headline_speaks_of_the_time_since_the_deployment() -> None:
    """The part before has its own sentence; a function that was not deployed is told whole."""
    first, second, third = headlines(fixed(FIX))[:3]
    assert first == (
        "Since the deployment of 12:00:50 UTC (stack shop updated, with fix 0002): "
        "none of 25 requests failed on the server."
    )
    assert second.startswith("Before it: GET /web failed 24 of 25 requests (96 %), p95 ")
    assert third.startswith("GET /mail failed 1 of 10 requests (10 %)")


def test_without_a_deployment_everything_is_one() -> None:
    """Nor is anything split by one that touches other functions, or that lies before all requests."""
    whole = headlines(fixed())
    assert whole[0].startswith("GET /web failed 24 of 50 requests (48 %)")
    other = Deployment(NOON + 50, "elsewhere changed", "LastModified of functions", ("elsewhere",))
    early = Deployment(NOON - 10, "web changed", "LastModified of functions", ("web",))
    assert headlines(fixed(other)) == headlines(fixed(early)) == whole


def test_where_nothing_came_since_the_old_part_is_told_as_such() -> None:
    """So that nobody takes it for the new one."""
    alone = overview([request(second, fault=True) for second in range(10)], None, [FIX])
    assert headlines(alone)[0] == (
        "Since the deployment of 12:00:50 UTC (stack shop updated, with fix 0002) there was no request: "
        "what follows is from before it."
    )
    beside = headlines(fixed(FIX, until=44))
    assert beside[0].endswith("there was no request to what it changed.")
    assert beside[1].startswith("Before it: GET /web failed")


def test_tables_tell_both_sides_and_the_axis_has_a_mark() -> None:
    """In the slice of the deployment, above the blocks of each route."""
    found = fixed(FIX)
    assert [row[:3] for row in section(found, "Before and since the deployment")] == [
        ("GET /web", "24 of 25", "0 of 25")
    ]
    marks, web = section(found, "Over time")[:2]
    assert marks[0] == "(deployed)"
    assert (marks[1].index("▲"), len(web[1])) == (5, 10)
    [row] = section(found, "Deployments")
    assert row == ("12:00:50", "stack shop updated", "fix 0002", "web", "CloudFormation events")
    assert section(fixed(), "Deployments") == []


def test_documents_and_the_page_have_the_deployments() -> None:
    """And the figures that stand first are of the time since."""
    found = fixed(FIX)
    assert [one["carries"] for one in trace_document(found, None)["deployments"]] == [["fix 0002"]]
    assert page_data(found, (), errors=False)["deployments"] == [[FIX.time, FIX.what]]
    assert [tile.value for tile in tiles(found)[:2]] == ["35", "2.9 %"]
    assert [tile.value for tile in tiles(fixed())[:2]] == ["60", "42 %"]


def test_functions_that_were_deployed_at_other_times_are_parted_each_by_its_own() -> None:
    """The sentences say so."""
    later = Deployment(NOON + 70, "mail changed", "LastModified of functions", ("mail",))
    first, second = headlines(fixed(FIX, later))[:2]
    assert first == (
        "Since the last deployment of each function, the newest being the deployment of 12:01:10 UTC (mail changed): "
        "none of 28 requests failed on the server."
    )
    assert second.startswith("Before that: GET /web failed 24 of 25 requests (96 %)")
    assert "GET /mail failed 1 of 7 requests (14 %)" in second
