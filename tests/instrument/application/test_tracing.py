"""Which way a handler is traced: as asked, else as it is, else as the others; never by two tracers."""

from pathlib import Path

import pytest

from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.model.overlay import Tracing

HANDLER = "def handler(event, context):\n    print(event)\n"
OTEL = f"from shopfast_obs.runtime import traced\n\n\n@traced\n{HANDLER}"
XRAY = f"from aws_lambda_powertools import Tracer\n\ntracer = Tracer()\n\n\n@tracer.capture_lambda_handler\n{HANDLER}"
MIGRATE = "tracer: the X-Ray SDK traces it already; move it with: shopfast-obs instrument --migrate xray-to-otel"


def planned(folder: Path, tracing: Tracing | None = None, **sources: str) -> Instrumentation:
    """The plan of the default profile for these modules, `a__b` being a folder and a module of it."""
    for name, text in sources.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return for_paths([folder], folder, selected(profile="decorators", tracing=tracing))


def after(found: Instrumentation, name: str) -> str:
    """The module as the plan leaves it."""
    (file,) = [file for file in found.files if file.path.name == name]
    return (file.after or file.path.read_bytes()).decode()


def reasons(found: Instrumentation) -> list[str]:
    """Why something was left alone."""
    return [file.reason for file in found.files if file.reason]


def test_opentelemetry_stands_where_the_tracer_does(tmp_path: Path) -> None:
    """Nothing of the X-Ray SDK is loaded, and a second run, asked or not, changes nothing."""
    found = planned(tmp_path, "otel", app=HANDLER + "\n\nimport logic\n", logic="X = 1\n")
    decorators = [line for line in after(found, "app.py").splitlines() if line.startswith("@")]
    assert [line.partition("(")[0] for line in decorators] == [
        "@observed", "@metrics.log_metrics", "@traced", "@logger.inject_lambda_context",
    ]  # fmt: skip
    assert "Tracer" not in after(found, "app.py") + after(found, "observability.py")
    for change in found.plan.changes:
        (tmp_path / change.path).write_bytes(change.after or b"")
    assert planned(tmp_path, "otel").plan.empty
    assert planned(tmp_path).plan.empty


def test_a_source_of_the_x_ray_sdk_is_moved_by_the_migration_alone(tmp_path: Path) -> None:
    """Its own decorators stay; what else is missing comes."""
    found = planned(tmp_path, "otel", app=XRAY)
    assert reasons(found) == [MIGRATE]
    assert "traced" not in after(found, "app.py")
    assert "@observed" in after(found, "app.py")


@pytest.mark.parametrize(
    "line", ["from aws_xray_sdk.core import patch_all", "import aws_lambda_powertools as p\np.Tracer()"]
)
def test_a_helper_that_starts_the_x_ray_sdk_counts(line: str, tmp_path: Path) -> None:
    """It patches what OpenTelemetry would patch, in the same process."""
    found = planned(tmp_path, "otel", app=f"import helper\n\n\n{HANDLER}", helper=f"{line}\n", other=HANDLER)
    assert reasons(found) == [MIGRATE]
    assert "@traced" in after(found, "other.py")


def test_what_is_on_one_way_stays_and_what_is_new_follows_the_others(tmp_path: Path) -> None:
    """A run without the option mixes nothing that is not mixed."""
    found = planned(tmp_path, None, orders__app=OTEL, stock__app=HANDLER)
    texts = {str(file.path.relative_to(tmp_path)): (file.after or b"").decode() for file in found.files}
    assert "@traced" in texts["stock/app.py"]
    assert "Tracer" not in texts["orders/app.py"]
    mixed = planned(tmp_path, None, mail__app=XRAY, new__app=HANDLER)
    texts = {str(file.path.relative_to(tmp_path)): (file.after or b"").decode() for file in mixed.files}
    assert "Tracer" in texts["new/app.py"]
    assert "Tracer" not in texts["orders/app.py"]


def test_the_way_back_is_said(tmp_path: Path) -> None:
    """Nobody asked for two tracers."""
    found = planned(tmp_path, "xray", app=OTEL)
    assert reasons(found) == [
        "tracer: OpenTelemetry traces it already (@traced); shopfast-obs uninstrument takes it out"
    ]


@pytest.mark.parametrize("tracing", ["xray", "otel"])
@pytest.mark.parametrize(
    ("line", "tracer"),
    [
        ("from datadog_lambda.wrapper import datadog_lambda_wrapper", "Datadog"),
        ("import newrelic.agent", "New Relic"),
        ("from lumigo_tracer import lumigo_tracer", "Lumigo"),
        ("from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration", "Sentry"),
        ("from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor", "OpenTelemetry"),
        ("from opentelemetry.sdk.trace import TracerProvider", "OpenTelemetry"),
    ],
)
def test_what_another_tracer_traces_gets_logs_metrics_and_correlation(
    line: str, tracer: str, tracing: Tracing, tmp_path: Path
) -> None:
    """Two that flush and trace the same invocation disturb each other; in a helper it is a tracer as well."""
    sources = {"app": f"{line}\n\n\n{HANDLER}", "other": f"import helper\n\n\n{HANDLER}", "helper": f"{line}\n"}
    found = planned(tmp_path, tracing, **sources)
    assert reasons(found) == [f"{tracer} traces it already: it gets no second tracer"] * 2
    for name in ("app.py", "other.py"):
        text = after(found, name)
        assert "@observed\n@metrics.log_metrics(capture_cold_start_metric=True)\n@logger.inject" in text
        assert "Tracer" not in text.replace("TracerProvider", "")


@pytest.mark.parametrize("line", ["import sentry_sdk", "from opentelemetry import trace"])
def test_what_traces_no_handler_is_no_tracer(line: str, tmp_path: Path) -> None:
    """Errors sent by hand, and spans that go to whatever provider there is."""
    found = planned(tmp_path, "otel", app=f"{line}\n\n\n{HANDLER}")
    assert reasons(found) == []
    assert "@traced" in after(found, "app.py")
