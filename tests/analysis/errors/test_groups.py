"""The same error is one group whoever told of it; different errors never merge."""

from typing import Any

from shopfast_obs.analysis.errors.groups import error_groups
from shopfast_obs.analysis.errors.library_frames import in_app
from shopfast_obs.analysis.traces.failures import trace_failures
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.telemetry import Segment, Trace, TracedException

LOGGED = Failure("exception", "KeyError", "'sku-1'", 10.0, "web", "logs", "r-1", frames=(("/var/task/h.py", 3, "f"),))


def part(name: str, *inner: Segment, **more: Any) -> Segment:
    """A segment of a second."""
    return Segment(id=more.pop("id", name), name=name, start=0.0, end=1.0, subsegments=inner, **more)


def found(*segments: Segment) -> tuple[Failure, ...]:
    """The failures of one trace."""
    return trace_failures(tree(Trace("1-a", segments)))


def test_ids_do_not_split_a_group_and_types_do() -> None:
    """Three order numbers are one group, another type is another, the fingerprint does not depend on the window."""
    many = [LOGGED._replace(message=f"'sku-{n}'", request_id=f"r-{n}", timestamp=float(n)) for n in range(3)]
    (group,) = error_groups(many)
    assert (group.count, group.requests, group.first, group.last) == (3, 3, 0.0, 2.0)
    assert group.message == "'sku-<n>'"
    assert group.fingerprint == error_groups([LOGGED])[0].fingerprint
    assert len(error_groups([*many, LOGGED._replace(type="ValueError", request_id="r-9")])) == 2


def test_an_id_of_digits_alone_does_not_split_a_group() -> None:
    """The group has the words of its newest failure."""
    letters = LOGGED._replace(message="no 5ba91faf", request_id="1")
    digits = LOGGED._replace(message="no 42650644", request_id="2", timestamp=11.0)
    assert [group.message for group in error_groups([letters, digits])] == ["no <n>"]


def test_place_message_and_function_tell_errors_apart() -> None:
    """The same words elsewhere are another error."""
    others = [
        LOGGED._replace(frames=(("/var/task/h.py", 3, "g"),), request_id="2"),
        LOGGED._replace(message="'price'", request_id="3"),
        LOGGED._replace(where="orders", request_id="4"),
    ]
    assert len(error_groups([LOGGED, *others])) == 4


def test_a_moved_line_is_the_same_error() -> None:
    """Line numbers change with every edit above."""
    moved = LOGGED._replace(frames=(("/var/task/h.py", 30, "f"),), request_id="r-2")
    assert len(error_groups([LOGGED, moved])) == 1


def test_what_log_and_trace_tell_of_one_request_counts_once() -> None:
    """The line comes from the log, the way to the customer from the trace; the request id links them."""
    traced = LOGGED._replace(
        source="traces", request_id="", trace_id="1-a", frames=(), way=("web", "api"), entry_point="GET /x"
    )
    (group,) = error_groups([traced, LOGGED._replace(line="[ERROR] KeyError")], {"r-1": "1-a"})
    assert (group.count, group.sources) == (1, ("logs",))
    assert (group.way, group.entry_points, group.exemplars[0].line) == (
        ("web", "api"),
        {"GET /x": 1},
        "[ERROR] KeyError",
    )
    assert group.exemplars[0].trace_id == "1-a"


def test_attempts_are_counted_and_two_lines_on_one_failure_are_not() -> None:
    """A logged traceback and the runtime's own are one; a second attempt is a second failure."""
    first = LOGGED._replace(attempt=1)
    again = LOGGED._replace(attempt=1, type="app.errors.KeyError", timestamp=10.1)
    (group,) = error_groups([first, again, LOGGED._replace(attempt=2, timestamp=70.0)])
    assert (group.count, group.requests) == (2, 1)


def test_different_errors_of_one_request_stay_apart() -> None:
    """A batch of messages is one request; each record fails in its own way."""
    groups = error_groups([LOGGED, LOGGED._replace(message="'price'"), LOGGED._replace(message="'sku-2'")])
    assert {group.message: group.count for group in groups} == {"'sku-<n>'": 1, "'price'": 1}


def test_a_fault_that_a_log_explains_is_not_a_group_of_its_own() -> None:
    """The customer's 502 and the function's timeout are one thing."""
    fault = Failure("server_error", "Fault", "GET /x failed and no exception says why", 1.0, "api", "traces", "", "1-a")
    timeout = Failure("timeout", "Timeout", "Task timed out after 3.00 seconds", 1.0, "web", "logs", "r-1")
    assert [g.kind for g in error_groups([fault, timeout], {"r-1": "1-a"})] == ["timeout"]
    assert [g.kind for g in error_groups([fault, timeout])] == ["timeout", "server_error"]


def test_an_aws_error_is_its_code_and_operation() -> None:
    """The same exception type, other codes."""
    text = "An error occurred ({}) when calling the GetItem operation: Requested resource not found"
    one, other = (LOGGED._replace(type="ClientError", message=text.format(code)) for code in ("Throttled", "Missing"))
    groups = error_groups([one, other._replace(request_id="2")])
    assert {group.message.partition(":")[0] for group in groups} == {
        "Throttled when calling GetItem",
        "Missing when calling GetItem",
    }


def test_the_frame_is_the_applications_own() -> None:
    """Libraries and Lambda's own files are passed over."""
    frames = (
        ("/var/runtime/bootstrap.py", 1, "run"),
        ("/var/task/h.py", 3, "f"),
        ("/opt/python/botocore/client.py", 9, "x"),
    )
    assert in_app(frames) == ("/var/task/h.py", 3, "f")
    assert in_app(frames[:1]) is None


def test_an_exception_that_bubbles_up_counts_where_it_began() -> None:
    """DynamoDB, the handler and the function all carry it; the deepest one tells, with the way to the customer."""
    thrown = (TracedException("ClientError", "no such table", stack=(("h.py", 2, "inner"), ("h.py", 1, "outer"))),)
    call = part(
        "DynamoDB", namespace="aws", aws={"operation": "GetItem", "table_name": "t"}, fault=True, exceptions=thrown
    )
    (failure,) = found(
        part("api", origin="AWS::ApiGateway::Stage", fault=True),
        part("web", id="s", parent_id="api", origin="AWS::Lambda", fault=True, aws={"request_id": "r-1"}),
        part("web", part("Invocation", call, fault=True, exceptions=thrown), id="f", parent_id="s", fault=True,
             origin="AWS::Lambda::Function", exceptions=thrown),
    )  # fmt: skip
    assert (failure.where, failure.way, failure.request_id) == ("web", ("web", "api"), "r-1")
    assert failure.detail == "in DynamoDB GetItem on t"
    assert failure.frames[-1] == ("h.py", 2, "inner")
    assert not failure.suppressed


def test_a_failure_that_the_customer_never_saw_is_suppressed() -> None:
    """The root is fine."""
    (failure,) = found(part("api", part("call", namespace="remote", throttle=True)))
    assert (failure.kind, failure.suppressed) == ("throttle", True)


def test_an_unexplained_fault_is_reported_once_at_its_deepest_part() -> None:
    """Everything above only passes it on."""
    (failure,) = found(part("api", part("call", namespace="remote", fault=True), fault=True))
    assert (failure.kind, failure.message) == ("server_error", "call failed and no exception says why")
    assert found(part("api", http={"response": {"status": 404}})) == ()


def test_a_line_that_two_files_have_counts_once() -> None:
    """As two exports of one window have it; the group names both files."""
    guessed = {"/aws/lambda/web", "/aws/lambda/web2"}
    line = LOGGED._replace(line="ERROR 1", group="/aws/lambda/web")
    copy = line._replace(where="web2", group="/aws/lambda/web2")
    other = copy._replace(request_id="r-2", timestamp=11.0, line="ERROR 2")
    (group,) = error_groups([line, other, copy], guessed=guessed)
    assert (group.count, group.requests, group.where) == (2, 2, "web, web2")
