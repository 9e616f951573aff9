"""The labelled errors of tests/recorded/errors: those with one label are one group, no two labels share one."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from shopfast_obs.analysis.errors.groups import error_groups
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import failures

RECORDED = Path(__file__).parents[2] / "recorded" / "errors" / "labelled.jsonl"
TRACEBACK = 'Traceback (most recent call last):\n  File "/var/task/app.py", line 7, in handle\n    work()'


class Labelled(NamedTuple):
    """One specimen: which error it is, and how it was worded."""

    error: str
    type: str
    message: str


SPECIMENS = [Labelled(**json.loads(line)) for line in RECORDED.read_text().splitlines()]


def as_logged(one: Labelled) -> str:
    """The line that Powertools' Logger writes for an exception."""
    traceback = f"{TRACEBACK}\n{one.type}: {one.message}"
    return json.dumps({"level": "ERROR", "message": "failed", "exception": traceback, "exception_name": one.type})


def as_left_to_lambda(one: Labelled) -> str:
    """The line that Lambda's runtime client writes for an exception that nobody caught."""
    return f"[ERROR] {one.type}: {one.message}\n{TRACEBACK}"


def as_json(one: Labelled) -> str:
    """The line that Lambda writes for it in its JSON format, whatever the runtime."""
    return json.dumps({"level": "ERROR", "errorType": one.type, "errorMessage": one.message, "stackTrace": []})


@pytest.mark.parametrize("line", [as_logged, as_left_to_lambda, as_json])
def test_one_label_is_one_group_and_two_labels_are_two(line: Callable[[Labelled], str]) -> None:
    """Whichever way the error came into the log: ids never split a group, words never share one."""
    events = [LogEvent(float(n), line(one), "/aws/lambda/web", "s") for n, one in enumerate(SPECIMENS)]
    found = failures.failures(events).failures
    assert len(found) == len(SPECIMENS)
    of_error: defaultdict[str, set[str]] = defaultdict(set)
    of_group: defaultdict[str, set[str]] = defaultdict(set)
    for one, failure in zip(SPECIMENS, found, strict=True):
        (group,) = error_groups([failure])
        of_error[one.error].add(group.fingerprint)
        of_group[group.fingerprint].add(one.error)
    assert not {error: groups for error, groups in of_error.items() if len(groups) > 1}
    assert not {group: errors for group, errors in of_group.items() if len(errors) > 1}


def test_the_labelled_set_is_large() -> None:
    """Far more than 300 messages of at least 150 errors; most errors with other ids each time."""
    assert len(SPECIMENS) >= 750
    assert len({one.error for one in SPECIMENS}) >= 150
    assert len(set(SPECIMENS)) >= 450
