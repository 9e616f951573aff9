"""Rule alarm-muted."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.alarms.mute_rules import seconds, share
from shopfast_obs.diagnose.rules.alarms.muted import RULE
from shopfast_obs.model.resources import ALARM, LOG_ALARM, MUTE_RULE, Gap, Resource
from tests.diagnose.builders import clear, declared, found, observed, undecided

HOUR = 3600
QUIET = Resource(ALARM, "errors", "Errors", "app")


def rule(expression: Any = "cron(0 2 * * *)", duration: Any = "PT1H", **more: Any) -> Resource:
    """A mute rule on the alarm."""
    schedule = {"Expression": expression, "Duration": duration}
    said = {"Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": ["errors"]}, **more}
    return Resource(MUTE_RULE, "nights", "Nights", "app", properties=said)


@pytest.mark.parametrize(
    ("expression", "duration", "part"),
    [
        ("cron(0 2 * * *)", "PT12H", 0.5),
        ("cron(0 2 * * SUN)", "P3DT12H", 0.5),
        ("cron(0 18 * * MON-FRI)", "PT14H", 5 * 14 / 168),
        ("cron(0/30 * * * *)", "PT15M", 0.5),
        ("cron(0 1 1 * *)", "P15D", 0.5),
        ("cron(0 1 1 1,7 *)", "P15D", 1 / 12),
        ("cron(0 2,14 * * ?)", "P15D", 1.0),
        ("at(2026-12-24T00:00:00)", "P3D", 0.0),
        ("cron(0 2 * *)", "PT1H", None),
        ("rate(1 hour)", "PT1H", None),
        ("cron(0 2 * * *)", "an hour", None),
        ({"Ref": "When"}, "PT1H", None),
    ],
)
def test_the_share_of_a_schedule(expression: Any, duration: Any, part: float | None) -> None:
    """Of the day, the week or the month that its cron expression goes by."""
    assert share(expression, duration) == (None if part is None else pytest.approx(part))


def test_durations() -> None:
    """Of ISO 8601, as far as mute rules take them."""
    assert [seconds(text) for text in ("PT1M", "P2DT12H", "P", "1h", None)] == [60, 60 * HOUR, None, None, None]


def test_found_where_a_rule_mutes_half_of_the_time() -> None:
    """Of metrics and of logs."""
    for alarm in (QUIET, Resource(LOG_ALARM, "errors", "Errors", "app")):
        finding = found(RULE.check(alarm, declared(alarm, rule(duration="PT12H"))))
        assert finding.title == "errors is muted 50 % of the time by nights: it turns red, and nobody is told"


def test_clear_for_a_short_window_and_without_a_rule() -> None:
    """The windows are said; a rule that is over mutes nobody."""
    assert clear(RULE.check(QUIET, declared(QUIET, rule()))) == "nights mutes it cron(0 2 * * *) for PT1H"
    assert "no mute rule" in clear(RULE.check(QUIET, declared(QUIET)))
    assert "no mute rule" in clear(RULE.check(QUIET, observed(QUIET, rule(duration="P15D", Status="EXPIRED"))))


def test_no_data_for_a_parameter_and_for_rules_that_were_not_read() -> None:
    """An SDK that is older than mute rules leaves them out."""
    assert "left to the deployment" in undecided(RULE.check(QUIET, declared(QUIET, rule({"Ref": "When"}))))
    gap = Gap("alarm mute rules", "botocore 1.40 does not know them", (MUTE_RULE,))
    assert "botocore 1.40" in undecided(RULE.check(QUIET, observed(QUIET, gaps=[gap])))
