"""Mute rules for deploy windows, as a proposal."""

from __future__ import annotations

import pytest

from shopfast_obs.alarms.muting import MOST, proposed
from shopfast_obs.errors import UserError


def test_a_rule_names_the_alarms_and_the_window() -> None:
    """As AWS::CloudWatch::AlarmMuteRule takes it; a rule takes a hundred alarms."""
    name = {"Fn::Sub": "${AWS::StackName}-web-error-rate"}
    (rule,) = proposed([name], "cron(0 14 * * TUE)", "PT20M", "shop").values()
    assert rule["Type"] == "AWS::CloudWatch::AlarmMuteRule"
    said = rule["Properties"]
    assert (said["Name"], said["MuteTargets"]) == ("shop-deploy-window", {"AlarmNames": [name]})
    assert said["Rule"] == {"Schedule": {"Expression": "cron(0 14 * * TUE)", "Duration": "PT20M", "Timezone": "UTC"}}
    several = proposed([f"a{n}" for n in range(MOST + 1)], "at(2026-12-01T14:00)", "P1D", "shop")
    assert [len(one["Properties"]["MuteTargets"]["AlarmNames"]) for one in several.values()] == [MOST, 1]
    assert len({one["Properties"]["Name"] for one in several.values()}) == 2


@pytest.mark.parametrize(
    ("expression", "duration"),
    [
        ("cron(0 14 * *)", "PT20M"),
        ("rate(1 day)", "PT20M"),
        ("at(tomorrow)", "PT20M"),
        ("cron(0 14 * * *)", "20m"),
        ("cron(0 14 * * *)", "P16D"),
        ("cron(0 14 * * *)", "PT"),
    ],
)
def test_a_window_that_cloudwatch_refuses_is_a_user_error(expression: str, duration: str) -> None:
    """With what would do."""
    with pytest.raises(UserError) as caught:
        proposed(["a"], expression, duration, "shop")
    assert "for example" in (caught.value.hint or "")
