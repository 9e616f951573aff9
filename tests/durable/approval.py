"""An approval: somebody outside says yes or no."""

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration


@durable_execution
def decide(event: dict, context: DurableContext) -> dict:
    callback = context.create_callback(name="approval")
    context.step(lambda _: print("asked", callback.callback_id), name="ask")
    answer = callback.result()
    context.wait(Duration.from_seconds(event.get("wait", 1)))
    return {"answer": answer, "by": context.step(lambda step: step.attempt, name="by")}
