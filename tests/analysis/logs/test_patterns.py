"""CloudWatch Logs' filter patterns, by the examples of its user guide."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.logs.patterns import PatternError, log_pattern

ERROR_LINES = [
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    "[ERROR 420] INVALID ARGUMENTS",
    "[WARN 200] INTERNAL SERVER ERROR",
]
CLOUDTRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "cluster.name": "c",
        "ThisFlag": True,
        "errorCode": "400",
        "latency": 12.5,
        "detail-type": "x",
        "requestParameters": {"instanceId": "i-987654"},
    }
)
ACCESS_LOG = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("ERROR", [0, 1, 2, 3, 4]),
        ("error", []),
        ("ERROR ARGUMENTS", [2, 3]),
        ('"INTERNAL SERVER ERROR"', [4]),
        ('"[ERROR 4"', [0, 1, 2, 3]),
        ("?400 ?ARGUMENTS", [0, 2, 3]),
        ("ERROR -ARGUMENTS", [0, 1, 4]),
        ('ERROR -"BAD REQUEST" -MISSING', [1, 3, 4]),
        ("%AUTHORIZED%", [1]),
        (r"%\[ERROR 4[12]\d\]%", [2, 3]),
        ("%^.WARN%", [4]),
        ("UNAUTH", [1]),
        ("-WARN", [0, 1, 2, 3]),
        ("?BAD REQUEST", [0, 1]),
        ('"say \\"no\\""', []),
    ],
)
def test_terms_are_found_in_the_text(pattern: str, matching: list[int]) -> None:
    """Case counts; a `?` beside other terms is ignored."""
    assert [n for n, line in enumerate(ERROR_LINES) if log_pattern(pattern).match(line) is not None] == matching


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('$.eventType = "UpdateTrail"', True),
        ("$.eventType = UpdateTrail", True),
        ('$.eventType != "UpdateTrail"', False),
        ('$.sourceIPAddress != "123.123.*"', True),
        ('$.sourceIPAddress = "111.111.*"', True),
        ('$.arrayKey[0] = "value"', True),
        ('$.arrayKey[1] = "value"', False),
        ('$.arrayKey[*] = "another*"', True),
        ("$.objectList[1].id = 2", True),
        ("$.objectList[*].id > 1", True),
        ("$.SomeObject IS NULL", True),
        ("$.ThisFlag IS TRUE", True),
        ("$.ThisFlag IS FALSE", False),
        ("$.SomeOtherObject NOT EXISTS", True),
        ("$.eventType NOT EXISTS", False),
        ("$.eventType EXISTS", True),
        ("$.errorCode = 400", True),
        ("$.errorCode >= 500", False),
        ("$.latency > 1.2e1 && $.latency < 13", True),
        ("$.nothing = 1", False),
        ("$.nothing != 1", False),
        ("$.detail-type = x", True),
        ('$.["cluster.name"] = "c"', True),
        ("$.['cluster.name'] = \"c\"", True),
        ("$.requestParameters.instanceId = %i-[0-9]+%", True),
        ('($.eventType = "A" || $.eventType = "UpdateTrail") && $.errorCode = 4*', True),
        ('$.eventType = "A" || $.eventType = "UpdateTrail" && $.errorCode = 5*', False),
        ("$.arrayKey = value", False),
    ],
)
def test_json_conditions_look_into_the_event(condition: str, holds: bool) -> None:
    """Selectors, wildcards, numbers, null, flags, existence, compounds."""
    assert (log_pattern(f"{{ {condition} }}").match(CLOUDTRAIL) is not None) == holds


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ip, stage, user, timestamp, request, status_code, bytes]", True),
        ("[ip, stage, user, timestamp, request, status_code]", False),
        ("[ip, stage, user, timestamp, request =*html*, status_code = 4*, bytes]", True),
        ("[ip, stage, user, timestamp, request, status_code = 404, bytes > 1000]", True),
        ("[ip, stage, user, timestamp, request, status_code = 404, bytes > 2000]", False),
        ("[..., status_code = 4*, bytes]", True),
        ("[ip=%127\\.0\\.0\\.[1-9]%, ...]", True),
        ("[ip, stage, user!=frank, ...]", False),
        ("[ip = 127.0.0.1 || ip = 10.*, ...]", True),
        ("[ip, stage=Prod && stage!=Test, ...]", True),
        ("[,,,,,,]", True),
    ],
)
def test_fields_between_spaces_are_compared(pattern: str, found: bool) -> None:
    """Brackets and quotes hold a field together; `...` stands for any number of fields."""
    assert (log_pattern(pattern).match(ACCESS_LOG) is not None) == found


def test_what_a_pattern_extracts() -> None:
    """The selectors of a JSON pattern, the fields of a delimited one, and any field as a metric's value."""
    pattern = log_pattern('{ $.eventType = "Up*" && $.objectList[1].id = 2 }')
    assert pattern.match(CLOUDTRAIL) == {"$.eventType": "UpdateTrail", "$.objectList[1].id": "2"}
    assert (pattern.value(CLOUDTRAIL, "$.latency"), pattern.value(CLOUDTRAIL, "$.SomeObject")) == ("12.5", None)
    fields = log_pattern("[ip, , ..., status, bytes]")
    assert fields.match(ACCESS_LOG) == {"$ip": "127.0.0.1", "$2": "Prod", "$status": "404", "$bytes": "1534"}
    assert fields.value(ACCESS_LOG, "$bytes") == "1534"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("Status: timeout", "Invalid character(s) in term ':'"),
        ("PlayerSpawned (reason", "Invalid character(s) in term '('"),
        ('"never closed', "Invalid character(s) in term '\"'"),
        ("{ $.a = 1", "a closing '}'"),
        ("{ }", "it is empty"),
        ('{ $."a" = 1 }', "Invalid character(s) in term"),
        ("{ $.a }", "ends too early"),
        ('{ $.a > "text" }', "not a number"),
        ('{ $.a = 1, $.b = 2 }', "Invalid character(s)"),
        ("{ ($.a = 1 }", "ends too early"),
        ("{ ($.a = 1 $.b = 2) }", "a bracket is not closed"),
        ("{ $.a = %1% && $.b = %2% && $.c = %3% }", "at most 2 regular expressions"),
        ("[a, b", "a closing ']'"),
        ("[..., a, ...]", "once only"),
        ("[a = 1 && b = 2]", "Invalid character(s)"),
        ("[a > x]", "not a number"),
        ("%(%", "cannot be read"),
        ("x" * 2000, "at most 1024"),
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused_in_cloudwatchs_words(pattern: str, said: str) -> None:
    """One sentence that says where."""
    with pytest.raises(PatternError) as problem:
        log_pattern(pattern)
    assert said in str(problem.value)


def test_an_expression_that_backtracks_for_ever_matches_nothing() -> None:
    """A pattern of somebody else cannot stop the cloud."""
    assert log_pattern("%^a*a*a*a*a*a*a*a*a*b$%").match("a" * 5000) is None


@settings(max_examples=400, deadline=None)
@given(st.text("ab1 $.[]{}()\"%?-=!<>&|*,\\'ISNULTEX", max_size=40), st.sampled_from([CLOUDTRAIL, ACCESS_LOG, ""]))
def test_no_text_crashes_the_reader(pattern: str, message: str) -> None:
    """A pattern or a PatternError."""
    with contextlib.suppress(PatternError):
        log_pattern(pattern).match(message)
