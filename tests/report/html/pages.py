"""Pages for the browser tests, made as the command makes them."""

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from shopfast_obs.cli.report import command
from shopfast_obs.model.telemetry import AlarmStatus, LogEvent, Segment, Trace, TracedException
from shopfast_obs.testing import FakeCloud, function_trace, log_events
from tests.cli.command_line import FakeApp

REQUEST = "8f507cfc-1234-4697-b07a-ac58fc914c95"


def page_of(cloud: FakeCloud, folder: Path, subject: str = "traces") -> Path:
    """The file that `report ... --format html` writes."""
    file = folder / f"{subject}.html"
    arguments = [subject, "--since", "1h", "--format", "html", "-o", str(file)]
    result = CliRunner().invoke(command, arguments, obj=FakeApp(cloud), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return file


def trace_id(start: float, number: int) -> str:
    """An id as X-Ray makes it."""
    return f"1-{int(start):08x}-{number:024x}"


def shop(now: float, count: int = 80) -> FakeCloud:
    """Some minutes of two routes: cold starts, failures with a reason, calls, an asynchronous chain, an alarm, logs."""
    start = now - 600
    traces = [
        function_trace(
            trace_id(start + 5 * n, n), start + 5 * n, name="orders" if n % 2 else "products",
            duration=0.1 + n % 9 / 50, init=0.4 if n % 20 == 0 else None, calls=_calls(start + 5 * n),
        )
        for n in range(count)
    ]  # fmt: skip
    for n in range(0, count, 8):
        traces[n] = _failed(traces[n], n)
    logs = [(start + 5 * n, f"[ERROR] KeyError: 'sku' for order {n}") for n in range(0, count, 8)]
    return FakeCloud(
        recorded_traces=traces,
        logs={"/aws/lambda/products": log_events("/aws/lambda/products", logs)},
        alarm_statuses=[AlarmStatus("products-errors", "ALARM", "3 of 5 datapoints", now - 60), AlarmStatus("b", "OK")],
    )


def _calls(start: float) -> Sequence[Segment]:
    return tuple(
        Segment(f"{n:016x}", "DynamoDB", start + n * 0.012, start + n * 0.012 + 0.011, namespace="aws",
                aws={"operation": "GetItem", "table_name": "stock"})
        for n in range(6)
    )  # fmt: skip


def _failed(trace: Trace, number: int) -> Trace:
    service, function = trace.segments
    error = TracedException("KeyError", f"'sku' {number}", f"{number:016x}", stack=(("app.py", 12, "handler"),))
    aws = {"request_id": REQUEST[:-4] + f"{number:04d}", "function_version": "3"}
    return Trace(
        trace.id,
        (
            service._replace(fault=True, http={**service.http, "response": {"status": 502}}),
            function._replace(
                fault=True, exceptions=(error,), annotations={"tenant": "big"}, aws=aws, user=f"u{number}"
            ),
        ),
    )


def hostile(now: float, strings: Sequence[str]) -> FakeCloud:
    """A cloud in which every place for text has every one of the strings."""
    start = now - 300
    traces = [_hostile_trace(start + n, n, text) for n, text in enumerate(strings)]
    lines = [
        LogEvent(start + n, f"[ERROR] Odd{text}Error: {text}", f"/aws/lambda/{text}", text, str(n))
        for n, text in enumerate(strings)
    ]
    groups: dict[str, list[LogEvent]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    alarms = [AlarmStatus(text, "ALARM", text, now) for text in strings]
    return FakeCloud(recorded_traces=traces, logs=groups, alarm_statuses=alarms)


def _hostile_trace(start: float, number: int, text: str) -> Trace:
    call = Segment(
        text or "c", text, start + 0.01, start + 0.7, namespace="remote", fault=True, annotations={text: text},
        metadata={text: {text: [text, {text: text}]}}, aws={"operation": text, "table_name": text, text: text},
        exceptions=(TracedException(text, text, text, stack=((text, 1, text),)),), user=text, resource_arn=text,
        http={"request": {"url": text, "method": text}, "response": {"status": text}}, links=(text,),
    )  # fmt: skip
    root = Segment(
        f"{number:016x}", text, start, start + 1.0, origin=f"AWS::{text}", fault=number % 2 == 0, subsegments=(call,),
        annotations={text: text}, exceptions=(TracedException(text, text),), user=text,
        http={"request": {"url": f"https://x/{text}", "method": text}},
    )  # fmt: skip
    # Half of them with an id that is hostile, too.
    return Trace(text if number % 2 and text else trace_id(start, number), (root,), problems=(f"malformed: {text}",))
