"""Whether a function can carry instrumentation, and what it gets when it is too tight."""

from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.instrument.infrastructure import headroom
from shopfast_obs.instrument.plan import Instrumentation, for_project
from shopfast_obs.instrument.registry import selected
from shopfast_obs.model import overlay
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.parse import overlay as overlay_text

LAYERS, OTEL = overlay.LAYERS["xray"], overlay.LAYERS["otel"]


def function(name: str = "shop-orders", **properties: Any) -> Resource:
    """A Python function that has room for everything."""
    own = {"Runtime": "python3.11", "Handler": "handler.lambda_handler", "MemorySize": 512, "Timeout": 10}
    return Resource(FUNCTION, name, properties={**own, **properties})


def report(duration: float, used: int, size: int = 512, status: str = "success") -> InvocationReport:
    """One REPORT."""
    return InvocationReport("r", 0.0, duration, duration, size, used, status=status)  # type: ignore[arg-type]


OBSTACLES: dict[str, dict[str, Any]] = {
    "container image": {"PackageType": "Image"},
    "5": {"Layers": [f"arn:aws:lambda:eu-west-1:1:layer:l{n}:1" for n in range(4)]},
    "4096": {"Environment": {"Variables": {"BIG": "x" * 4000}}},
    "Lambda Web Adapter": {"Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"}}},
    "python3.8": {"Runtime": "python3.8"},
    "mips": {"Architectures": ["mips"]},
}


@pytest.mark.parametrize(("said", "properties"), OBSTACLES.items())
def test_what_lambda_forbids_is_said(said: str, properties: dict[str, Any]) -> None:
    """Before anything is changed."""
    assert said in headroom.of(function(**properties), LAYERS, {"POWERTOOLS_SERVICE_NAME": "orders" * 20}).blocked


def test_opentelemetry_s_layer_counts_among_the_five() -> None:
    """And among the 250 MB."""
    full = function(Layers=[f"arn:aws:lambda:eu-west-1:1:layer:l{n}:1" for n in range(3)])
    assert headroom.of(full, LAYERS, {}).blocked == ""
    assert "it would have 6 layers" in headroom.of(full, OTEL, {}).blocked
    largest = (250 << 20) - sum(headroom.LAYER_BYTES[layer] for layer in LAYERS)
    assert headroom.of(function(), LAYERS, {}, code=largest).blocked == ""
    assert "MB unpacked" in headroom.of(function(), OTEL, {}, code=largest).blocked


@pytest.mark.parametrize(("megabytes", "blocked"), [(204, ""), (205, "251 MB unpacked with the layers, Lambda all")])
def test_a_package_that_would_outgrow_lambda_is_said(megabytes: int, blocked: str) -> None:
    """With what the layers weigh unpacked."""
    assert blocked in headroom.of(function(), LAYERS, {}, code=megabytes << 20).blocked
    assert bool(headroom.of(function(), LAYERS, {}, code=megabytes << 20).blocked) == bool(blocked)


def test_what_is_there_already_is_not_counted_twice() -> None:
    """Three layers of its own and one of ours leave room for the other; a variable that it has costs nothing more."""
    own = [f"arn:aws:lambda:eu-west-1:1:layer:l{n}:1" for n in range(3)]
    powertools = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:27"
    tight = function(Layers=[*own, powertools], Environment={"Variables": {"BIG": "x" * 4000}})
    assert headroom.of(tight, LAYERS, {"BIG": "y" * 4000}) == headroom.Headroom()


def test_memory_rises_where_the_libraries_would_not_fit_beside_what_is_used() -> None:
    """And only there; a REPORT of another size says nothing about this one."""
    tight = headroom.of(function(MemorySize=128), LAYERS, {}, [report(0.1, 110, 128)])
    assert tight.properties == {"MemorySize": 192}
    assert tight.notes == ("MemorySize 128 becomes 192: 110 MB are in use, and 24 MB come in addition",)
    for reports in ([report(0.1, 90, 128)], [report(0.1, 250, 256)], []):
        assert headroom.of(function(MemorySize=128), LAYERS, {}, reports).properties == {}


def test_the_timeout_rises_where_answers_in_time_would_be_late() -> None:
    """What never comes in time has other needs than ours; defaults are those that Lambda applies."""
    late = Resource(FUNCTION, "f", properties={"Runtime": "python3.11", "Handler": "a.b"})
    assert headroom.of(late, LAYERS, {}, [report(2.7, 60, 128)]).properties == {"Timeout": 5}
    assert headroom.of(late, LAYERS, {}, [report(3.0, 60, 128, "timeout")]).properties == {}
    assert headroom.of(late, LAYERS, {}, [report(1.0, 60, 128)]).properties == {}


def project(
    tmp_path: Path, *functions: Resource, reports: dict[str, list[InvocationReport]] | None = None
) -> Instrumentation:
    """The plan for two services, orders and stock."""
    for name in ("orders", "stock"):
        (tmp_path / "src" / name).mkdir(parents=True)
        (tmp_path / "src" / name / "handler.py").write_text("def lambda_handler(event, context):\n    return 1\n")
    folders = sorted((tmp_path / "src").iterdir())
    inventory = Inventory("test", functions)
    return for_project(folders, tmp_path, inventory, tmp_path / "overlay.json", selected(), reports or {})


def test_a_function_that_cannot_carry_it_keeps_its_source_too(tmp_path: Path) -> None:
    """Imports of a layer that is not there would break it."""
    planned = project(tmp_path, function("shop-orders", **OBSTACLES["5"]), function("shop-stock"))
    statuses = {str(f.path.relative_to(tmp_path)): f.status for f in planned.files}
    assert statuses == {
        "src/orders/handler.py": "skipped",
        "src/stock/handler.py": "changed",
        "overlay.json": "changed",
    }
    written = overlay_text.read((planned.plan.changes[-1].after or b"").decode(), "overlay.json")
    assert [resource.name for resource in written.resources] == ["shop-stock"]
    assert any("shop-orders is left as it is: it would have 6 layers" in effect for effect in planned.plan.effects)


def test_a_function_that_is_too_tight_is_instrumented_and_resized_in_one_plan(tmp_path: Path) -> None:
    """And the plan says so."""
    tight = function("shop-orders", MemorySize=128)
    planned = project(tmp_path, tight, function("shop-stock"), reports={"shop-orders": [report(0.1, 120, 128)]})
    written = overlay_text.read((planned.plan.changes[-1].after or b"").decode(), "overlay.json")
    assert [r.properties.get("MemorySize") for r in written.resources] == [192, None]
    assert any(effect.startswith("shop-orders: MemorySize 128 becomes 192") for effect in planned.plan.effects)


def test_the_layers_of_a_function_follow_how_its_source_traces(tmp_path: Path) -> None:
    """One that Datadog traces gets no third layer, and its tracing stays."""
    project(tmp_path, function("shop-orders"), function("shop-stock"))
    datadog = {
        "Handler": "datadog_lambda.handler.handler",
        "Environment": {"Variables": {"DD_LAMBDA_HANDLER": "b.main"}},
    }
    (tmp_path / "src" / "stock" / "b.py").write_text("def main(event, context):\n    return 1\n")
    inventory = Inventory("test", (function("shop-orders"), function("shop-stock", **datadog)))
    folders = sorted((tmp_path / "src").iterdir())
    planned = for_project(folders, tmp_path, inventory, tmp_path / "overlay.json", selected(tracing="otel"))
    written = overlay_text.read((planned.plan.changes[-1].after or b"").decode(), "overlay.json")
    assert [resource.layers for resource in written.resources] == [OTEL, LAYERS]
    assert ["TracingConfig.Mode" in resource.properties for resource in written.resources] == [True, False]
    assert any(effect.startswith("shop-stock: Datadog traces it already") for effect in planned.plan.effects)
    sources = {str(f.path.relative_to(tmp_path)): f.after or b"" for f in planned.files}
    assert b"@traced" in sources["src/orders/handler.py"]
    assert b"traced" not in sources["src/stock/b.py"] and b"@observed" in sources["src/stock/b.py"]
