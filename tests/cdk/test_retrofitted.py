"""The CDK app under an overlay differs in what the overlay names, and in what that needs."""

from typing import Any

import pytest

from shopfast_obs.model.resources import ALARM, FUNCTION, LOG_GROUP, REST_STAGE, STATE_MACHINE, TOPIC
from tests.cdk.conftest import ERRORS, FUNCTIONS, Synthesis
from tests.cdk.test_pristine import listed, statements

pytestmark = pytest.mark.synth

LAYER, POLICY = "AWS::Lambda::LayerVersion", "AWS::IAM::Policy"


def bodies(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """All resources by logical id."""
    return dict(synthesis.resources())


def test_only_what_the_overlay_names_is_different(pristine: Synthesis, retrofitted: Synthesis) -> None:
    """Nothing goes, nothing else changes, and what is new is alarm, topic, layer and permission."""
    before, after = bodies(pristine), bodies(retrofitted)
    assert not set(before) - set(after)
    changed = sorted(body["Type"] for key, body in before.items() if after[key] != body)
    assert changed == sorted([*[FUNCTION] * len(FUNCTIONS), LOG_GROUP, REST_STAGE, STATE_MACHINE])
    new = sorted(body["Type"] for key, body in after.items() if key not in before)
    assert new == sorted([ALARM, TOPIC, LAYER, *[POLICY] * (len(FUNCTIONS) + 1)])
    assert retrofitted.stderr == pristine.stderr == ""


def test_the_properties_are_those_of_the_overlay(pristine: Synthesis, retrofitted: Synthesis) -> None:
    """Each at its path, the neighbours untouched."""
    before, after = pristine.function(FUNCTIONS[0]), retrofitted.function(FUNCTIONS[0])
    expected = before | {
        "Timeout": 10,
        "MemorySize": 512,
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": {"LogFormat": "JSON"},
        "Environment": {"Variables": before["Environment"]["Variables"] | {"LOG_LEVEL": "INFO"}},
        "Layers": after["Layers"],
    }
    assert after == expected
    group = retrofitted.named(LOG_GROUP, "LogGroupName", f"/aws/lambda/{FUNCTIONS[0]}")
    assert group["RetentionInDays"] == 30
    assert retrofitted.named(REST_STAGE, "StageName", "prod")["TracingEnabled"] is True


def test_traced_roles_may_send_segments(retrofitted: Synthesis) -> None:
    """Each policy is on the role of what it serves, and that waits for it: Lambda refuses tracing without."""
    tracing = {key: b for key, b in retrofitted.resources(POLICY) if "Tracing" in key}
    roles = {body["Properties"]["Roles"][0]["Ref"] for body in tracing.values()}
    users = [body for _, body in retrofitted.resources(FUNCTION, STATE_MACHINE)]
    assert roles == {(b["Properties"].get("Role") or b["Properties"]["RoleArn"])["Fn::GetAtt"][0] for b in users}
    assert all(set(tracing) & set(body["DependsOn"]) for body in users)
    wide = [s for s in statements(retrofitted) if "*" in listed(s["Resource"])]
    assert {action.split(":")[0] for s in wide for action in listed(s["Action"])} == {"ec2", "xray"}


def test_the_alarm_is_beside_what_it_watches_and_tells_the_topic(retrofitted: Synthesis) -> None:
    """Both when it fires and when it is over."""
    services = retrofitted.template("shopfast-services")["Resources"]
    (alarm,) = [body["Properties"] for body in services.values() if body["Type"] == ALARM]
    (topic_id,) = [key for key, body in services.items() if body["Type"] == TOPIC]
    assert services[topic_id]["Properties"]["TopicName"] == "shopfast-alarms"
    actions = [{"Ref": topic_id}]
    assert alarm == {"AlarmName": "shopfast-product-errors", **ERRORS, "AlarmActions": actions, "OKActions": actions}


def test_one_runtime_layer_serves_all_functions(retrofitted: Synthesis) -> None:
    """After the public Powertools layer for the function's runtime and architecture."""
    ((layer_id, layer),) = retrofitted.resources(LAYER)
    for name in FUNCTIONS:
        powertools, runtime = retrofitted.function(name)["Layers"]
        arn = "".join(part if isinstance(part, str) else "REGION" for part in powertools["Fn::Join"][1])
        assert arn.startswith("arn:aws:lambda:REGION:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:")
        assert runtime == {"Ref": layer_id}
    folder = retrofitted.folder / f"asset.{layer['Properties']['Content']['S3Key'].removesuffix('.zip')}"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"python/shopfast_obs/__init__.py", "python/shopfast_obs/runtime/__init__.py"} <= files
    assert all(file.startswith("python/shopfast_obs/") for file in files)
    rooms = {file.split("/")[2] for file in files}
    assert rooms - {"__pycache__"} == {"__init__.py", "runtime"}
