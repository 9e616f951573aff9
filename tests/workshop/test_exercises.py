"""The exercises on the deployed shop: broken before, wrong fixes rejected, solved after `solve`.

The tests share one deployment and build on each other, as the exercises do.
"""

from typing import Any

import pytest

from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.parse import overlay as overlay_file
from tests.story.conftest import Project, eventually
from tests.story.conftest import project as project  # noqa: PLC0414 - the fixture is used here, too

pytestmark = [pytest.mark.cloud, pytest.mark.synth]

PRODUCT, ORDER = "shopfast-product-service", "shopfast-order-service"
BLIND = (PRODUCT, "shopfast-inventory-service", "shopfast-notification-handler")
TRACED = {"TracingConfig.Mode": "Active"}
JSON_LOGS = {"LoggingConfig.LogFormat": "JSON"}
ALARM = f"{PRODUCT}-error-rate"


def results(project: Project, exercise: str, *, code: int) -> dict[str, dict[str, Any]]:
    """What `check` says of each check of the exercise."""
    document = project.json(f"workshop check {exercise}", code=code)
    assert document["passed"] is (code == 0)
    return {result["check"]: result for result in document["results"]}


def outcomes(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The outcome of each check."""
    return {name: result["outcome"] for name, result in found.items()}


def decide(project: Project, *changes: ResourceOverlay) -> None:
    """Write an overlay by hand, as a learner who edits it would."""
    project.settings.overlay_path.write_text(overlay_file.write(Overlay(resources=changes)), encoding="utf-8")


def state(project: Project, exercise: str) -> str:
    """The exercise's state in the list."""
    return next(str(row["state"]) for row in project.json("workshop list") if row["id"] == exercise)


def test_see_it_fail_wants_the_numbers_of_this_deployment(project: Project) -> None:
    """Guessed answers are rejected one by one; the solution knows the truth."""
    said = project.run("workshop start 01").stdout
    assert "not yet  killed: What share" in said
    project.run(
        "workshop answer 'failing_route=GET /products/{id}' killed_percent=5 killed_after_seconds=30 scarce=CPU"
    )
    found = outcomes(results(project, "01", code=1))
    assert found.pop("scarce") == "passed"
    assert set(found.values()) == {"not yet"}
    project.run("workshop solve 01")
    assert state(project, "01-see-it-fail") == "solved for you"


def test_make_it_visible_rejects_one_service_alone(project: Project) -> None:
    """Instruments in one service alone: ids end with it."""
    project.run("workshop start 02")
    one = ResourceOverlay(FUNCTION, ORDER, {**TRACED, **JSON_LOGS}, ("powertools", "runtime"))
    decide(project, one, *(ResourceOverlay(FUNCTION, name, TRACED) for name in BLIND))
    project.run("instrument --apply starter/services/order-service")
    project.run("deploy")
    found = results(project, "02", code=1)
    one_id = found["one-id-for-one-order"]
    assert one_id["outcome"] == "not yet"
    assert one_id["measured"]["ids"] > 0
    assert one_id["measured"]["reach"] < 3
    assert found["every-service-logs-fields"]["outcome"] == "not yet"
    project.run("undo --yes")
    project.settings.overlay_path.unlink()


def test_make_it_visible_is_solved(project: Project) -> None:
    """One id through four services."""
    project.run("workshop solve 02")
    assert state(project, "02-make-it-visible") == "solved for you"


def test_fix_it_rejects_a_longer_timeout(project: Project) -> None:
    """Nobody is killed any more, and customers wait."""
    project.run("workshop start 06")
    kept = project.settings.overlay_path.read_bytes()
    overlay = overlay_file.read(kept.decode()).with_resource(ResourceOverlay(FUNCTION, PRODUCT, {"Timeout": 30}))
    project.settings.overlay_path.write_text(overlay_file.write(overlay), encoding="utf-8")
    project.run("deploy")
    found = results(project, "06", code=1)
    assert found["customers-get-the-catalogue"]["outcome"] == "not yet"
    assert found["customers-get-the-catalogue"]["measured"]["p95_ms"] > 2500
    assert found["healthy-configuration"]["outcome"] == "not yet"
    project.settings.overlay_path.write_bytes(kept)


def test_fix_it_rejects_an_empty_answer_and_an_alarm_set_by_hand(project: Project) -> None:
    """Quick and wrong is no fix; `set-alarm-state` is no fire drill."""
    logic = project.folder / "starter" / "services" / "product-service" / "logic.py"
    source = logic.read_bytes()
    project.advance(900)  # what failed so far is no reason for an alarm any more
    logic.write_bytes(source.replace(b"products = store.scan_products()", b"products = []"))
    assert logic.read_bytes() != source
    project.run("alarms apply")
    project.run("deploy")
    cloudwatch = project.client("cloudwatch")
    for value in ("ALARM", "OK"):
        cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue=value, StateReason="by hand")
    found = results(project, "06", code=1)
    catalogue, alarm = found["customers-get-the-catalogue"], found["alarm-fired-and-recovered"]
    assert catalogue["outcome"] == "not yet"
    assert catalogue["measured"]["good"] > 0
    assert catalogue["measured"]["found"] == 0
    assert alarm["outcome"] == "not yet"
    assert alarm["measured"]["fired"] == "no"
    logic.write_bytes(source)


def test_fix_it_is_solved(project: Project) -> None:
    """The alarm fires because customers fail, and recovers because they do not. How long these wait is also the
    machine's doing, which another cloud keeps busy at times: what took too long is looked at again."""
    if project.run("workshop solve 06", code=None).returncode:
        assert open_but_for_time(project) == {}
        assert eventually(lambda: project.run("workshop check 06", code=None).returncode == 0, seconds=90)
    assert state(project, "06-fix-it") in ("solved for you", "passed")


def open_but_for_time(project: Project) -> dict[str, str]:
    """What the exercise's checks say that did not pass, without that of the waiting."""
    results = project.json("workshop check 06", code=None)["results"]
    told = {result["check"]: str(result) for result in results if result["outcome"] != "passed"}
    return {check: said for check, said in told.items() if check != "customers-get-the-catalogue"}
