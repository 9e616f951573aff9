"""Failures from the lines that queries find are those of all lines; the queries are within AWS's limits."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.cloud.aws_calls import RefusedError
from shopfast_obs.cloud.interface import FAILURE_SCANS
from shopfast_obs.cloud.telemetry import failing_lines, failure_queries, insights
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.report.error_view import error_view
from tests.cloud.telemetry.insights_account import InsightsAccount

START = 1_800_000_000.0
WINDOW = TimeRange(START, START + 900)
KINDS = ("fine",) * 6 + (
    "raised", "logged", "both", "timeout", "status", "printed", "exit", "told exit", "mentioned",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries are complete after two looks; nobody waits for them."""
    monkeypatch.setattr(insights, "SHORTEST", 0.0)


def groups_of(events: Sequence[LogEvent]) -> list[ErrorGroup]:
    """The groups, without causes that only the line before tells."""
    ordered = sorted(events, key=lambda one: (one.group, one.timestamp))
    return [
        replace(group, cause="", exemplars=tuple(one._replace(detail="") for one in group.exemplars))
        for group in error_view(ordered, ()).groups
    ]


def application(seed: int, requests: int = 25) -> dict[str, list[LogEvent]]:
    """The logs of five functions, three in text and two in JSON, with failures of every kind and requests that Lambda
    tries again."""
    dice = random.Random(seed)
    names = [f"/aws/lambda/f{number}" for number in range(5)]
    found: dict[str, list[LogEvent]] = {name: [] for name in names}
    for number, name in enumerate(names):
        for _ in range(3):
            stream = f"2027/01/15/[$LATEST]{dice.getrandbits(128):032x}"
            lines = environment(dice, requests, in_json=number > 2)
            found[name] += [LogEvent(round(at, 3), text, name, stream) for at, text in lines]
        found[name].sort(key=lambda one: one.timestamp)
    return found


def environment(dice: random.Random, requests: int, *, in_json: bool) -> Iterator[tuple[float, str]]:
    """The lines of one environment, one request after another."""
    at, again = START + dice.uniform(0, 60), ""
    for _ in range(requests):
        request = again or f"{dice.getrandbits(32):08x}-0000-4000-8000-{dice.getrandbits(48):012x}"
        kind = dice.choice(KINDS)
        again = request if kind == "raised" and dice.random() < 0.5 else ""
        yield at, started(request, in_json)
        at += dice.choice((0.0, 0.001, 0.01))
        yield at, f"order {dice.getrandbits(20)} is read"
        for line in failing(dice, request, kind, in_json):
            at += 0.001
            yield at, line
        at += dice.uniform(0.002, 0.5)
        yield at, reported(request, kind, in_json)
        at += dice.uniform(0.001, 3.0)


def started(request: str, in_json: bool) -> str:
    """The beginning of an invocation."""
    if in_json:
        return f'{{"time":"x","type":"platform.start","record":{{"requestId":"{request}","version":"1"}}}}'
    return f"START RequestId: {request} Version: 1"


def reported(request: str, kind: str, in_json: bool) -> str:
    """Its report."""
    status = {"status": "error", "timeout": "timeout"}.get(kind, "success")
    trace = f"1-5bf00000-{request[:8]}{request[:8]}{request[:8]}"
    if in_json:
        metrics = '{"durationMs":10.5,"billedDurationMs":11,"memorySizeMB":128,"maxMemoryUsedMB":70}'
        tracing = f'{{"type":"X-Amzn-Trace-Id","value":"Root={trace};Sampled=1"}}'
        record = f'{{"requestId":"{request}","metrics":{metrics},"tracing":{tracing},"status":"{status}"}}'
        return f'{{"time":"x","type":"platform.report","record":{record}}}'
    told = "" if status == "success" else f"\tStatus: {status}"
    return (
        f"REPORT RequestId: {request}\tDuration: 10.50 ms\tBilled Duration: 11 ms\tMemory Size: 128 MB\t"
        f"Max Memory Used: 70 MB{told}\t\nXRAY TraceId: {trace}\tSegmentId: {request[:8]}{request[:8]}\tSampled: true\t"
    )


def failing(dice: random.Random, request: str, kind: str, in_json: bool) -> Iterator[str]:
    """The lines that a failure of a kind has."""
    told = f"no item {dice.randrange(1000)} in shelf {dice.choice('abc')}"
    trace = 'Traceback (most recent call last):\n  File "/var/task/app.py", line 7, in take\n    x()'
    if kind == "timeout":
        yield f"2027-01-15T08:00:00.000Z {request} Task timed out after 3.00 seconds"
    if kind in ("logged", "both"):
        yield (
            f'{{"level":"ERROR","message":"failed","function_request_id":"{request}","exception_name":"KeyError",'
            f'"exception":"Traceback (most recent call last):\\n  File \\"/var/task/app.py\\", line 7, in take\\n'
            f'    x()\\nKeyError: {told}"}}'
        )
    if kind in ("raised", "both"):
        if in_json:
            yield f'{{"errorType":"KeyError","errorMessage":"{told}","requestId":"{request}","stackTrace":[]}}'
        else:
            yield f"[ERROR] KeyError: {told}\n{trace}"
    if kind == "mentioned":
        yield "0 errors, no exception"
    if kind in ("exit", "told exit"):
        yield f"[ERROR]\t2027-01-15T08:00:00.000Z\t{request}\tKeyError: {told}\n{trace}"
        if kind == "exit":
            yield "and now something else"
        yield f"RequestId: {request} Error: Runtime exited with error: exit status 1"
    if kind == "printed":
        yield f"ERROR cannot print {told}"


@pytest.mark.parametrize("seed", range(3))
def test_the_groups_are_those_of_all_lines(seed: int) -> None:
    """Counts, requests, traces, first and last, whatever order a query gives to what is of one millisecond."""
    account = InsightsAccount(application(seed))
    cloud = account.cloud()
    found = cloud.failing_lines(cloud.log_volumes(WINDOW), WINDOW)
    everything = [one for events in account.groups.values() for one in events]
    assert groups_of(found.events) == groups_of([one for one in everything if one.timestamp < WINDOW.end])
    assert found.notes == ()
    assert found.scanned == sum(one.timestamp < WINDOW.end for one in everything)
    assert found.failing < len(found.events) < len(everything)
    assert account.calls["FilterLogEvents"] == 0


def test_queries_stay_within_the_limits_of_aws() -> None:
    """120 groups of two classes, and requests for more than one query; the account refuses what is too much."""
    events = {f"/aws/lambda/g{number}": application(number, 2)["/aws/lambda/f0"] for number in range(120)}
    named = {group: [replace(one, group=group) for one in lines] for group, lines in events.items()}
    account = InsightsAccount(named, dict.fromkeys(list(named)[:60], "INFREQUENT_ACCESS"))
    cloud = account.cloud()
    found = cloud.failing_lines(cloud.log_volumes(WINDOW), WINDOW)
    everything = [one for lines in named.values() for one in lines if one.timestamp < WINDOW.end]
    assert groups_of(found.events) == groups_of(everything)
    assert account.calls["StartQuery"] == len(account.queries) <= 15
    assert max(len(asked["queryString"]) for asked in account.queries) <= insights.LONGEST


def test_a_result_of_many_pages_is_read_to_its_end() -> None:
    """250 failing lines come in three answers."""
    account = InsightsAccount({"g": [LogEvent(START + n, f"ERROR {n}", "g", "s") for n in range(250)]})
    account.page = 100
    answer = insights.answer(account.cloud()._calls, ["g"], WINDOW, failure_queries.failing())
    assert len(answer.rows) == 250
    assert not answer.cut
    assert account.calls["GetQueryResults"] == 2 + 3


def test_more_failing_lines_than_are_fetched_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest, and how many there are."""
    monkeypatch.setattr(failing_lines, "LINES", 10)
    account = InsightsAccount({"g": [LogEvent(START + n, f"ERROR {n}", "g", "s") for n in range(30)]})
    found = account.cloud().failing_lines(account.cloud().log_volumes(WINDOW), WINDOW)
    assert found.notes == ("sampled: the newest 10 of 30 lines that may tell of failures; counts are of those",)
    assert [one.message for one in found.events] == [f"ERROR {n}" for n in range(20, 30)]


def test_lookups_scan_no_more_than_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where requests would take more queries than the price has, the rest is left out, and that is said."""
    monkeypatch.setattr(insights, "LONGEST", 760)
    monkeypatch.setattr(failure_queries, "LONGEST", 760)
    account = InsightsAccount(application(3))
    cloud = account.cloud()
    volumes = cloud.log_volumes(WINDOW)
    found = cloud.failing_lines(volumes, WINDOW)
    assert found.bytes <= FAILURE_SCANS * sum(one.bytes for one in volumes)
    assert any(note.startswith("sampled: ") for note in found.notes)


@pytest.mark.parametrize(
    ("codes", "started"),
    [(["LimitExceededException", "none"], True), (["AccessDeniedException"], False)],
    ids=["too many at once", "denied"],
)
def test_a_query_that_cannot_start(codes: list[str], started: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many at once: again after a while. Denied: said."""
    monkeypatch.setattr(insights, "BUSY", 0.0)
    account = InsightsAccount({"g": [LogEvent(START, "ERROR 1", "g", "s")]})
    account.refusals["StartQuery"] = codes
    if started:
        assert account.cloud().failing_lines(account.cloud().log_volumes(WINDOW), WINDOW).failing == 1
    else:
        with pytest.raises(RefusedError, match="logs:StartQuery was refused: AccessDenied"):
            account.cloud().failing_lines(account.cloud().log_volumes(WINDOW), WINDOW)


def test_a_query_that_times_out_is_refused() -> None:
    """With its status."""
    account = InsightsAccount({"g": []})
    account.statuses = ["Running", "Timeout"]
    with pytest.raises(RefusedError, match="did not come to an end: Timeout"):
        account.cloud().failing_lines(account.cloud().log_volumes(WINDOW), WINDOW)


def test_alternatives_match_their_words_alone() -> None:
    """A tree of branches, shorter than the list."""
    import re

    dice = random.Random(1)
    words = sorted({f"{dice.getrandbits(24):06x}" for _ in range(800)})
    made = failure_queries.alternatives(words)
    assert len(made) < len("|".join(words))
    others = {f"{dice.getrandbits(24):06x}" for _ in range(5000)} - set(words)
    assert all(re.fullmatch(made, word) for word in words)
    assert not any(re.fullmatch(made, word) for word in others)
