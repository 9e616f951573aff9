"""Failures of functions that are not in Python are failures too, each once, with the frame of the application."""

import pytest

from shopfast_obs.analysis.errors.groups import error_groups
from shopfast_obs.analysis.errors.library_frames import in_app
from shopfast_obs.model.failures import Failure
from shopfast_obs.parse.logs.failures import failures
from shopfast_obs.testing import log_events, report_line
from tests.parse.logs.runtime_errors import CASES, HARMLESS, ID, Case

START, END = f"START RequestId: {ID} Version: $LATEST", f"END RequestId: {ID}"


def read(*lines: str) -> tuple[Failure, ...]:
    """The failures of a log of these lines, a second apart."""
    return failures(log_events("/aws/lambda/web", [(100.0 + n, line) for n, line in enumerate(lines)])).failures


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_is_one_failure_with_its_type_its_message_and_its_place(case: Case) -> None:
    """Also where the platform tells of it again: the process that exits, the status of the report."""
    bad = report_line(ID, 5, status="error") + "\tError Type: Runtime.ExitError"
    for before, after in (((START,), (END,)), ((START,), (END, bad)), ((), ())):
        (failure,) = read(*before, *case.lines, *(line for line in after if case.kind not in ("logged", "init")))
        assert (failure.kind, failure.type, failure.message) == (case.kind, case.type, case.message)
        assert in_app(failure.frames) == case.frame
        (group,) = error_groups([failure])
        assert group.count == 1


@pytest.mark.parametrize("line", HARMLESS)
def test_lines_that_only_name_errors_are_none(line: str) -> None:
    """Levels below, warnings with a stack, words."""
    assert read(START, line, END, report_line(ID, 5)) == ()


def test_what_a_panic_said_is_beside_the_exit_where_its_lines_came_one_by_one() -> None:
    """The last line before it is of the stack; the first says why."""
    (failure,) = read(START, *CASES["go panics in lines"].lines, END)
    assert failure.detail == "last line before: panic: no stock"


def test_an_import_that_fails_in_both_phases_is_one_failure_of_the_request() -> None:
    """The init before the request, the one within it, and the report tell of the same."""
    raised = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'\nTraceback (most recent call last):"
    init = "INIT_REPORT Init Duration: 120.00 ms\tPhase: {}\tStatus: error\tError Type: Runtime.ImportModuleError"
    bad = report_line(ID, 5, status="error") + "\tError Type: Runtime.ImportModuleError"
    lines = (raised, init.format("init"), raised, init.format("invoke"), START, END, bad)
    found = read(*lines, *lines)
    (group,) = error_groups(found)
    assert (group.kind, group.type, group.count) == ("exception", "Runtime.ImportModuleError", 2)
    assert {failure.request_id for failure in found} == {ID}


def test_an_init_that_failed_is_not_told_again_by_the_report_of_its_request() -> None:
    """No line of its own: the kind is the init's."""
    init = "INIT_REPORT Init Duration: 120.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError"
    (failure,) = read(init, START, END, report_line(ID, 5, status="error"))
    assert (failure.kind, failure.request_id, failure.message) == ("init", ID, "init failed after 0.12 s")


def test_who_catches_an_exception_can_time_out_all_the_same() -> None:
    """Two failures: the exception that was logged does not tell of the timeout that only the report has."""
    caught = CASES["node console.error"].lines[0]
    found = read(START, caught, END, report_line(ID, 3000, status="timeout"))
    assert [failure.kind for failure in found] == ["exception", "timeout"]
