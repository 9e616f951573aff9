"""The layers of an overlay: the right variant, after the function's own, within Lambda's limits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.constructs.layers import stage
from shopfast_obs.facts import fact
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION
from tests.constructs.conftest import Synthesised
from tests.constructs.test_aspect import function, stack

pytestmark = pytest.mark.synth

Synthesise = Callable[..., Synthesised]
POWERTOOLS = "arn:aws:lambda:REGION:017000801446:layer:AWSLambdaPowertoolsPythonV3"
OWN = "arn:aws:lambda:eu-west-1:111122223333:layer:own:1"


def layers(made: Synthesised, logical_id: str = "Checkout") -> list[str]:
    """A function's layers, joined texts written out and references by their target."""
    values = made[logical_id]["Properties"].get("Layers", [])
    return [value if isinstance(value, str) else value.get("Ref") or _joined(value) for value in values]


def _joined(value: dict[str, Any]) -> str:
    return "".join(part if isinstance(part, str) else "REGION" for part in value["Fn::Join"][1])


def asks(*wanted: Any, name: str = "Checkout") -> Overlay:
    """An overlay that adds layers to one function."""
    return Overlay((ResourceOverlay(FUNCTION, name, {}, wanted),))


@pytest.mark.parametrize(
    ("properties", "variant"),
    [
        ({"runtime": "python3.11"}, "python311-x86_64"),
        ({"runtime": "python3.13", "architectures": ["arm64"]}, "python313-arm64"),
    ],
)
def test_the_variant_is_the_functions(synthesise: Synthesise, properties: dict[str, Any], variant: str) -> None:
    """Runtime and architecture decide which of the public layers it is."""
    made = synthesise(lambda app: function(stack(app), "Checkout", **properties), asks("powertools"))
    assert layers(made) == [f"{POWERTOOLS}-{variant}:{fact('powertools-layer-version').value}"]


def test_the_layer_of_opentelemetry_is_one_for_all_variants(synthesise: Synthesise) -> None:
    """It is plain Python."""
    made = synthesise(lambda app: function(stack(app), "Checkout", architectures=["arm64"]), asks("runtime", "otel"))
    assert [layer.rstrip("0123456789ABCDEF") for layer in layers(made)] == ["ShopfastObsRuntime", "ShopfastObsOtel"]


def test_the_functions_own_layers_stay_first(synthesise: Synthesise) -> None:
    """Order decides what wins under /opt."""
    made = synthesise(lambda app: function(stack(app), "Checkout", layers=[OWN]), asks("runtime", "powertools"))
    assert [layer.split(":")[0] for layer in layers(made)] == ["arn", layers(made)[1], "arn"]
    assert layers(made)[0] == OWN and layers(made)[1].startswith("ShopfastObsRuntime")


def test_powertools_that_are_there_stay_as_they_are(synthesise: Synthesise) -> None:
    """Two versions of one library in a function are worse than an old one."""
    own = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7"
    made = synthesise(lambda app: function(stack(app), "Checkout", layers=[own]), asks("powertools"))
    assert layers(made) == [own]


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"runtime": "nodejs22.x"}, "has the runtime 'nodejs22.x', the Powertools layer is for Python"),
        ({"runtime": None, "handler": None}, "has the runtime 'of an image'"),
        ({"layers": [OWN[:-1] + str(n) for n in range(5)]}, "would have 6 layers, Lambda allows 5"),
    ],
)
def test_a_function_that_cannot_take_the_layer_is_left_alone(
    synthesise: Synthesise, properties: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the reason is said."""
    made = synthesise(lambda app: function(stack(app), "Checkout", **properties), asks("powertools"))
    assert layers(made) == properties.get("layers", [])
    assert sentence in capsys.readouterr().err


def test_a_stack_has_one_runtime_layer(synthesise: Synthesise) -> None:
    """However many functions use it; another stack has its own."""

    def build(app: Any) -> None:
        first = stack(app, "First")
        for name in ("One", "Two"):
            function(first, name)
        function(stack(app, "Second"), "Three")

    wanted = tuple(ResourceOverlay(FUNCTION, name, {}, ("runtime",)) for name in ("One", "Two", "Three"))
    made = synthesise(build, Overlay(wanted))
    per_stack = {
        name: [key for key, body in resources.items() if body["Type"] == "AWS::Lambda::LayerVersion"]
        for name, resources in made.stacks.items()
    }
    assert {name: len(found) for name, found in per_stack.items()} == {"First": 1, "Second": 1}
    assert layers(made, "One") == layers(made, "Two") == per_stack["First"]
    contents = [body["Properties"]["Content"]["S3Key"] for body in made.values() if "Content" in body["Properties"]]
    assert len(set(contents)) == 1


def test_the_layer_holds_the_runtime_and_nothing_else(tmp_path: Path) -> None:
    """Where Python in a function finds it, compiled beside its source, and the same each time."""
    import shopfast_obs

    source = Path(shopfast_obs.__file__).parent
    for name in ("one", "two"):
        stage(tmp_path / name)
    one = {path.relative_to(tmp_path / "one"): path.read_bytes() for path in (tmp_path / "one").rglob("*.*")}
    two = {path.relative_to(tmp_path / "two"): path.read_bytes() for path in (tmp_path / "two").rglob("*.*")}
    home = Path("python/shopfast_obs")
    assert one == two
    assert one[home / "__init__.py"] == (source / "__init__.py").read_bytes()
    runtime = {home / path.relative_to(source) for path in (source / "runtime").rglob("*.py")}
    shipped = runtime - {home / "runtime" / "bundle.py"} | {home / "__init__.py"}
    assert {path for path in one if path.suffix == ".py"} == shipped
    assert {path.name.split(".")[0] for path in one if path.suffix == ".pyc"} == {path.stem for path in shipped}
