"""An order: reserve, wait, charge with a retry, wait, ship. As its author wrote it, before anything is instrumented."""

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy


@durable_step
def reserve(step: StepContext, order_id: str) -> str:
    step.logger.info("reserving")
    return f"{order_id} is reserved"


@durable_step
def charge(step: StepContext, order_id: str) -> str:
    print("charging", order_id)
    if step.attempt < 2:
        raise ConnectionError("the card network does not answer")
    return f"{order_id} is charged"


def ship(order_id: str) -> str:
    return f"{order_id} is shipped"


def accept(order_id: str) -> str:
    return order_id


@durable_execution
def process(order: dict, ctx: DurableContext) -> dict:
    order_id = accept(order["id"])
    ctx.logger.info("order %s begins", order_id)
    print("received", order_id)
    reserved = ctx.step(reserve(order_id))
    ctx.wait(Duration.from_seconds(1), name="cool down")
    retry = RetryStrategyConfig(max_attempts=3, initial_delay=Duration.from_seconds(1))
    charged = ctx.step(charge(order_id), config=StepConfig(retry_strategy=create_retry_strategy(retry)))
    ctx.wait(Duration.from_seconds(1), name="pack")
    shipped = ctx.step(lambda _: ship(order_id), name="ship")
    if order.get("refused"):
        raise ValueError("nobody is at home")
    ctx.logger.info("order %s ends", order_id)
    return {"done": [reserved, charged, shipped]}
