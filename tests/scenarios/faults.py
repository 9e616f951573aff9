"""The faults, by their numbers in the catalogue of the workshop; each works on any application that has the roles.

A fault is found when one of `rules` finds it, with evidence that has `says` in it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.scenarios.stage import Stage

BURN = "import hashlib\ndef burn(n):\n    d = b'x'\n    for _ in range(n):\n        d = hashlib.sha256(d).digest()\n"
ALARM_SETTINGS = (
    "AlarmName", "AlarmActions", "Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Dimensions", "Period",
    "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One way to break an application."""

    id: str
    title: str
    rules: tuple[str, ...]
    says: str
    happen: Callable[[Stage], None]


FAULTS: dict[str, Fault] = {}


def fault(number: str, title: str, *rules: str, says: str) -> Callable[[Callable[[Stage], None]], None]:
    """Register what happens under its number."""

    def register(happen: Callable[[Stage], None]) -> None:
        assert number not in FAULTS
        FAULTS[number] = Fault(number, title, rules, says, happen)

    return register


@fault("F01", "CPU-bound work, 128 MB, a short timeout", "lambda-timeout-kills", "lambda-cpu-starved", says="timeout")
def starved(stage: Stage) -> None:
    stage.wrap(
        stage.roles.web,
        BURN + "def lambda_handler(e, c):\n    burn(700_000)\n    return original.lambda_handler(e, c)\n",
    )
    stage.configure(stage.roles.web, MemorySize=128, Timeout=3)
    stage.read(8)


@fault("F02", "a client made in the handler", "lambda-client-in-handler", says="client")
def lazy(stage: Stage) -> None:
    code = "import boto3\ndef lambda_handler(e, c):\n    api = boto3.client('dynamodb')\n    api.describe_limits()\n"
    code += "    return original.lambda_handler(e, c)\n"
    stage.wrap(stage.roles.web, code)
    stage.read()


@fault("F03", "a killed sandbox initialises again inside the timeout", "lambda-reinit-loop", says="init")
def doom(stage: Stage) -> None:
    slow = "import os, time\nif os.path.exists('/tmp/doom'):\n    time.sleep(30)\n"
    once = "def lambda_handler(e, c):\n    open('/tmp/doom', 'w').close()\n    burn(60_000_000)\n"
    stage.wrap(stage.roles.web, slow + BURN + once)
    stage.configure(stage.roles.web, Timeout=3)
    stage.read(6)


@fault("F04", "a cache without bound", "lambda-out-of-memory", says="memory")
def hoard(stage: Stage) -> None:
    grow = "HELD = []\ndef lambda_handler(e, c):\n    HELD.append(bytearray(b'x' * 40_000_000))\n"
    grow += "    return original.lambda_handler(e, c)\n"
    stage.wrap(stage.roles.web, grow)
    stage.configure(stage.roles.web, MemorySize=256)
    stage.read(14)


@fault(
    "F05",
    "throttling that the SDK's retries hide",
    "lambda-calls-throttled",
    "calls-retried",
    "dynamodb-throttled",
    says="hrottl",
)
def hidden_throttles(stage: Stage) -> None:
    for _ in range(8):
        stage.inject("dynamodb", "ProvisionedThroughputExceededException", times=2)
        stage.read(1)


@fault("F06", "a dependency hangs, and the SDK waits longer than the function", "lambda-downstream-hang", says="open")
def hang(stage: Stage) -> None:
    code = (
        "import socket, boto3\nclosed = socket.socket()\nclosed.bind(('127.0.0.1', 0))\nclosed.listen(64)\n"
        "slow = boto3.client('ssm', endpoint_url=f'http://127.0.0.1:{closed.getsockname()[1]}')\n"
        "def lambda_handler(e, c):\n    return around(e, c)\n"
        "from shopfast_obs.runtime import powertools\n"
    )
    handler = stage.source(stage.roles.web) / "handler.py"
    text = handler.read_text(encoding="utf-8")
    name = "    method = event"
    assert name in text
    handler.write_text(text.replace(name, "    import fault\n    fault.slow.get_parameter(Name='x')\n" + name, 1))
    stage.wrap(
        stage.roles.web,
        code.replace("from shopfast_obs.runtime import powertools\n", "").replace("around", "original.lambda_handler"),
    )
    stage.configure(stage.roles.web, Timeout=3)
    stage.read(6)


@fault(
    "F07",
    "a key by the wrong name, answered with 500",
    "lambda-invalid-call",
    "url-errors-unseen",
    says="ValidationException",
)
def wrong_key(stage: Stage) -> None:
    code = (
        "import logging, boto3\nlog = logging.getLogger()\nt = boto3.resource('dynamodb').Table(%r)\n"
        "def lambda_handler(e, c):\n    try:\n        t.get_item(Key={'id': '1'})\n    except Exception:\n"
        "        log.exception('no such thing')\n        return {'statusCode': 500, 'body': '{}'}\n"
    )
    stage.wrap(stage.roles.web, code % stage.roles.table)
    stage.read()


@fault("F08", "an event of version 2 read as version 1", "requests-refused", says="4")
def misread(stage: Stage) -> None:
    code = (
        "def lambda_handler(e, c):\n    known = e.get('path')\n    return original.lambda_handler(e, c) if known else "
    )
    code += "{'statusCode': 404, 'body': '{}'}\n"
    stage.wrap(stage.roles.web, code)
    stage.read(24)


@fault("F09", "a handler that swallows its exceptions", "lambda-errors-swallowed", says="successful")
def swallow(stage: Stage) -> None:
    code = (
        "import logging\nlog = logging.getLogger()\n"
        "def lambda_handler(e, c):\n    try:\n        raise KeyError('mail')\n"
        "    except Exception:\n        log.exception('not sent')\n    return {'errors': 1}\n"
    )
    stage.wrap(stage.roles.mail, code)
    stage.write(4)
    stage.until(lambda: stage.logged(stage.roles.mail, "not sent"))


@fault(
    "F10",
    "a rule waits for another detail-type",
    "event-pattern-mismatch",
    "event-rule-never-matches",
    says="detail-type",
)
def mismatch(stage: Stage) -> None:
    events = stage.client("events")
    rule = events.describe_rule(Name=stage.roles.rule, EventBusName=stage.roles.bus)
    pattern = json.loads(rule["EventPattern"]) | {"detail-type": ["Something Else"]}
    events.put_rule(Name=stage.roles.rule, EventBusName=stage.roles.bus, EventPattern=json.dumps(pattern))
    stage.write(4)


@fault("F11", "a subscription needs an attribute that nobody sends", "sns-filtered-out", says="filter")
def filtered(stage: Stage) -> None:
    sns = stage.client("sns")
    found = sns.list_subscriptions_by_topic(TopicArn=stage.arn("sns", stage.roles.topic))["Subscriptions"]
    for subscription in found:
        sns.set_subscription_attributes(
            SubscriptionArn=subscription["SubscriptionArn"],
            AttributeName="FilterPolicy",
            AttributeValue='{"kind": ["x"]}',
        )
    stage.write(4)
    stage.settle()


@fault("F12", "the bus cannot reach its target", "event-deliveries-fail", says="FailedInvocations")
def unreachable(stage: Stage) -> None:
    events = stage.client("events")
    gone = {"Id": "gone", "Arn": stage.arn("lambda", "function:nobody")}
    events.put_targets(Rule=stage.roles.rule, EventBusName=stage.roles.bus, Targets=[gone])
    stage.write(4)
    stage.settle()


@fault("F13", "messages are seen again while they are processed", "sqs-visibility-short", says="VisibilityTimeout")
def seen_twice(stage: Stage) -> None:
    sqs = stage.client("sqs")
    url = sqs.get_queue_url(QueueName=stage.roles.queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    stage.both()


@fault("F14", "a batch fails as a whole", "event-source-batch-whole", says="batch")
def whole(stage: Stage) -> None:
    api = stage.client("lambda")
    (mapping,) = api.list_event_source_mappings(FunctionName=stage.roles.worker)["EventSourceMappings"]
    api.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=[])
    stage.both()


@fault("F15", "a queue that nobody reads", "sqs-no-consumer", "event-source-disabled", says="")
def unread(stage: Stage) -> None:
    api, sqs = stage.client("lambda"), stage.client("sqs")
    (mapping,) = api.list_event_source_mappings(FunctionName=stage.roles.worker)["EventSourceMappings"]
    api.delete_event_source_mapping(UUID=mapping["UUID"])
    url = sqs.get_queue_url(QueueName=stage.roles.queue)["QueueUrl"]
    for number in range(5):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"orderId": f"o-{number}", "parcelId": f"p-{number}"}))
    stage.both()


@fault("F17", "a workflow that waits for ever", "workflow-never-ends", says="end")
def waits(stage: Stage) -> None:
    _change_workflow(stage, {"Wait": {"Type": "Wait", "Timestamp": "2099-01-01T00:00:00Z", "End": True}}, "Wait")
    stage.write(4)
    time.sleep(70)


@fault("F18", "a workflow that hides why it fails", "workflow-cause-hidden", says="Catch")
def hides(stage: Stage) -> None:
    task = {
        "Type": "Task",
        "Resource": stage.arn("lambda", f"function:{stage.roles.worker}"),
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
        "End": True,
    }
    _change_workflow(stage, {"Do": task, "Failed": {"Type": "Fail", "Error": "Failed", "Cause": "It failed."}}, "Do")
    stage.write(3)
    stage.settle()


@fault("F19", "a reserved concurrency of one", "lambda-throttled", says="hrottle")
def one_at_a_time(stage: Stage) -> None:
    stage.wrap(
        stage.roles.web,
        "import time\ndef lambda_handler(e, c):\n    time.sleep(0.5)\n    return original.lambda_handler(e, c)\n",
    )
    stage.client("lambda").put_function_concurrency(FunctionName=stage.roles.web, ReservedConcurrentExecutions=1)
    stage.read(16, at_once=8)


@fault("F20", "one call an item", "calls-one-by-one", "calls-repeated", says="one after another")
def one_by_one(stage: Stage) -> None:
    code = (
        "import boto3\ndb = boto3.client('dynamodb')\ndef lambda_handler(e, c):\n    for n in range(40):\n"
        "        db.describe_table(TableName=%r)\n    return original.lambda_handler(e, c)\n"
    )
    stage.wrap(stage.roles.web, code % stage.roles.table)
    stage.read()


@fault("F22", "one item that cannot be read", "lambda-errors", says="ValueError")
def poison(stage: Stage) -> None:
    code = (
        "def lambda_handler(e, c):\n    if (e['rawPath'] + e['rawQueryString'])[-1] == '2':\n"
        "        raise ValueError('price is None')\n    return original.lambda_handler(e, c)\n"
    )
    stage.wrap(stage.roles.web, code)
    stage.read(16)


@fault("F23", "personal data in the log", "logs-personal-data", says="")
def personal(stage: Stage) -> None:
    code = (
        "def lambda_handler(e, c):\n    print('customer anna.muster@example.com card 4111 1111 1111 1111')\n"
        "    return original.lambda_handler(e, c)\n"
    )
    stage.wrap(stage.roles.web, code)
    stage.read()


@fault("F24", "logs that are gone tomorrow", "logs-expire-soon", says="RetentionInDays")
def forget(stage: Stage) -> None:
    stage.client("logs").put_retention_policy(logGroupName=f"/aws/lambda/{stage.roles.web}", retentionInDays=1)
    stage.both()


@fault("F25", "whole payloads in the log", "logs-volume", says="KB")
def dump(stage: Stage) -> None:
    stage.wrap(
        stage.roles.web,
        "def lambda_handler(e, c):\n    print('payload', 'x' * 60_000)\n    return original.lambda_handler(e, c)\n",
    )
    stage.read()


@fault("F26", "tracing is off in the middle", "lambda-not-traced", "trace-chain-broken", says="")
def untraced(stage: Stage) -> None:
    stage.configure(stage.roles.worker, TracingConfig={"Mode": "PassThrough"})
    stage.both()
    stage.settle()


@fault("F27", "an alarm on dimensions that have no data", "alarm-dead", says="published")
def dead_alarm(stage: Stage) -> None:
    more = [{"Name": "FunctionName", "Value": stage.roles.web}, {"Name": "Stage", "Value": "prod"}]
    _change_alarm(stage, "Throttles", Dimensions=more)
    stage.both()


@fault("F28", "an alarm on the average duration", "alarm-on-average", says="verage")
def average(stage: Stage) -> None:
    _change_alarm(stage, "Duration", Statistic="Average", Threshold=9_000)
    stage.both()


@fault("F29", "a metric for every order", "metrics-unbounded", says="values")
def explosion(stage: Stage) -> None:
    code = (
        "import json, time, uuid\ndef lambda_handler(e, c):\n"
        "    spec = {'Namespace': 'shop', 'Dimensions': [['orderId']], 'Metrics': [{'Name': 'Views'}]}\n"
        "    said = {'Timestamp': int(time.time() * 1000), 'CloudWatchMetrics': [spec]}\n"
        "    print(json.dumps({'_aws': said, 'orderId': str(uuid.uuid4()), 'Views': 1}))\n"
        "    return original.lambda_handler(e, c)\n"
    )
    stage.wrap(stage.roles.web, code)
    stage.read(30)


@fault("F30", "a kill takes the metrics along", "lambda-telemetry-lost", says="killed")
def lost(stage: Stage) -> None:
    handler = stage.source(stage.roles.web) / "handler.py"
    text = handler.read_text(encoding="utf-8")
    line = "    method = event"
    slow = "    import time\n    if (event['rawPath'] + event['rawQueryString'])[-1] == '2':\n        time.sleep(30)\n"
    assert line in text
    handler.write_text(text.replace(line, slow + line, 1), encoding="utf-8")
    stage.wrap(stage.roles.web, "lambda_handler = original.lambda_handler\n")
    stage.environment(stage.roles.web, SHOPFAST_OBS_DEADLINE="off")
    stage.configure(stage.roles.web, Timeout=3)
    stage.read(9)


@fault("F31", "a variable names a table that is not there", "lambda-missing-resource", says="ResourceNotFoundException")
def wrong_table(stage: Stage) -> None:
    known = stage.client("lambda").get_function_configuration(FunctionName=stage.roles.web)["Environment"]["Variables"]
    stage.environment(stage.roles.web, **{key: "nowhere" for key, value in known.items() if value == stage.roles.table})
    stage.read()


@fault("F32", "a permission is missing", "lambda-access-denied", says="AccessDenied")
def denied(stage: Stage) -> None:
    stage.inject("dynamodb", "AccessDeniedException")
    stage.read()


@fault("F33", "a deploy without the handler", "lambda-init-failed", says="ImportModuleError")
def no_handler(stage: Stage) -> None:
    stage.configure(stage.roles.web, Handler="gone.lambda_handler")
    stage.read(6)


@fault("F34", "an event that fails is tried again, with its effects", "lambda-events-retried", says="more than once")
def retried(stage: Stage) -> None:
    stage.wrap(
        stage.roles.mail, "def lambda_handler(e, c):\n    print('mail sent')\n    raise RuntimeError('afterwards')\n"
    )
    stage.write(3)
    stage.until(lambda: stage.logged(stage.roles.mail, "mail sent"))
    stage.settle(70)


@fault("F36", "an answer above 6 MB", "lambda-answer-too-large", says="6 MB")
def too_large(stage: Stage) -> None:
    stage.wrap(stage.roles.web, "def lambda_handler(e, c):\n    return {'statusCode': 200, 'body': 'x' * 7_000_000}\n")
    stage.read(4)


def _change_workflow(stage: Stage, states: dict[str, object], first: str) -> None:
    api = stage.client("stepfunctions")
    machine = stage.arn("states", f"stateMachine:{stage.roles.workflow}")
    api.update_state_machine(stateMachineArn=machine, definition=json.dumps({"StartAt": first, "States": states}))


def _change_alarm(stage: Stage, metric: str, **settings: object) -> None:
    """Change the web function's alarm on a metric."""
    api = stage.client("cloudwatch")
    pages = api.get_paginator("describe_alarms").paginate(AlarmNamePrefix=stage.roles.web)
    alarm = next(a for page in pages for a in page["MetricAlarms"] if a.get("MetricName") == metric)
    known = {key: alarm[key] for key in ALARM_SETTINGS if key in alarm}
    if "Statistic" in settings:
        known.pop("ExtendedStatistic", None)
    api.put_metric_alarm(**known | settings)
