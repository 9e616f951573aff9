"""Rule lambda-errors-swallowed."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.errors_swallowed import RULE
from tests.diagnose.builders import clear, finished, found, function, guard, metric, observed, speaking, written

WEB = function()
CAUGHT = '{"level":"ERROR","message":"mail to ann@example.org failed","service":"web"}\n'


def test_found_when_invocations_succeed_and_log_errors() -> None:
    """Lambda counts none; what the line holds about people is masked."""
    log = written(WEB, speaking(finished(1), CAUGHT), finished(2))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert (
        "web logs errors in 50 % of its successful invocations (1 of 2): mail to [masked-e-mail-address-1]"
        in finding.title
    )
    assert "Lambda counts 0" in finding.title
    assert finding.harm == 1


def test_a_traceback_that_is_printed_has_a_word_for_it() -> None:
    """Its first line has neither a type nor a message."""
    printed = speaking(finished(1), "Traceback (most recent call last):\n", '  File "/var/task/app.py", line 3\n')
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, printed))))
    assert finding.title.endswith("(1 of 1): an error; Lambda counts 0")


def test_clear_when_nothing_is_swallowed() -> None:
    """An error that is raised is another rule's."""
    raised = speaking([*finished(2)[:-1], finished(2, status="error")[-1]], "[ERROR] KeyError: 'id'\n")
    log = written(WEB, speaking(finished(1), "GET /\n"), raised)
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "no error line in 1 successful invocation"


def test_clear_when_only_the_guard_spoke() -> None:
    """It says that the deadline is near; the invocation met it after all."""
    log = written(WEB, speaking(finished(1), guard("dynamodb.Scan", 2.0)))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "no error line in 1 successful invocation"


def test_clear_when_lambda_counts_what_is_logged() -> None:
    """The text of REPORT may leave the error out that the handler raised."""
    log = written(WEB, speaking(finished(1), CAUGHT), finished(2))
    counted = [metric("AWS/Lambda", "Errors", 1, FunctionName="web")]
    assert clear(RULE.check(WEB, observed(WEB, logs=log, metrics=counted))) == "Lambda counts what it logs: 1 error"


def test_a_step_that_is_tried_again_is_no_swallowed_error() -> None:
    """The SDK logs each failure of a step, and tries it again."""
    failed = [speaking(finished(number), "[ERROR] ValueError: no") for number in range(12)]
    lasting = function(DurableConfig={"ExecutionTimeout": 600})
    assert clear(RULE.check(lasting, observed(lasting, logs=written(lasting, *failed)))).startswith("its steps are")
    assert found(RULE.check(WEB, observed(WEB, logs=written(WEB, *failed))))
