"""Lines that belong together: by id anywhere in a line, by a field, by request, and their neighbours."""

import pytest

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs.correlation import Wanted, related
from shopfast_obs.testing import log_events, report_line

ONE, OTHER = "8f507cfc-1234-4697-b07a-ac58fc914c95", "11111111-1234-4697-b07a-ac58fc914c95"


def request(request_id: str, at: float, *lines: str) -> list[tuple[float, str]]:
    """One invocation's lines."""
    inner = [(at + number * 0.01, line) for number, line in enumerate(lines, 1)]
    return [(at, f"START RequestId: {request_id} Version: $LATEST"), *inner, (at + 0.1, report_line(request_id, 100))]


def logged() -> list[LogEvent]:
    """Two functions that worked on one order, one after the other in the same environment for another order."""
    between = (1.8, "written between two requests")
    web = [
        *request(ONE, 1.0, '{"correlation_id": "c-1", "order": {"id": 7}}', "plain"),
        between,
        *request(OTHER, 2.0, "else"),
    ]
    mail = [(1.5, '{"correlation_id": "c-1", "message": "sent"}'), (1.6, "unrelated")]
    return [*log_events("/aws/lambda/web", web), *log_events("/aws/lambda/mail", mail)]


@pytest.mark.parametrize(
    "wanted", [Wanted(("c-1",)), Wanted(field="correlation_id", value="c-1"), Wanted((ONE, '"sent"'))]
)
def test_the_rest_of_a_request_comes_with_its_line(wanted: Wanted) -> None:
    """Across groups, in the order of time, without the next request of the same environment."""
    found = related(logged(), wanted)
    assert [line.event.timestamp for line in found] == [1.0, 1.01, 1.02, 1.1, 1.5]
    assert {line.request for line in found} == {ONE, ""}


def test_a_field_may_lie_inside_and_has_its_exact_value() -> None:
    """A path finds it; a value that only contains the wanted one does not count."""
    assert any(line.matched for line in related(logged(), Wanted(field="order.id", value="7")))
    assert related(logged(), Wanted(field="correlation_id", value="c-")) == ()


def test_context_is_what_stands_around_in_the_stream() -> None:
    """Neighbours are there, and known as neighbours."""
    found = related(logged(), Wanted(('"sent"',)), context=1)
    assert [(line.event.message, line.matched, line.belongs) for line in found][1:] == [("unrelated", False, False)]
