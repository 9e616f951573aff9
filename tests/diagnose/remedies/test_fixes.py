"""From findings to the overlay."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.remedies.fixes import WAITS, Fix, plan
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.resources import LOG_GROUP, Inventory, Resource
from shopfast_obs.parse.overlay import read
from tests.diagnose.builders import function, killed, observed, written

GROUP = Resource(LOG_GROUP, "/aws/lambda/web", "Logs")


def failing() -> Context:
    """A function that its timeout kills, with logs kept for ever."""
    web = function()
    return observed(web, GROUP, logs=written(web, *(killed(n) for n in range(5))))


def fix(context: Context, before: bytes | None = None) -> Fix:
    """The fix for everything that is found."""
    findings = diagnose(context.inventory, context.observations).findings
    return plan(findings, context.inventory, "cdk/overlay.json", before)


def after(made: Fix) -> bytes:
    """The overlay as the plan writes it."""
    (change,) = made.plan.changes
    assert change.after is not None
    return change.after


def test_timeout_memory_and_retention_go_into_the_overlay() -> None:
    """One change a property, whatever number of rules asks for it."""
    made = fix(failing())
    overlay = read(after(made).decode())
    assert {(r.name, tuple(sorted(r.properties.items()))) for r in overlay.resources} == {
        ("web", (("MemorySize", 1024), ("Timeout", 10))),
        ("/aws/lambda/web", (("RetentionInDays", 30),)),
    }
    assert len(made.changes) == 3
    assert any("128 MB come with 7 % of a vCPU" in effect for effect in made.plan.effects)


def test_the_plan_predicts_by_the_report_lines_and_says_from_how_many() -> None:
    """A number for whoever judges it later, and the same in the sentence."""
    made = fix(failing())
    assert made.plan.predicted == (Prediction("web", 1024, 1.5, 5, 3.0, 3.0, 5),)
    assert any("By 5 REPORT lines (3.00 s), 5 killed" in effect for effect in made.plan.effects)
    assert any("takes at most 1.5 s" in effect for effect in made.plan.effects)
    assert fix(failing(), after(made)).plan.predicted == ()


def test_tracing_and_alarms_are_left_to_their_commands() -> None:
    """Said with the command, once a rule."""
    skipped = {s.what: s.reason for s in fix(failing()).plan.skipped}
    assert skipped["lambda-not-traced"] == "shopfast-obs instrument --apply"
    assert skipped["lambda-no-alarm"] == "shopfast-obs alarms apply"


def test_what_has_no_name_of_the_apps_goes_by_its_construct() -> None:
    """A deployed name is made anew with its resource, and is none of the overlay's."""
    web = function()
    declared = Inventory("template", (replace(web, name="Shop/Web"),))
    context = failing()
    findings = diagnose(context.inventory, context.observations).findings
    made = plan(findings, context.inventory, "cdk/overlay.json", None, declared)
    assert {resource.name for resource in read(after(made).decode()).resources} == {"Shop/Web", "/aws/lambda/web"}
    again = plan(findings, context.inventory, "cdk/overlay.json", after(made), declared)
    assert again.plan.empty


def test_the_second_run_changes_nothing() -> None:
    """What waits for a deployment is not derived again."""
    made = fix(failing())
    again = fix(failing(), after(made))
    assert again.plan.empty
    assert again.changes == ()
    assert {s.what for s in again.plan.skipped if s.reason == WAITS} == {
        "web MemorySize",
        "web Timeout",
        "/aws/lambda/web RetentionInDays",
    }


def test_what_the_overlay_says_of_other_things_stays() -> None:
    """A merge, not a replacement."""
    before = (
        b'{"version": 1, "alarm_topic": "ops", "resources": [{"type": "AWS::Lambda::Function", "name": "web",'
        b' "properties": {"TracingConfig.Mode": "Active"}, "layers": ["powertools"]}]}'
    )
    overlay = read(after(fix(failing(), before)).decode())
    web = next(r for r in overlay.resources if r.name == "web")
    assert (overlay.alarm_topic, web.layers) == ("ops", ("powertools",))
    assert web.properties["TracingConfig.Mode"] == "Active"
    assert web.properties["MemorySize"] == 1024


def test_a_function_of_no_stack_is_left_alone_with_the_reason() -> None:
    """No template could hold the change."""
    web = replace(function(), logical_id="", stack="")
    made = fix(observed(web, logs=written(web, killed(1))))
    assert made.plan.empty
    assert "no stack owns it, so no template can hold the change" in {s.reason for s in made.plan.skipped}


def test_nothing_found_is_nothing_to_change() -> None:
    """An empty plan."""
    made = plan([], failing().inventory, "cdk/overlay.json", None)
    assert made.plan.empty
    assert made.plan.effects == made.plan.skipped == ()
