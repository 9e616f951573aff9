"""Everything that runs code beside a handler's own: branches, children, polls; instrumented by hand, in both orders."""

import aws_durable_execution_sdk_python as dex
from aws_durable_execution_sdk_python.config import Duration
from aws_durable_execution_sdk_python.waits import WaitForConditionConfig, WaitForConditionDecision
from aws_lambda_powertools import Logger

from shopfast_obs.runtime import counted, current_id, observed

logger = Logger()


@counted("Worked")
def work(number):
    return number * 2


@counted("Entered")
def enter(number):
    logger.info("entered %s", number)


@counted("Looked")
def look(number, _):
    return number + 1


def item(ctx, number, index, items):
    enter(number)
    double = ctx.step(func=lambda _: work(number), name=f"double/{number}?")
    ctx.wait(Duration.from_seconds(1))
    return ctx.step(lambda _: work(double))


@dex.durable_with_child_context
def child(ctx, number):
    enter(number)
    ctx.wait(Duration.from_seconds(1))
    return ctx.step(lambda _: work(number))


@dex.durable_parallel_branch(name="left")
def left(ctx, number):
    enter(number)
    return ctx.step(lambda _: work(number))


def decide(number, _):
    if number >= 3:
        return WaitForConditionDecision.stop_polling()
    return WaitForConditionDecision.continue_waiting(Duration.from_seconds(1))


def main(event, context):
    enter(0)
    found = context.map([1, 2, 3], item).get_results()
    found.append(context.run_in_child_context(child(5)))
    found += context.parallel([left(7), lambda ctx: ctx.step(lambda _: work(8))]).get_results()
    found.append(context.wait_for_condition(look, WaitForConditionConfig(decide, 0)))
    enter(10)
    return {"found": found, "id": current_id()}


outside = observed(logger.inject_lambda_context(dex.durable_execution(main)))
inside = dex.durable_execution(observed(main))
